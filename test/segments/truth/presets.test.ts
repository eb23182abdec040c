import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { batches } from '../../../bench/ga360.ts';
import { retailInvoices } from '../../../bench/truth/hits.ts';
import { judgedPresets, type Verdict } from '../../../bench/truth/presets.ts';
import { type Deed, gaDeeds, retailDeeds } from '../../../bench/truth/presets-oracle.ts';
import { retailEvent } from '../../../bench/truth/retail.ts';
import { judge } from '../../../lambdas/events/judge.ts';
import { parseInstant } from '../../../lambdas/events/time.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';
import { WHOLE } from '../../support/matrix.ts';

const DATA = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data');
const EVENTS = join(DATA, 'ga360', 'events-2016-08.csv.gz');
const RETAIL = join(DATA, 'online_retail.csv.gz');
const there = [EVENTS, RETAIL].every((file) => existsSync(file));
if (!there) console.warn(`SKIPPED: presets on real data, for ${DATA} is not here`);

/** A tenth of the visitors, over all days; `npm run truth` asks for all of them. */
const isChosen = (who: string): boolean => who.endsWith('7');
/** Rows written at a time. */
const CHUNK = 50_000;

const lake = lakeFixture('compacted_days', 'events_open', 'events');

/** The row that the collector would make of an event that came as it happened. */
function rowOf(event: Record<string, unknown>): Record<string, unknown> {
  const receivedMs = parseInstant(String(event['occurred_at'])) ?? 0;
  const verdict = judge(event, { door: 'private', receivedMs, country: undefined, bot: false });
  if (!verdict.row) throw new Error(JSON.stringify(verdict.problems));
  return { ...verdict.row };
}

async function written(events: AsyncIterable<readonly Record<string, unknown>[]>): Promise<void> {
  let rows: Record<string, unknown>[] = [];
  for await (const batch of events) {
    for (const event of batch) rows.push(rowOf(event));
    if (rows.length >= CHUNK) await lake.write('events_raw', rows.splice(0));
  }
  if (rows.length > 0) await lake.write('events_raw', rows);
  rows = [];
}

const told = (verdicts: readonly Verdict[]) =>
  verdicts.filter(({ expected, found, differing }) => expected !== found || differing.length > 0);
/** A figure of nobody, or of everybody, would show little. */
const isTelling = ({ expected }: Verdict): boolean => expected > 0;

async function* gaEvents(fromMs: number, untilMs: number) {
  for await (const batch of batches(EVENTS, 1000))
    yield batch.filter(({ occurred_at: at, user_id: who }) => {
      const ms = Date.parse(String(at));
      return ms >= fromMs && ms < untilMs && isChosen(String(who));
    });
}

describe.runIf(there && WHOLE)('presets on real data, beside an oracle that reads the files', () => {
  afterEach(() => lake.clear('events_raw'));

  it('a year of Online Retail: the same customers, in June and in December', async () => {
    const invoices = await retailInvoices(RETAIL);
    const deeds = retailDeeds(invoices);
    let before = 0;
    for (const now of ['2011-06-15T00:00:30Z', '2011-12-10T00:00:30Z'].map((text) => Date.parse(text))) {
      const isNew = (_: unknown, index: number): boolean => {
        const { at } = deeds[index] as Deed;
        return at >= before && at < now;
      };
      const fresh = invoices.filter(isNew).map(retailEvent);
      await written(
        (async function* () {
          yield fresh;
        })(),
      );
      before = now;
      const verdicts = await judgedPresets(
        lake.query,
        deeds.filter(({ at }) => at < now),
        now,
      );
      expect(told(verdicts)).toEqual([]);
      expect(verdicts.filter(isTelling).length).toBeGreaterThan(12);
    }
  }, 1_500_000);

  it('August 2016 of GA360, a tenth of all: the same visitors, in the middle of the month and at its end', async () => {
    const deeds = (await gaDeeds(EVENTS)).filter(({ who }) => isChosen(who));
    let before = 0;
    for (const now of ['2016-08-17T03:00:30Z', '2016-09-02T00:00:30Z'].map((text) => Date.parse(text))) {
      await written(gaEvents(before, now));
      before = now;
      const verdicts = await judgedPresets(
        lake.query,
        deeds.filter(({ at }) => at < now),
        now,
      );
      expect(told(verdicts)).toEqual([]);
      expect(verdicts.filter(isTelling).length).toBeGreaterThan(16);
    }
  }, 1_500_000);
});
