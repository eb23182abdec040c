import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import {
  type ExternalTable,
  emptyFilePath,
  emptySelect,
  filesSelect,
  filledParts,
  type GlueTableProperties,
  lakeTable,
  type ViewTable,
} from './glue-table.ts';
import { duckType, quoteName, quoteText } from './glue-types.ts';
import type { InjectedTable } from './injected.ts';
import { MACROS, NOW } from './macros.ts';
import { toDuckDb } from './translate.ts';

export interface LakeOptions {
  readonly s3Dir: string;
  /** A folder of the lake's own: empty Parquet files and what spills from memory. */
  readonly dir: string;
  readonly glueTables: readonly GlueTableProperties[];
  readonly databases: readonly string[];
  readonly memoryLimit?: string;
  /** What queries take for the time; the machine's own when absent. */
  readonly clock?: { now(): number };
}

export interface Lake {
  /** Tables that can be read by partition alone. */
  readonly injected: readonly InjectedTable[];
  /** A connection whose names resolve in `database`; the caller closes it. Sees every file written so far. */
  connect(database?: string): Promise<DuckDBConnection>;
  close(): void;
}

/** Athena's name of the Glue catalog. */
const CATALOG = 'awsdatacatalog';

/** The Glue tables and views over the local S3 folder, in a DuckDB in memory: two lakes on one folder do not meet. */
export async function createLake(options: LakeOptions): Promise<Lake> {
  const { s3Dir, dir, memoryLimit = '4GB', clock = Date } = options;
  mkdirSync(join(dir, 'spill'), { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: memoryLimit,
    temp_directory: join(dir, 'spill'),
  });
  const admin = await instance.connect();
  await configure(admin);
  await admin.run(MACROS.join(';\n'));
  await admin.run(`ATTACH ':memory:' AS ${CATALOG}`);
  const tables = options.glueTables.map(lakeTable);
  const databases = new Set([...options.databases, ...tables.map(({ database }) => database)]);
  for (const database of databases) await admin.run(`CREATE SCHEMA ${CATALOG}.${quoteName(database)}`);
  const external = tables.filter((table) => table.kind === 'external');
  const refresh = refresher(admin, s3Dir, join(dir, 'empty'), external);
  await refresh();
  await createViews(
    admin,
    tables.filter((table) => table.kind === 'view'),
  );
  return {
    injected: external
      .filter(({ injected }) => injected.length > 0)
      .map(({ name, injected }) => ({ name, columns: injected })),
    async connect(database) {
      if (database !== undefined && !databases.has(database))
        throw new Error(`Schema '${database}' does not exist; there are ${[...databases].join(', ')}`);
      await refresh();
      const connection = await instance.connect();
      await configure(connection);
      await connection.run(searchPath(database));
      await connection.run(`SET VARIABLE ${NOW} = make_timestamptz(${clock.now()} * 1000)`);
      return connection;
    },
    close: () => {
      admin.closeSync();
      instance.closeSync();
    },
  };
}

/** Of a join the right side is held in memory, as in Athena, which has no statistics of our tables to choose by. */
const JOINS_AS_WRITTEN = `SET disabled_optimizers = 'build_side_probe_side'`;

async function configure(connection: DuckDBConnection): Promise<void> {
  await connection.run(
    `SET TimeZone = 'UTC'; SET integer_division = true; SET parquet_metadata_cache = true; ${JOINS_AS_WRITTEN}`,
  );
}

const qualified = ({ database, name }: { database: string; name: string }): string =>
  `${CATALOG}.${quoteName(database)}.${quoteName(name)}`;

const searchPath = (database: string | undefined): string =>
  `SET search_path = ${quoteText(database ? `${CATALOG}.${quoteName(database)},memory.main` : `memory.main`)}`;

/** Defines each table anew when the first file of a part has come or its last has gone; one caller at a time. */
function refresher(
  admin: DuckDBConnection,
  s3Dir: string,
  emptyDir: string,
  tables: readonly ExternalTable[],
): () => Promise<void> {
  const defined = new Map<ExternalTable, string>();
  const refresh = async () => {
    for (const table of tables) {
      const parts = filledParts(s3Dir, table);
      if (defined.get(table) === JSON.stringify(parts)) continue;
      const emptyFile = emptyFilePath(emptyDir, table);
      if (parts.length > 0) await writeEmptyFile(admin, table, emptyFile);
      const select = parts.length > 0 ? filesSelect(s3Dir, table, parts, emptyFile) : emptySelect(table);
      await admin.run(`CREATE OR REPLACE VIEW ${qualified(table)} AS ${select}`);
      defined.set(table, JSON.stringify(parts));
    }
  };
  let queue: Promise<void> = Promise.resolve();
  return () => {
    queue = queue.catch(() => undefined).then(refresh);
    return queue;
  };
}

async function writeEmptyFile(admin: DuckDBConnection, table: ExternalTable, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const columns = table.columns
    .map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quoteName(name)}`)
    .join(', ');
  await admin.run(`COPY (SELECT ${columns} WHERE false) TO ${quoteText(path)} (FORMAT parquet)`);
}

/** Views may use views: each round creates those whose tables are there, until none is left or none can be. */
async function createViews(admin: DuckDBConnection, views: readonly ViewTable[]): Promise<void> {
  let left = views;
  while (left.length > 0) {
    const failed: { view: ViewTable; error: unknown }[] = [];
    for (const view of left) {
      await createView(admin, view).catch((error: unknown) => failed.push({ view, error }));
    }
    if (failed.length === left.length) {
      const reasons = failed.map(
        ({ view, error }) => `${view.name}: ${error instanceof Error ? error.message : error}`,
      );
      throw new Error(`Views that cannot be created: ${reasons.join('; ')}`);
    }
    left = failed.map(({ view }) => view);
  }
}

/** The declared columns bind: Athena calls a view stale whose query gives other names or types. */
async function createView(admin: DuckDBConnection, view: ViewTable): Promise<void> {
  const select = toDuckDb(view.sql);
  await admin.run(searchPath(view.database));
  const described = await admin.runAndReadAll(`DESCRIBE ${select}`);
  const names = described.getRowObjectsJS().map((row) => String(row['column_name']));
  const declared = view.columns.map(({ name }) => name);
  if (names.join() !== declared.join())
    throw new Error(`its header declares ${declared.join(', ')} and its query gives ${names.join(', ')}`);
  const typed = view.columns
    .map(({ name, type }) => `CAST(${quoteName(name)} AS ${duckType(type)}) AS ${quoteName(name)}`)
    .join(', ');
  await admin.run(`CREATE VIEW ${qualified(view)} AS SELECT ${typed} FROM (${select})`);
}
