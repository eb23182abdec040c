/**
 * npm run bench:views -- [events]
 *
 * 5 M generated events of 30 closed days in the local engine: what sessions, funnel and traffic sources take over all of them, and
 * what one day takes, with the files it reads. Events are written as Parquet by the engine itself, where the compaction writes.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { lakeFolder } from '../lib/shared/lake.ts';
import { viewFiles } from '../lib/shared/view-files.ts';
import { createLake } from '../local/aws/athena/index.ts';
import { toDuckDb } from '../local/aws/athena/translate.ts';
import { DATABASE } from '../test/local/aws/support/athena.ts';
import { glueTables, glueViews, LAKE_BUCKET } from '../test/local/aws/support/lake.ts';
import { type EventLake, writeEventLake } from './event-lake.ts';
import { figure, machine, roundTripUs } from './machine.ts';

const EVENTS = Number(process.argv[2] ?? 5_000_000);
const DAYS = 30;
const FIRST = '2026-03-01';
const DAY = "day = DATE '2026-03-15'";
/** A local day of Seoul lies in two UTC days, and so does what goes on into it and from it. */
const DAYS_READ = ['2026-03-14', '2026-03-15'];
/**
 * Where the local engine begins to read before it finds that there is no late event to look for in compacted days: a chunk
 * for each of its threads. Athena asks first.
 */
const LOOKED_INTO = ['2026-03-01', '2026-03-02'];

/** Some visitors, a quarter of whom log in. */
const LAKE: EventLake = {
  events: EVENTS,
  first: FIRST,
  days: DAYS,
  visitor: (sessions) => `hash(i) % ${Math.round(sessions / 3)}`,
  named: 'v % 4 = 0 AND (k > 1 OR v % 8 = 0)',
  compression: 'zstd',
};

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
  console.log(
    `${machine()}; JSON round trip ${roundTripUs().toFixed(1)} µs; ${EVENTS.toLocaleString('en')} events of ${DAYS} days`,
  );
  const s3Dir = mkdtempSync(join(tmpdir(), 'repoint-views-'));
  try {
    await writeEventLake(s3Dir, LAKE);
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
  ruinOtherDays(s3Dir, [...DAYS_READ, ...LOOKED_INTO]);
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
