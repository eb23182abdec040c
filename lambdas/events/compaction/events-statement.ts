/** The statement that rewrites one partition of events. Pure. */
import { sqlText } from '../../shared/sql-text.ts';
import { dayOf, dayText } from '../time.ts';
import type { Rewriting } from './compacted-table.ts';
import { type ErasedPerson, theirs } from './erased.ts';
import type { Partition } from './partition.ts';
import { standIn } from './stand-in.ts';
import { TYPED } from './typed-columns.ts';

/** Columns of events_raw and events_compacted (schemas/events), in the order in which they are written. */
const PLAIN = [
  'event_id',
  'name',
  'occurred_at',
  'received_at',
  'late',
  'source',
  'device_type',
  'platform',
  'os',
  'app_version',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  'country',
  'schema_version',
  'bot',
] as const;

/** What tells who it was; gone once they are erased. */
const TELLING = [
  'user_id',
  'anonymous_id',
  'session_hint',
  'page_url',
  'page_title',
  'page_referrer',
] as const;

const COLUMNS = [...PLAIN, ...TELLING, 'transaction_id', 'properties'].join(', ');
const TYPES = Object.entries(TYPED).map(([name, expression]) => `${expression} AS ${name}`);

/**
 * UNLOAD of a partition's rows, each event once: the previous writing's copy first, else the one received first. Of a closed
 * day the purchases also count once per order over all days (view `events`). It reads the partition, and of the other
 * compacted days the orders. The typed columns are read out of the properties as they are kept, each time anew.
 */
export function eventsStatement(rewriting: Rewriting): string {
  const { partition, target } = rewriting;
  const orders = partition.filed === 'occurred' ? ordersOf(rewriting) : '';
  const once = partition.filed === 'occurred' ? countedOrder(rewriting) : '';
  const joined =
    rewriting.erased.length === 0 ? '' : '\n  LEFT JOIN erased ON erased.event_id = counted.event_id';
  return `UNLOAD (
WITH rows_of_partition AS (
${rowsOf(rewriting)}
)${erasedOf(rewriting)},
copies AS (
  SELECT ${COLUMNS}, preference,
    row_number() OVER (PARTITION BY event_id ORDER BY preference, received_at, transaction_id) AS copy
  FROM rows_of_partition
)${orders}
SELECT ${COLUMNS},
  ${TYPES.join(',\n  ')},
  ${sqlText(rewriting.version)} AS version
FROM (
  SELECT ${PLAIN.map((name) => `counted.${name}`).join(', ')}, ${tellingOf(rewriting)}
  FROM (
    SELECT ${COLUMNS} FROM copies
    WHERE copy = 1${once}
  ) AS counted${joined}
) AS told
) TO ${sqlText(target)} WITH (format = 'PARQUET', compression = 'SNAPPY')`;
}

const within = ({ filed = 'occurred', day }: Partition): string =>
  `filed = ${sqlText(filed)} AND day = DATE ${sqlText(day)}`;

function rowsOf({ partition, previous }: Rewriting): string {
  const raw = `  SELECT ${COLUMNS}, 2 AS preference FROM events_raw WHERE ${within(partition)}`;
  if (previous === undefined) return raw;
  const kept = `  SELECT ${COLUMNS}, 1 AS preference FROM events_compacted WHERE ${within(partition)} AND version = ${sqlText(previous)}`;
  return `${kept}\n  UNION ALL\n${raw}`;
}

/** Reports of one order that lie further apart are weighed when the later one's day is compacted (view `events`). */
const REPORTS_APART_DAYS = 10;

const firstWeighed = (day: string): string => dayText(dayOf(Date.parse(day)) - REPORTS_APART_DAYS);

/**
 * Who tells of each order: what a compacted day has stays; else the report that names the user, of those the one received
 * first, among this day's and those of the days around it that are not compacted yet: still open, or queued as this one is.
 */
