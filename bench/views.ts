/**
 * npm run bench:views -- [events]
 *
 * 5 M generated events of 30 closed days in the local engine: what sessions, funnel and traffic sources take over all of them, and
 * what one day takes, with the files it reads. Events are written as Parquet by the engine itself, where the compaction writes.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { lakeFolder } from '../lib/shared/lake.ts';
import { viewFiles } from '../lib/shared/view-files.ts';
import { createLake } from '../local/aws/athena/index.ts';
import { toDuckDb } from '../local/aws/athena/translate.ts';
import { DATABASE } from '../test/local/aws/support/athena.ts';
import { glueTables, glueViews, LAKE_BUCKET } from '../test/local/aws/support/lake.ts';
import { figure, machine } from './machine.ts';

const EVENTS = Number(process.argv[2] ?? 5_000_000);
const DAYS = 30;
const FIRST = '2026-03-01';
/** Events a session has here, on average. */
const PER_SESSION = 5;
const DAY = "day = DATE '2026-03-15'";
/** A local day of Seoul lies in two UTC days; what goes on from and into it, in a third. */
const DAYS_READ = ['2026-03-14', '2026-03-15', '2026-03-16'];

/** Sessions of one to nine events of some visitors, a quarter of whom log in. */
const generated = (sessions: number): string => `
  WITH sessions AS (
    SELECT i, (hash(i) % ${Math.round(sessions / 3)})::INT AS v, 1 + (hash(i * 13) % 9)::INT AS n, (hash(i * 17) % 12)::INT AS origin,
      TIMESTAMP '${FIRST}' + to_milliseconds((hash(i * 7) % ${DAYS * 86_400_000}::UBIGINT)::BIGINT) AS begun
    FROM range(${sessions}) AS r (i)
  ), steps AS (
    SELECT *, begun + to_milliseconds((k * (20000 + hash(i + k) % 200000))::BIGINT) AS occurred_at
    FROM sessions, range(9) AS r (k) WHERE k < n
  )
  SELECT uuid()::VARCHAR AS event_id,
    CASE WHEN k = 0 THEN 'page_view' ELSE ['page_view', 'view_item', 'page_view', 'add_to_cart', 'view_item', 'select_item',
      'page_view', 'begin_checkout', 'purchase', 'search'][1 + (hash(i * 31 + k) % 10)::INT] END AS name,
    occurred_at, occurred_at AS received_at, false AS late, 'client' AS source,
    CASE WHEN v % 4 = 0 AND (k > 1 OR v % 8 = 0) THEN 'user-' || v END AS user_id, md5(v::VARCHAR) AS anonymous_id,
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
    '{"item_id":"sku-' || (hash(i) % 5000) || '","price":19900,"currency":"KRW","revenue":' || (hash(i * 3) % 100000) || '}' AS properties,
    'v1' AS version, 'occurred' AS filed, occurred_at::DATE AS day
  FROM steps`;

async function writeLake(s3Dir: string): Promise<void> {
  const folder = (table: string) => join(s3Dir, LAKE_BUCKET, lakeFolder(table));
  const db = await (await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '4GB' })).connect();
  mkdirSync(folder('events_compacted'), { recursive: true });
  await db.run(
    `COPY (${generated(EVENTS / PER_SESSION)}) TO '${folder('events_compacted')}' (FORMAT parquet, PARTITION_BY (filed, day), COMPRESSION zstd)`,
  );
  db.closeSync();
  mkdirSync(folder('compactions'), { recursive: true });
  const lines = Array.from({ length: DAYS + 1 }, (_, index) => {
    const day = new Date(Date.parse(FIRST) + index * 86_400_000).toISOString().slice(0, 10);
    return JSON.stringify({ filed: 'occurred', day, version: 'v1', counts_from: `${day} 00:00:00.000` });
  });
  writeFileSync(join(folder('compactions'), 'compactions.json'), lines.join('\n'));
}

