import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../../bench/server.ts';
import { openLake } from '../../local/athena-client.ts';
import { client } from '../../local/demo/client.ts';
import { ASSEMBLY, event, type finished, members, postCampaign, until } from './support.ts';

const BATCH = 50;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

let dir: string;
let port: number;
let server: Server;
const api = () => client(server.baseUrl, server.apiKey);
const sql = (statement: string) => openLake(server).query(statement);

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'repoint-crash-'));
  port = await freePort();
  server = await startServer(dir, port, ASSEMBLY);
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('when the whole system is killed', () => {
  it('in the middle of a file of events, sending the file again leaves each event once', async () => {
    const batches = Array.from({ length: 20 }, (_, batch) =>
      Array.from({ length: BATCH }, (_, index) => event('page_view', `u${(batch * BATCH + index) % 90}`)),
    );
    const post = (events: unknown[]) => api().must([202], 'POST', '/v1/events', { events });
    const accepted: unknown[] = [];
    const sending = Promise.allSettled(batches.map((batch) => post(batch).then(() => accepted.push(batch))));
    await until(
      async () => accepted.length,
      (count) => count >= 3,
    );
    const killed = server;
    await server.kill();
    await sending;
    expect(accepted.length).toBeLessThan(batches.length);

    server = await startServer(dir, port, ASSEMBLY);
    const keysOf = ({ apiKey, collectorKey, engine }: Server) => [apiKey, collectorKey, engine];
    expect(keysOf(server)).toEqual(keysOf(killed));
    await api().must([200], 'POST', '/local/flush');
    const [before] = await sql('SELECT count(*) AS n FROM events');
    expect(Number(before?.['n'])).toBeGreaterThanOrEqual(accepted.length * BATCH);

    for (const batch of batches) await post(batch);
    await api().must([200], 'POST', '/local/flush');
    expect(
      await sql(
        'SELECT count(*) AS n, count(DISTINCT event_id) AS ids, count(DISTINCT user_id) AS users FROM events',
      ),
    ).toEqual([{ n: '1000', ids: '1000', users: '90' }]);
  });

  it('in the middle of a campaign, every recipient ends sent or uncertain, nobody gets it twice', async () => {
    const count = 200;
    for (let from = 0; from < count; from += 100) {
      const phones = members(count).map(({ userId, phone, attributes }) => ({ userId, phone, attributes }));
      await api().must([200], 'POST', '/v1/members', { members: phones.slice(from, from + 100) });
    }
    await api().must([200, 201], 'PUT', '/v1/segments/gold', { rule: { attribute: 'grade', is: 'GOLD' } });
    const { id } = await postCampaign(api(), { segment: 'gold', channel: 'sms', message: '{{User.UserId}}' });
    const messages = async () =>
      Number((await api().must([200], 'GET', '/local/outbox/count')).body['messages']);
    await until(messages, (sent) => sent > 10);
    await server.kill();

    server = await startServer(dir, port, ASSEMBLY);
    await api().must([200], 'POST', '/local/clock', { advanceMs: 20 * 60_000 });
    const done = await until(
      async () => {
        // The queues forgot everything: ticks alone get it going again.
        await api().must([200], 'POST', '/local/tick');
        await api().must([200], 'POST', '/local/clock', { advanceMs: 61_000 });
        await sleep(500);
        return (await api().must([200], 'GET', `/v1/campaigns/${id}`)).body['result'] as Awaited<
          ReturnType<typeof finished>
        >;
      },
      ({ state }) => state === 'completed',
      45_000,
    );
    const counts = done.sends[0]?.counts as {
      audience: number;
      sent: number;
      uncertain: number;
      failed: number;
    };
    expect(counts.audience).toBe(count / 2);
    expect(counts.sent + counts.uncertain).toBe(count / 2);
    expect(counts.failed).toBe(0);
    const { body } = await api().must([200], 'GET', '/local/outbox?channel=sms&limit=1000');
    const to = (body['messages'] as { to: string }[]).map((message) => message.to);
    expect(new Set(to).size).toBe(to.length);
    expect(to.length).toBeGreaterThanOrEqual(counts.sent);
    expect(to.length).toBeLessThanOrEqual(counts.sent + counts.uncertain);
  }, 90_000);
});
