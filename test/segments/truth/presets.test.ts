import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { batches } from '../../../bench/ga360.ts';
import { type Invoice, retailInvoices } from '../../../bench/truth/hits.ts';
import { judgedPresets, type Verdict } from '../../../bench/truth/presets.ts';
import { gaDeeds, retailDeeds } from '../../../bench/truth/presets-oracle.ts';
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

const lake = lakeFixture('events', 'namings');

/** The row that the collector would make of an event that came as it happened. */
function rowOf(event: Record<string, unknown>): Record<string, unknown> {
  const receivedMs = parseInstant(String(event['occurred_at'])) ?? 0;
  const verdict = judge(event, { door: 'private', receivedMs, country: undefined, bot: false });
  if (!verdict.row) throw new Error(JSON.stringify(verdict.problems));
  return { ...verdict.row };
}

async function written(events: AsyncIterable<readonly Record<string, unknown>[]>): Promise<void> {
  const rows: Record<string, unknown>[] = [];
  for await (const batch of events) {
    for (const event of batch) rows.push(rowOf(event));
    if (rows.length >= CHUNK) await lake.write('events_raw', rows.splice(0));
  }
  if (rows.length > 0) await lake.write('events_raw', rows);
}

const told = (verdicts: readonly Verdict[]) =>
  verdicts.filter(({ expected, found, differing }) => expected !== found || differing.length > 0);
/** A figure of nobody, or of everybody, would show little. */
const isTelling = ({ expected }: Verdict): boolean => expected > 0;

/** Moments within the files; `npm run truth` asks when they have ended. */
const IN_JUNE = Date.parse('2011-06-15T00:00:30Z');
const IN_AUGUST = Date.parse('2016-08-17T03:00:30Z');

async function* gaEvents() {
  for await (const batch of batches(EVENTS, 1000))
    yield batch.filter(
      ({ occurred_at: at, user_id: who }) => Date.parse(String(at)) < IN_AUGUST && isChosen(String(who)),
    );
}

async function* retailEvents(invoices: readonly Invoice[]) {
  yield invoices.map(retailEvent);
}

describe.runIf(there && WHOLE)('presets on real data, beside an oracle that reads the files', () => {
  afterEach(() => lake.clear('events_raw'));

  it('half a year of Online Retail: the same customers', async () => {
    const isPast = ({ date }: Invoice) => Date.parse(`${date.replace(' ', 'T')}Z`) < IN_JUNE;
    const invoices = (await retailInvoices(RETAIL)).filter(isPast);
    await written(retailEvents(invoices));
    const verdicts = await judgedPresets(lake.query, retailDeeds(invoices), IN_JUNE);
    expect(told(verdicts)).toEqual([]);
    expect(verdicts.filter(isTelling).length).toBeGreaterThan(12);
  }, 900_000);

  it('half of August 2016 of GA360, a tenth of all: the same visitors', async () => {
    const deeds = (await gaDeeds(EVENTS)).filter(({ at, who }) => at < IN_AUGUST && isChosen(who));
    await written(gaEvents());
    const verdicts = await judgedPresets(lake.query, deeds, IN_AUGUST);
    expect(told(verdicts)).toEqual([]);
    expect(verdicts.filter(isTelling).length).toBeGreaterThan(14);
  }, 900_000);
});