/** Overwrites all that the other days' files hold beside their footers: whoever reads on gets an error or another answer. */
function ruinOtherDays(s3Dir: string, days: readonly string[]): void {
  const folder = join(s3Dir, LAKE_BUCKET, lakeFolder('events_compacted'), 'filed=occurred');
  for (const partition of readdirSync(folder).filter((name) => !days.includes(name.replace('day=', ''))))
    for (const file of readdirSync(join(folder, partition))) {
      const bytes = readFileSync(join(folder, partition, file));
      const footer = bytes.readUInt32LE(bytes.length - 8) + 8;
      writeFileSync(join(folder, partition, file), bytes.fill(0xff, 4, bytes.length - footer));
    }
}

async function seconds(connection: DuckDBConnection, sql: string): Promise<number> {
  const text = toDuckDb(sql);
  const began = performance.now();
  await connection.runAndReadAll(text);
  return (performance.now() - began) / 1000;
}

const answer = async (connection: DuckDBConnection, sql: string): Promise<string> =>
  String((await connection.runAndReadAll(toDuckDb(sql))).getRows().map(String).sort());

async function main(): Promise<boolean> {
  console.log(`${machine()}; ${EVENTS.toLocaleString('en')} events of ${DAYS} days`);
  const s3Dir = mkdtempSync(join(tmpdir(), 'repoint-views-'));
  try {
    await writeLake(s3Dir);
    const views = glueViews(...viewFiles().map(({ name }) => name));
    const lake = await createLake({
      s3Dir,
      dir: join(s3Dir, '.lake'),
      glueTables: [...glueTables, ...views],
      databases: [],
    });
    const connection = await lake.connect(DATABASE);
    const quick = await measure(connection);
    const pruned = await readsItsDaysOnly(connection, s3Dir);
    connection.closeSync();
    lake.close();
    return quick && pruned;
  } finally {
    rmSync(s3Dir, { recursive: true, force: true });
  }
}

/** One day's answers are what they were when the files of all days but its own cannot be read any more. */
async function readsItsDaysOnly(connection: DuckDBConnection, s3Dir: string): Promise<boolean> {
  const pruned = ONE_DAY.filter(([, , atMost]) => atMost !== undefined);
  const before = await Promise.all(pruned.map(([, sql]) => answer(connection, sql)));
  ruinOtherDays(s3Dir, DAYS_READ);
  await connection.run('SET parquet_metadata_cache = false; SET enable_external_file_cache = false');
  for (const [index, [name, sql]] of pruned.entries()) {
    const after = await answer(connection, sql).catch((error: Error) => error.message);
    const same = after === before[index];
    console.log(
      `${name}: ${same ? `reads ${DAYS_READ.length} of ${DAYS + 1} days` : `READS OTHER DAYS (${after.slice(0, 200)})`}`,
    );
    if (!same) return false;
  }
  return true;
}

const FACTS = 'SELECT count(*), sum(page_views), count_if(bounced), sum(duration_s) FROM session_facts';
/** Name, statement, seconds allowed. */
type Timed = readonly [string, string, number?];
const ALL_DAYS: readonly Timed[] = [
  ['sessions: counts, pages, bounces, durations', FACTS, 6],
  ['funnel', 'SELECT name, sum(sessions) FROM funnel GROUP BY name', 4],
  [
    'traffic_sources',
    'SELECT channel, sum(sessions), sum(users), sum(orders) FROM traffic_sources GROUP BY channel',
    4,
  ],
  [
    'sessions with persons, new users and sources',
    'SELECT channel, count(DISTINCT person), count_if(new_user) FROM sessions GROUP BY channel',
  ],
];
const ONE_DAY: readonly Timed[] = [
  ['one day of session_facts', `${FACTS} WHERE ${DAY}`, 0.3],
  ['one day of funnel', `SELECT name, sessions FROM funnel WHERE ${DAY}`, 0.3],
  ['one day of page_performance', `SELECT page, sessions FROM page_performance WHERE ${DAY}`, 0.3],
  ['one day of daily_behaviour', `SELECT sessions, users, new_users FROM daily_behaviour WHERE ${DAY}`],
];

async function measure(connection: DuckDBConnection): Promise<boolean> {
  let good = true;
  for (const [name, sql, atMost] of [...ONE_DAY, ...ALL_DAYS])
    good = figure(name, await seconds(connection, sql), 's', atMost === undefined ? {} : { atMost }) && good;
  return good;
}

process.exitCode = (await main()) ? 0 : 1;
