import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { batches } from '../../bench/ga360.ts';
import { differences, figuresOfViews } from '../../bench/truth/compare.ts';
import { gaHits, type Hit, retailHits, retailInvoices } from '../../bench/truth/hits.ts';
import { figuresOf } from '../../bench/truth/oracle.ts';
import { retailEvent } from '../../bench/truth/retail.ts';
import { judge } from '../../lambdas/events/judge.ts';
import { parseInstant } from '../../lambdas/events/time.ts';
import { lakeFixture } from '../local/aws/support/lake-fixture.ts';
import { WHOLE } from '../support/matrix.ts';

const DATA = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');
const EVENTS = join(DATA, 'ga360', 'events-2016-08.csv.gz');
const SESSIONS = join(DATA, 'ga360', 'sessions-2016-08.csv.gz');
const RETAIL = join(DATA, 'online_retail.csv.gz');
const there = [EVENTS, SESSIONS, RETAIL].every((file) => existsSync(file));
/** A store day in Los Angeles: two local days in Seoul, and a midnight of each kind. */
const END = Date.parse('2016-08-02T04:00:00Z');
const RETAIL_LINES = 20_000;

const lake = lakeFixture(
  ...[
    'events',
    'deployment',
    'local_days',
    'identities',
    'people',
    'session_facts',
    'session_sources',
    'sessions',
  ],
  ...['traffic_source_rules', 'daily_behaviour', 'traffic_sources', 'page_performance', 'funnel'],
  ...['cart_abandonment', 'add_to_cart_rate', 'dau_mau'],
);

/** The row that the collector would make of an event that came as it happened. */
function rowOf(event: Record<string, unknown>): Record<string, unknown> {
  const receivedMs = parseInstant(String(event['occurred_at'])) ?? 0;
  const verdict = judge(event, { door: 'private', receivedMs, country: undefined, bot: false });
  if (!verdict.row) throw new Error(JSON.stringify(verdict.problems));
  return { ...verdict.row };
}

describe.runIf(there && WHOLE)(
  'views on real data, beside an oracle that reads the files (skipped without ../shared/data)',
  () => {
    const hits: Hit[] = [];

    beforeAll(async () => {
      const invoices = await retailInvoices(RETAIL, RETAIL_LINES);
      hits.push(...retailHits(invoices));
      for await (const hit of gaHits(EVENTS, SESSIONS, END)) hits.push(hit);
      const rows = invoices.map((invoice) => rowOf(retailEvent(invoice)));
      for await (const batch of batches(EVENTS, 1000)) {
        const near = batch.filter((event) => Date.parse(String(event['occurred_at'])) < END);
        rows.push(...near.map(rowOf));
        if (near.length < batch.length) break;
      }
      await lake.write('events_raw', rows);
    }, 300_000);

    it('users, sessions, bounces, channels, revenue, funnel and days are equal', async () => {
      const expected = figuresOf(hits);
      expect(expected.values.get('total sessions')).toBeGreaterThan(1000);
      expect(differences(expected, await figuresOfViews(lake.query))).toEqual([]);
    }, 300_000);
  },
);