const ordersOf = ({ partition }: Rewriting): string => `,
closed AS (
  SELECT filed, CAST(day AS date) AS day, max_by(version, counts_from) AS version
  FROM compactions
  GROUP BY filed, day
),
reports AS (
  SELECT DATE ${sqlText(partition.day)} AS day, event_id, transaction_id, preference, user_id IS NULL AS nameless, received_at
  FROM copies
  WHERE copy = 1 AND name = 'purchase' AND transaction_id IS NOT NULL
  UNION ALL
  SELECT kept.day, kept.event_id, kept.transaction_id, 0, false, kept.received_at
  FROM events_compacted AS kept
  JOIN closed
    ON closed.filed = kept.filed AND closed.day = kept.day AND closed.version = kept.version
  WHERE kept.filed = 'occurred' AND kept.name = 'purchase' AND kept.day <> DATE ${sqlText(partition.day)}
  UNION ALL
  SELECT day, event_id, transaction_id, 2, user_id IS NULL, received_at
  FROM (
    SELECT raw.day, raw.event_id, raw.transaction_id, raw.user_id, raw.received_at,
      row_number() OVER (PARTITION BY raw.day, raw.event_id ORDER BY raw.received_at, raw.transaction_id) AS copy
    FROM events_raw AS raw
    LEFT JOIN closed ON closed.filed = raw.filed AND closed.day = raw.day
    WHERE raw.filed = 'occurred' AND raw.name = 'purchase' AND closed.version IS NULL
      AND raw.day >= DATE ${sqlText(firstWeighed(partition.day))} AND raw.day <> DATE ${sqlText(partition.day)}
  ) AS told
  WHERE copy = 1
),
orders AS (
  SELECT transaction_id, event_id, day,
    row_number() OVER (PARTITION BY transaction_id ORDER BY preference, nameless, received_at, event_id, day) AS report
  FROM reports
)`;

const countedOrder = ({ partition }: Rewriting): string => `
  AND (
    name <> 'purchase' OR transaction_id IS NULL
    OR event_id IN (SELECT event_id FROM orders WHERE report = 1 AND day = DATE ${sqlText(partition.day)})
  )`;

/** Events of which any copy is an erased person's, with the key that names their messages. */
const erasedOf = ({ erased }: Rewriting): string =>
  erased.length === 0
    ? ''
    : `,
erased AS (
  SELECT found.event_id, max(keys.key) AS key
  FROM (
  ${theirs('rows_of_partition', 'told.event_id, people.id', erased)}
  ) AS found
  JOIN (VALUES ${erased.map(keyRow).join(', ')}) AS keys (id, key) ON keys.id = found.id
  GROUP BY found.event_id
)`;

const keyRow = ({ id, key }: ErasedPerson): string =>
  `(${sqlText(id)}, ${key === undefined ? 'CAST(NULL AS varchar)' : sqlText(key)})`;

/**
 * Of who is erased an event keeps what it was, when and from what kind of device, and a purchase its amount, so that totals
 * stay true (spec §1, "Privacy"); nothing that names the person, the order, the page or what was looked for.
 */
function tellingOf({ erased }: Rewriting): string {
  if (erased.length === 0) return [...TELLING, 'transaction_id', 'properties'].join(', ');
  const masked = TELLING.map((name) => `CASE WHEN erased.event_id IS NULL THEN ${name} END AS ${name}`);
  return [
    ...masked,
    `CASE WHEN erased.event_id IS NULL THEN transaction_id WHEN transaction_id IS NOT NULL THEN counted.event_id END AS transaction_id`,
    `CASE WHEN erased.event_id IS NULL THEN properties
    WHEN ${property('message_id')} IS NOT NULL AND name IN ('message_open', 'message_click') AND erased.key IS NOT NULL
      THEN ${MESSAGE}
    WHEN TRY_CAST(${REVENUE} AS double) IS NULL THEN '{}'
    ELSE '{"revenue":' || ${REVENUE} || coalesce(',"currency":"' || ${CURRENCY} || '"', '') || '}'
  END AS properties`,
  ].join(',\n  ');
}

const property = (name: string): string => `json_extract_scalar(properties, '$.${name}')`;

/** As JSON, so that a text is none: an operator's own event may call anything so, and what is kept names nobody. */
const REVENUE = `json_format(json_extract(properties, '$.revenue'))`;
const CURRENCY = `CASE WHEN regexp_like(${property('currency')}, '\\A[A-Z]{3}\\z') THEN ${property('currency')} END`;

const OF_MESSAGE = ['campaign_id', 'activity_id', 'channel'];

/** Which message it was, by the name that it has in their rows of the ledger too: campaigns keep their opens. */
const MESSAGE = `json_format(CAST(MAP(
        ARRAY['message_id', ${OF_MESSAGE.map(sqlText).join(', ')}],
        ARRAY[${[standIn('erased.key', 'message', property('message_id')), ...OF_MESSAGE.map(property)].join(', ')}]
      ) AS JSON))`;
