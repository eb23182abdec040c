import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WHOLE } from '../support/matrix.ts';
import { everythingIn } from '../support/whole-lake.ts';
import { event, type Flow, finished, idle, postCampaign, startFlow, until } from './support.ts';

const DAY_MS = 86_400_000;
/** A little after three in Seoul, when nights do their work. */
const NIGHT = Date.parse('2027-03-01T18:00:05Z');

interface Job {
  readonly id: string;
  readonly state: string;
  readonly tables: Readonly<Record<string, string | null>>;
  readonly lake: { readonly left: number | null };
  readonly expires: readonly { readonly what: string }[];
}

/** The local system lives through three weeks: `npm run test:matrix` runs it. */
describe.runIf(WHOLE)('an erasure through the whole system', () => {
  let flow: Flow;
  beforeAll(async () => {
    flow = await startFlow();
  });
  afterAll(() => flow.end());

  const at = (ms: number) => flow.api.must([200], 'POST', '/local/clock', { set: ms });
  const job = async (id: string): Promise<Job> =>
    (await flow.api.must([200], 'GET', `/v1/erasures/${id}`)).body['result'] as Job;
  const events = () =>
    flow.sql(`SELECT name, count(*) AS events, sum(CAST(json_extract_scalar(properties, '$.revenue') AS decimal(18, 2))) AS revenue
      FROM events GROUP BY name ORDER BY name`);
  const campaigns = () =>
    flow.sql(`SELECT campaign_id, channel, audience, sent, delivered, opened FROM campaign_results
      ORDER BY campaign_id, channel`);
  const recipients = () =>
    flow.sql(`SELECT activity_id, status, count(*) AS recipients, count(DISTINCT user_id) AS members
      FROM messages GROUP BY activity_id, status ORDER BY activity_id, status`);
  const counts = async () => ({
    events: await events(),
    campaigns: await campaigns(),
    recipients: await recipients(),
  });
  /** Everything that lies in the lake. */
  const lake = (): Promise<string> => {
    const buckets = join(flow.system.dir, 's3');
    return everythingIn(
      join(buckets, readdirSync(buckets).find((name) => name.includes('-lake-')) ?? 'no-lake'),
    );
  };

  /** Both get an e-mail and a push to two devices, and open what they got. */
  async function written(): Promise<void> {
    const { api, system } = flow;
    for (const userId of ['hana', 'jun'])
      await api.must([200], 'PUT', `/v1/members/${userId}`, {
        email: `${userId}@example.com`,
        pushTokens: ['phone', 'tablet'].map((device) => ({
          platform: 'FCM',
          token: `${device}-of-${userId}`,
        })),
        attributes: { grade: 'GOLD' },
      });
    await api.must([200, 201], 'PUT', '/v1/segments/gold', { rule: { attribute: 'grade', is: 'GOLD' } });
    for (const channel of ['email', 'push']) {
      const { id } = await postCampaign(api, {
        channel,
        segment: 'gold',
        title: 'news',
        message: 'of today',
      });
      expect((await finished(api, id)).state).toBe('completed');
      await api.must([200], 'POST', '/local/outbox/play', { action: 'open', channel, limit: 10 });
    }
    await until(
      async () => {
        await system.flush();
        return campaigns();
      },
      (rows) =>
        rows
          .map(({ audience, opened }) => `${audience} ${opened}`)
          .sort()
          .join() === '2 2,4 4',
    );
  }

  it('takes a person out of tables, endpoints and lake, and leaves every sum as it was', async () => {
    await at(NIGHT - 2 * 3_600_000);
    const occurred = NIGHT - 3 * 3_600_000;
    const { api, sql, system } = flow;
    await written();
    const order = (transaction_id: string) => ({ transaction_id, revenue: 12.5, currency: 'KRW' });
    await api.must([202], 'POST', '/v1/events', [
      { ...event('page_view', 'hana', {}, occurred), anonymous_id: 'hanas-phone' },
      event('purchase', 'hana', order('order-of-hana'), occurred),
      event('purchase', 'jun', order('order-of-jun'), occurred),
    ]);
    await until(
      () => sql("SELECT event_id FROM events WHERE name <> 'message_open'"),
      (rows) => rows.length === 3,
    );
    const before = await counts();
    expect(await lake()).toContain('email:hana');
    const { body } = await api.must([202], 'DELETE', '/v1/members/hana');
    const { id, expires } = body['result'] as Job;
    expect(expires.filter(({ what }) => what.includes('in the lake'))).toEqual([]);
    await until(
      () => job(id),
      ({ tables }) => ['member', 'endpoints', 'campaigns'].every((part) => tables[part] !== null),
    );
    for (let nights = 0; nights < 25 && (await job(id)).state !== 'done'; nights++) {
      await at(NIGHT + nights * DAY_MS);
      await api.must([200], 'POST', '/local/tick');
      await system.flush();
      // Else the next day would come while the night's workers write: they are given a quarter of an hour.
      for (let quiet = 0; quiet < 3; quiet++) {
        await sleep(200);
        await idle(api);
      }
    }
    expect(await job(id)).toMatchObject({ state: 'done', lake: { left: 0 } });
    await api.must([404], 'GET', '/v1/members/hana');
    // The night's workers may still take files away that nobody counts any more.
    expect(await until(counts, (now) => isDeepStrictEqual(now, before))).toEqual(before);
    const whole = await lake();
    expect(['hana', 'order-of-hana'].filter((name) => whole.includes(name))).toEqual([]);
    for (const theirs of ['order-of-jun', 'email:jun']) expect(whole).toContain(theirs);
  });
});
