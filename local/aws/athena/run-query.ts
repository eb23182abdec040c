import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { foundNoFiles, QueryError } from './errors.ts';
import type { Column, Execution } from './executions.ts';
import { quoteText } from './glue-types.ts';
import { refuseUnbounded } from './injected.ts';
import type { Lake } from './lake.ts';
import { scannedBytes } from './profile.ts';
import { ResultWriter } from './result-file.ts';
import { parseStatement, type Statement, type Unload, withParameters } from './statement.ts';
import { toDuckDb } from './translate.ts';
import { athenaText, athenaType } from './values.ts';

export interface QueryDeps {
  readonly lake: Lake;
  readonly s3Dir: string;
}

export interface Outcome {
  readonly columns: readonly Column[];
  readonly scannedBytes: number;
  readonly updateCount?: number;
  readonly manifest?: string;
}

/**
 * Runs one query to its end: the result lies in `<output location>/<id>.csv`, or the UNLOAD in its target.
 * `onStart` gets the way to interrupt it. Throws a QueryError, or DuckDB's own error, when it fails.
 */
export async function runQuery(
  deps: QueryDeps,
  execution: Execution,
  onStart: (interrupt: () => void) => void,
): Promise<Outcome> {
  const statement = parseStatement(withParameters(execution.sql, execution.parameters));
  refuseUnbounded(statement.sql, deps.lake.injected);
  const select = toDuckDb(statement.sql);
  for (let looks = 1; ; looks++) {
    try {
      return await runOnce(deps, execution, statement, select, onStart);
    } catch (error) {
      if (looks === MOST_LOOKS || !foundNoFiles(error)) throw error;
    }
  }
}

/** A table's last file may go after the lake looked and before DuckDB does: Athena looks once, and a folder without files is an empty table. */
const MOST_LOOKS = 3;

async function runOnce(
  deps: QueryDeps,
  execution: Execution,
  statement: Statement,
  select: string,
  onStart: (interrupt: () => void) => void,
): Promise<Outcome> {
  const connection = await connect(deps.lake, execution.database);
  const profile = join(temporary(deps.s3Dir), `${execution.id}.profile.json`);
  onStart(() => connection.interrupt());
  try {
    await connection.run(`SET enable_profiling = 'json'`);
    await connection.run(`SET profiling_output = ${quoteText(profile)}`);
    const outcome =
      statement.kind === 'select'
        ? { columns: await writeResult(deps, connection, select, execution) }
        : await unload(deps, connection, select, statement, execution);
    await connection.run(`SET enable_profiling = 'no_output'`);
    return { ...outcome, scannedBytes: scannedBytes(profile) };
  } finally {
    connection.closeSync();
    rmSync(profile, { force: true });
  }
}

async function connect(lake: Lake, database: string | undefined): Promise<DuckDBConnection> {
  try {
    return await lake.connect(database);
  } catch (error) {
    throw new QueryError('SCHEMA_NOT_FOUND', error instanceof Error ? error.message : String(error));
  }
}

/** Unfinished files lie on the same file system as the buckets and in none of them. */
function temporary(s3Dir: string): string {
  const dir = join(s3Dir, '.tmp');
  mkdirSync(dir, { recursive: true });
  return dir;
}

/** The folder that an `s3://bucket/prefix/` means. */
export function folderOf(s3Dir: string, location: string): string {
  const match = /^s3:\/\/([^/]+)(\/.*)?$/.exec(location);
  const parts = (match?.[2] ?? '').split('/').filter((part) => part !== '');
  if (!match?.[1] || parts.includes('..'))
    throw new QueryError('INVALID_LOCATION', `${location} is no S3 location`);
  return join(s3Dir, match[1], ...parts);
}

async function writeResult(
  { s3Dir }: QueryDeps,
  connection: DuckDBConnection,
  select: string,
  { id, outputLocation }: Execution,
): Promise<Column[]> {
  const result = await connection.stream(select);
  const types = result.columnTypes();
  const columns = result.columnNames().map((name, index) => {
    const type = types[index];
    return { name, type: type ? athenaType(type) : 'unknown' };
  });
  const path = join(temporary(s3Dir), `${id}.csv`);
  const writer = new ResultWriter(
    path,
    columns.map(({ name }) => name),
  );
  try {
    for await (const rows of result.yieldRows())
      writer.write(
        rows.map((row) =>
          row.map((value, index) => (types[index] ? athenaText(value, types[index]) : undefined)),
        ),
      );
  } finally {
    writer.close();
  }
  const folder = folderOf(s3Dir, outputLocation);
  mkdirSync(folder, { recursive: true });
  renameSync(path, join(folder, `${id}.csv`));
  return columns;
}

async function unload(
  { s3Dir }: QueryDeps,
  connection: DuckDBConnection,
  select: string,
  statement: Unload,
  { id, outputLocation, submittedAt }: Execution,
): Promise<Omit<Outcome, 'scannedBytes'>> {
  const target = folderOf(s3Dir, statement.to);
  refuseFilled(target, statement.to);
  const stamp = new Date(submittedAt)
    .toISOString()
    .replace(/[-:]|\.\d+Z$/g, '')
    .replace('T', '_');
  const name = `${stamp}_${id.slice(0, 8)}_00000_${id}${EXTENSION[statement.compression]}`;
  const path = join(temporary(s3Dir), name);
  try {
    const copied = await connection.runAndReadAll(
      `COPY (${select}) TO ${quoteText(path)} (${copyOptions(statement)})`,
    );
    const updateCount = Number(copied.getRowsJS()[0]?.[0] ?? 0);
    const results = folderOf(s3Dir, outputLocation);
    mkdirSync(results, { recursive: true });
    // Athena writes no file for no rows.
    const files = updateCount > 0 ? [name] : [];
    const manifest = files.map((file) => `${statement.to.replace(/\/?$/, '/')}${file}\n`).join('');
    writeFileSync(join(results, `${id}-manifest.csv`), manifest);
    if (updateCount > 0) {
      mkdirSync(target, { recursive: true });
      renameSync(path, join(target, name));
    }
    return { columns: [], updateCount, manifest: `${outputLocation.replace(/\/?$/, '/')}${id}-manifest.csv` };
  } finally {
    rmSync(path, { force: true });
  }
}

const EXTENSION: Readonly<Record<Unload['compression'], string>> = {
  GZIP: '.gz',
  ZSTD: '.zst',
  SNAPPY: '',
  NONE: '',
};

function refuseFilled(folder: string, location: string): void {
  const entries = (() => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  })();
  if (entries.length > 0)
    throw new QueryError(
      'HIVE_PATH_ALREADY_EXISTS',
      `Target directory for table '${location}' already exists`,
    );
}

/** TEXTFILE is the values as they are: Hive's text has no quotes. */
function copyOptions({ format, compression, fieldDelimiter }: Unload): string {
  const codec = `COMPRESSION ${compression === 'NONE' ? (format === 'PARQUET' ? 'uncompressed' : 'none') : compression.toLowerCase()}`;
  if (format === 'PARQUET') return `FORMAT parquet, ${codec}`;
  if (format === 'JSON') return `FORMAT json, ${codec}`;
  const delimiter = quoteText(fieldDelimiter);
  return `FORMAT csv, HEADER false, DELIMITER ${delimiter}, QUOTE '', ESCAPE '', NULLSTR '\\N', ${codec}`;
}
