import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WHOLE } from '../support/matrix.ts';
import { event, type Flow, startFlow, until } from './support.ts';

const DAY_MS = 86_400_000;
/** A little after three in Seoul, when nights do their work. */
const NIGHT = Date.parse('2027-03-01T18:00:05Z');

interface Job {
  readonly id: string;
  readonly state: string;
  readonly tables: Readonly<Record<string, string | null>>;
  readonly lake: { readonly left: number | null };
}

/** The local system lives through two weeks: `npm run test:matrix` runs it. */
describe.runIf(WHOLE)('an erasure through the whole system', () => {
  let flow: Flow;
  beforeAll(async () => {
    flow = await startFlow();
  });
  afterAll(() => flow.end());

  const at = (ms: number) => flow.api.must([200], 'POST', '/local/clock', { set: ms });
  const job = async (id: string): Promise<Job> =>
    (await flow.api.must([200], 'GET', `/v1/erasures/${id}`)).body['result'] as Job;
  const counts = () =>
    flow.sql(`SELECT name, count(*) AS events, sum(CAST(json_extract_scalar(properties, '$.revenue') AS decimal(18, 2))) AS revenue
      FROM events GROUP BY name ORDER BY name`);
  /** Everything that lies in the lake. */
  const lake = (): string => {
    const buckets = join(flow.system.dir, 's3');
    const root = join(buckets, readdirSync(buckets).find((name) => name.includes('-lake-')) ?? 'no-lake');
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');
  };

  it('takes a person out of tables, endpoints and lake, and leaves every sum as it was', async () => {
    await at(NIGHT - 2 * 3_600_000);
    const occurred = NIGHT - 3 * 3_600_000;
    const { api, sql, system } = flow;
    await api.must([200], 'PUT', '/v1/members/hana', { email: 'hana@example.com', phone: '010-0000-1001' });
    const order = (transaction_id: string) => ({ transaction_id, revenue: 12.5, currency: 'KRW' });
    await api.must([202], 'POST', '/v1/events', [
      { ...event('page_view', 'hana', {}, occurred), anonymous_id: 'hanas-phone' },
      event('purchase', 'hana', order('order-of-hana'), occurred),
      event('purchase', 'jun', order('order-of-jun'), occurred),
    ]);
    await until(
      () => sql('SELECT event_id FROM events'),
      (rows) => rows.length === 3,
    );
    const before = await counts();
    const { body } = await api.must([202], 'DELETE', '/v1/members/hana');
    const { id } = body['result'] as Job;
    await until(
      () => job(id),
      ({ tables }) => ['member', 'endpoints', 'campaigns'].every((part) => tables[part] !== null),
    );
    for (let nights = 0; nights < 25 && (await job(id)).state !== 'done'; nights++) {
      await at(NIGHT + nights * DAY_MS);
      await api.must([200], 'POST', '/local/tick');
      await system.flush();
    }
    expect(await job(id)).toMatchObject({ state: 'done', lake: { left: 0 } });
    await api.must([404], 'GET', '/v1/members/hana');
    expect(await counts()).toEqual(before);
    const whole = lake();
    expect(['hanas-phone', 'order-of-hana'].filter((name) => whole.includes(name))).toEqual([]);
    expect(whole).toContain('order-of-jun');
  });
});
