/** The statement that rewrites one day of the ledger. Pure. */
import { sqlText } from '../../shared/sql-text.ts';
import { dayOf, dayText } from '../time.ts';
import type { Rewriting } from './compacted-table.ts';
import type { ErasedPerson } from './erased.ts';
import { standIn } from './stand-in.ts';

/** Columns of ledger_raw and ledger_compacted (schemas/pinpoint), in the order in which they are written. */
const COLUMNS = [
  'record_id',
  'event_type',
  'occurred_at',
  'application_id',
  'campaign_id',
  'activity_id',
  'treatment_id',
  'endpoint_id',
  'user_id',
  'channel',
  'message_id',
  'provider_message_id',
  'status',
  'reason',
  'campaign_tags',
  'attributes',
] as const;

const columnsOf = (relation: string): string => COLUMNS.map((name) => `${relation}.${name}`).join(', ');

/**
 * UNLOAD of a day's rows: of each recipient of a run the final state, if it is in this day and no other, and each receipt once.
 * What a writing has goes before what the raw files have; whoever is erased is masked before anything is compared, so that
 * a repeat of a masked row is known. It reads the day, and of a month before and after it the states of the same runs.
 */
export function ledgerStatement(rewriting: Rewriting): string {
  const people = rewriting.erased.filter(({ key }) => key !== undefined);
  return `UNLOAD (
WITH of_day AS (
${ownRows(rewriting)}
),
runs AS (SELECT DISTINCT activity_id FROM of_day WHERE event_type = '_campaign.send'),
written AS (
  SELECT CAST(day AS date) AS day, max_by(version, counts_from) AS version
  FROM ledger_compactions
  GROUP BY CAST(day AS date)
),
told AS (
  SELECT ${columnsOf('of_day')}, of_day.own, of_day.preference FROM of_day
  UNION ALL
${statesElsewhere(rewriting)}
),
${masked(people)},
placed AS (
  SELECT ${columnsOf('masked')}, masked.own,
    row_number() OVER (
      PARTITION BY
        masked.event_type = '_campaign.send',
        CASE WHEN masked.event_type = '_campaign.send' THEN masked.activity_id END,
        CASE WHEN masked.event_type = '_campaign.send' THEN masked.endpoint_id ELSE masked.record_id END
      ORDER BY
        masked.preference,
        CASE WHEN masked.status IN ('sent', 'failed') THEN 1 WHEN masked.status = 'uncertain' THEN 2 ELSE 3 END,
        masked.occurred_at DESC,
        masked.record_id
    ) AS place
  FROM masked
)
SELECT ${columnsOf('placed')},
  ${sqlText(rewriting.version)} AS version
FROM placed
WHERE placed.own AND placed.place = 1
) TO ${sqlText(rewriting.target)} WITH (format = 'PARQUET', compression = 'SNAPPY')`;
}

function ownRows({ partition: { day }, previous }: Rewriting): string {
  const raw = `  SELECT ${columnsOf('raw')}, true AS own, 2 AS preference FROM ledger_raw AS raw WHERE raw.day = DATE ${sqlText(day)}`;
  if (previous === undefined) return raw;
  return `  SELECT ${columnsOf('kept')}, true AS own, 1 AS preference
  FROM ledger_compacted AS kept
  WHERE kept.day = DATE ${sqlText(day)} AND kept.version = ${sqlText(previous)}
  UNION ALL
${raw}`;
}

/** Records of one recipient lie no further apart: slices of runs are kept for `retention.workDays`, a fortnight unless configured. */
const DAYS_BESIDE = 31;

/** Records of recipients of the same runs: what writings of other days have, and what is in no writing yet. */
function statesElsewhere({ partition: { day } }: Rewriting): string {
  const own = dayOf(Date.parse(day));
  const [from, to] = [own - DAYS_BESIDE, own + DAYS_BESIDE].map((one) => sqlText(dayText(one)));
  const beside = (of: string): string =>
    `${of}.day BETWEEN DATE ${from} AND DATE ${to} AND ${of}.day <> DATE ${sqlText(day)} AND ${of}.event_type = '_campaign.send'`;
  return `  SELECT ${columnsOf('kept')}, false, 1
  FROM ledger_compacted AS kept
  JOIN written ON written.day = kept.day AND written.version = kept.version
  WHERE ${beside('kept')}
    AND kept.activity_id IN (SELECT activity_id FROM runs)
  UNION ALL
  SELECT ${columnsOf('raw')}, false, 2
  FROM ledger_raw AS raw
  LEFT JOIN written ON written.day = raw.day
  WHERE ${beside('raw')} AND written.version IS NULL
    AND raw.activity_id IN (SELECT activity_id FROM runs)`;
}

/** The rows, of which those of erased people tell nobody any more who it was. */
function masked(people: readonly ErasedPerson[]): string {
  if (people.length === 0)
    return `masked AS (SELECT ${columnsOf('told')}, told.own, told.preference FROM told)`;
  const keys = people.map(({ userId, key = '' }) => `(${sqlText(userId)}, ${sqlText(key)})`);
  const addresses = keysOfEndpoints(people);
  const ofAddress =
    addresses.length === 0
      ? ''
      : `
  LEFT JOIN (VALUES ${addresses.join(', ')}) AS addresses (endpoint_id, key)
    ON told.user_id IS NULL AND addresses.endpoint_id = told.endpoint_id`;
  return `theirs AS (
  SELECT ${columnsOf('told')}, told.own, told.preference, ${ofAddress === '' ? 'people.key' : 'coalesce(people.key, addresses.key)'} AS key
  FROM told
  LEFT JOIN (VALUES ${keys.join(', ')}) AS people (user_id, key) ON people.user_id = told.user_id${ofAddress}
),
masked AS (
  SELECT ${COLUMNS.map(maskedColumn).join(', ')}, theirs.own, theirs.preference
  FROM theirs
)`;
}

/** Of an endpoint that two erased people had the first has its nameless rows. */
function keysOfEndpoints(people: readonly ErasedPerson[]): string[] {
  const keys = new Map<string, string>();
  for (const { endpoints = [], key = '' } of people)
    for (const endpoint of endpoints) if (!keys.has(endpoint)) keys.set(endpoint, key);
  return [...keys].map(([endpoint, key]) => `(${sqlText(endpoint)}, ${sqlText(key)})`);
}

/** A run's endpoints and users have names of that run alone; a message keeps one name, for its open may lie elsewhere. */
const STAND_INS: Readonly<Record<string, string>> = {
  record_id: standIn('theirs.key', 'record', 'theirs.record_id'),
  message_id: standIn('theirs.key', 'message', 'theirs.message_id'),
  endpoint_id: `'erased-' || ${standIn('theirs.key', 'endpoint', `coalesce(theirs.activity_id, '') || ' ' || theirs.endpoint_id`)}`,
  user_id: `'erased-' || ${standIn('theirs.key', 'user', `coalesce(theirs.activity_id, '') || ' ' || theirs.user_id`)}`,
};
const GONE: ReadonlySet<string> = new Set(['provider_message_id', 'attributes']);

function maskedColumn(name: string): string {
  if (GONE.has(name)) return `CASE WHEN theirs.key IS NULL THEN theirs.${name} END AS ${name}`;
  const other = STAND_INS[name];
  if (other === undefined) return `theirs.${name}`;
  return `CASE WHEN theirs.key IS NULL THEN theirs.${name} ELSE ${other} END AS ${name}`;
}
