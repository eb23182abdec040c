/** A lake of generated events in closed days, written as Parquet where the compaction writes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DERIVED } from '../lambdas/events/compaction/derived.ts';
import { TYPED } from '../lambdas/events/compaction/typed-columns.ts';
import { lakeFolder } from '../lib/shared/lake.ts';
import { createLake } from '../local/aws/athena/index.ts';
import { toDuckDb } from '../local/aws/athena/translate.ts';
import { DATABASE } from '../test/local/aws/support/athena.ts';
import { glueTables, glueViews, LAKE_BUCKET } from '../test/local/aws/support/lake.ts';

const DAY_MS = 86_400_000;
/** One to nine events a session. */
const NINE = { mean: 5, sql: '1 + (hash(i * 13) % 9)' };

export interface EventLake {
  readonly events: number;
  /** `YYYY-MM-DD`, UTC. */
  readonly first: string;
  readonly days: number;
  /** SQL: whose session `i` (from 0, of `sessions`) is, a number from 0. */
  readonly visitor: (sessions: number) => string;
  /** SQL: whether step `k` (from 0) of visitor `v` names the member. */
  readonly named: string;
  /** SQL: more of an event's JSON, from its first comma on. */
  readonly properties?: string;
  /** Events of session `i`: how many on average, and SQL (at most nine); one to nine when absent. */
  readonly perSession?: { readonly mean: number; readonly sql: string };
  readonly compression: 'zstd' | 'snappy';
}

const generated = (lake: EventLake, { mean, sql } = lake.perSession ?? NINE): string => `
  WITH sessions AS (
    SELECT i, (${lake.visitor(lake.events / mean)})::INT AS v, (${sql})::INT AS n, (hash(i * 17) % 12)::INT AS origin,
      TIMESTAMP '${lake.first}' + to_milliseconds((hash(i * 7) % ${lake.days * DAY_MS}::UBIGINT)::BIGINT) AS begun
    FROM range(${Math.round(lake.events / mean)}) AS r (i)
  ), steps AS (
    SELECT *, begun + to_milliseconds((k * (20000 + hash(i + k) % 200000))::BIGINT) AS occurred_at
    FROM sessions, range(9) AS r (k) WHERE k < n
  )
  SELECT uuid()::VARCHAR AS event_id,
    CASE WHEN k = 0 THEN 'page_view' ELSE ['page_view', 'view_item', 'page_view', 'add_to_cart', 'view_item', 'select_item',
      'page_view', 'begin_checkout', 'purchase', 'search'][1 + (hash(i * 31 + k) % 10)::INT] END AS name,
    occurred_at, occurred_at AS received_at, false AS late, 'client' AS source,
    CASE WHEN ${lake.named} THEN 'user-' || v END AS user_id, md5(v::VARCHAR) AS anonymous_id,
    NULL::VARCHAR AS session_hint, ['pc', 'mobile', 'app'][1 + v % 3] AS device_type, NULL::VARCHAR AS platform,
    NULL::VARCHAR AS os, NULL::VARCHAR AS app_version, 'https://www.shop.example.com/p/' || (hash(i * 5 + k) % 5000) AS page_url,
    NULL::VARCHAR AS page_title,
    CASE WHEN k > 0 THEN 'https://www.shop.example.com/p/' || (hash(i * 5 + k - 1) % 5000) WHEN origin < 4 THEN 'https://www.google.com/'
      WHEN origin = 4 THEN 'https://m.facebook.com/x' WHEN origin = 5 THEN 'https://search.naver.com/search.naver?query=a'
      WHEN origin = 6 THEN 'https://blog.example.org/post' END AS page_referrer,
    CASE origin WHEN 7 THEN 'google' WHEN 8 THEN 'partner' WHEN 9 THEN 'repoint' END AS utm_source,
    CASE origin WHEN 7 THEN 'cpc' WHEN 8 THEN 'affiliate' WHEN 9 THEN 'push' END AS utm_medium,
    NULL::VARCHAR AS utm_campaign, NULL::VARCHAR AS utm_term, NULL::VARCHAR AS utm_content, 'KR' AS country,
    1 AS schema_version, false AS bot, i || '-' || k AS transaction_id,
    '{"item_id":"sku-' || (hash(i) % 5000) || '","price":19900,"currency":"KRW","revenue":' || (hash(i * 3) % 100000)${lake.properties === undefined ? '' : ` || ${lake.properties}`} || '}' AS properties,
    'v1' AS version, 'occurred' AS filed, occurred_at::DATE AS day
  FROM steps`;

/** Writes all of it under the folder of the local S3. What begins on the last day may end on the next. */
export async function writeEventLake(s3Dir: string, lake: EventLake): Promise<void> {
  const folder = (table: string) => join(s3Dir, LAKE_BUCKET, lakeFolder(table));
  mkdirSync(folder('events_compacted'), { recursive: true });
  const engine = await createLake({ s3Dir, dir: join(s3Dir, '.write'), glueTables, databases: [] });
  const db = await engine.connect(DATABASE);
  const typed = Object.entries(TYPED).map(([name, expression]) => `${expression} AS ${name}`);
  const rows = toDuckDb(`SELECT *, ${typed.join(', ')} FROM generated`);
  await db.run(
    `COPY (WITH generated AS (${generated(lake)}) ${rows}) TO '${folder('events_compacted')}' (FORMAT parquet, PARTITION_BY (filed, day), COMPRESSION ${lake.compression})`,
  );
  db.closeSync();
  engine.close();
  mkdirSync(folder('compactions'), { recursive: true });
  const lines = Array.from({ length: lake.days + 1 }, (_, index) => {
    const day = new Date(Date.parse(lake.first) + index * DAY_MS).toISOString().slice(0, 10);
    return JSON.stringify({ filed: 'occurred', day, version: 'v1', counts_from: `${day} 00:00:00.000` });
  });
  writeFileSync(join(folder('compactions'), 'compactions.json'), lines.join('\n'));
  await derive(s3Dir, lake);
}

/** What the compaction keeps of each day beside its rows. */
async function derive(s3Dir: string, { compression }: EventLake): Promise<void> {
  const tables = [...glueTables, ...glueViews(...Object.values(DERIVED).map(({ view }) => view))];
  const lake = await createLake({ s3Dir, dir: join(s3Dir, '.derive'), glueTables: tables, databases: [] });
  const db = await lake.connect(DATABASE);
  for (const [table, { view, columns }] of Object.entries(DERIVED)) {
    const rows = toDuckDb(`SELECT ${columns.join(', ')}, version, day FROM ${view} WHERE version = 'v1'`);
    const to = join(s3Dir, LAKE_BUCKET, lakeFolder(table));
    await db.run(
      `COPY (${rows}) TO '${to}' (FORMAT parquet, PARTITION_BY (day), COMPRESSION ${compression})`,
    );
  }
  db.closeSync();
  lake.close();
}
