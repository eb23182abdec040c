import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../../bench/server.ts';
import { openLake } from '../../local/athena-client.ts';
import { client } from '../../local/demo/client.ts';
import { WHOLE } from '../support/matrix.ts';
import { ASSEMBLY, event, type finished, members, postCampaign, until } from './support.ts';

const BATCH = 50;
const RECIPIENTS = 100;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

let dir: string;
let server: Server;
let killed: Server;
const api = () => client(server.baseUrl, server.apiKey);
const sql = (statement: string) => openLake(server).query(statement);

const batches = Array.from({ length: 20 }, (_, batch) =>
  Array.from({ length: BATCH }, (_, index) => event('page_view', `u${(batch * BATCH + index) % 90}`)),
);
const post = (events: unknown[]) => api().must([202], 'POST', '/v1/events', { events });
const accepted: unknown[] = [];
let campaign: string;

async function beginCampaign(): Promise<string> {
  const phones = members(2 * RECIPIENTS).map(({ userId, phone, attributes }) => ({
    userId,
    phone,
    attributes,
  }));
  const gold = phones.filter(({ attributes }) => attributes.grade === 'GOLD');
  await api().must([200], 'POST', '/v1/members', { members: gold });
  await api().must([200], 'POST', '/v1/members', { members: phones.slice(0, 10) });
  await api().must([200, 201], 'PUT', '/v1/segments/gold', { rule: { attribute: 'grade', is: 'GOLD' } });
  const { id } = await postCampaign(api(), { segment: 'gold', channel: 'sms', message: '{{User.UserId}}' });
  return id;
}

const messages = async () => Number((await api().must([200], 'GET', '/local/outbox/count')).body['messages']);

/** Two systems in processes of their own take a while: `npm run test:matrix` runs it, as .ci/run does. */
describe.runIf(WHOLE)('when the whole system is killed', () => {
  /** Kills the system while a campaign and a file of events are on their way, and starts it again. */
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'repoint-crash-'));
    const port = await freePort();
    server = await startServer(dir, port, ASSEMBLY);
    killed = server;
    campaign = await beginCampaign();
    await until(messages, (sent) => sent > 10, { everyMs: 20 });
    const sending = Promise.allSettled(batches.map((batch) => post(batch).then(() => accepted.push(batch))));
    await until(
      async () => accepted.length,
      (count) => count >= 3,
      { everyMs: 5 },
    );
    await server.kill();
    await sending;
    server = await startServer(dir, port, ASSEMBLY);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('in the middle of a file of events, sending the file again leaves each event once', async () => {
    expect(accepted.length).toBeLessThan(batches.length);
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
    await api().must([200], 'POST', '/local/clock', { advanceMs: 20 * 60_000 });
    const done = await until(
      async () => {
        // The queues forgot everything: ticks alone get it going again.
        await api().must([200], 'POST', '/local/tick');
        await api().must([200], 'POST', '/local/clock', { advanceMs: 61_000 });
        await sleep(500);
        return (await api().must([200], 'GET', `/v1/campaigns/${campaign}`)).body['result'] as Awaited<
          ReturnType<typeof finished>
        >;
      },
      ({ state }) => state === 'completed',
      { everyMs: 0 },
    );
    const counts = done.sends[0]?.counts as {
      audience: number;
      sent: number;
      uncertain: number;
      failed: number;
    };
    expect(counts.audience).toBe(RECIPIENTS);
    expect(counts.sent + counts.uncertain).toBe(RECIPIENTS);
    expect(counts.failed).toBe(0);
    const { body } = await api().must([200], 'GET', '/local/outbox?channel=sms&limit=1000');
    const to = (body['messages'] as { to: string }[]).map((message) => message.to);
    expect(new Set(to).size).toBe(to.length);
    expect(to.length).toBeGreaterThanOrEqual(counts.sent);
    expect(to.length).toBeLessThanOrEqual(counts.sent + counts.uncertain);
  }, 90_000);
});
