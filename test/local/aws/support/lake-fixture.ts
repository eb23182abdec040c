import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AthenaClient } from '@aws-sdk/client-athena';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll } from 'vitest';
import { duckType } from '../../../../local/aws/athena/glue-types.ts';
import { type Athena, createLake, startAthena } from '../../../../local/aws/athena/index.ts';
import { toDuckDb } from '../../../../local/aws/athena/translate.ts';
import { createClock } from '../../../../local/clock.ts';
import { DATABASE, rows, WORKGROUP } from './athena.ts';
import { client, temporaryFolder } from './folder.ts';
import { glueTables, glueViews, glueViewsIn, LAKE_BUCKET, TIME_ZONE } from './lake.ts';

/** One scan of a plan. */
export interface Scan {
  /** Predicates that leave out whole files. */
  readonly fileFilters: string;
  /** Predicates on the rows. */
  readonly rowFilters: string;
  /** Files that are read; undefined when none is left out. */
  readonly files: number | undefined;
}

interface PlanNode {
  readonly extra_info?: Readonly<Record<string, string>>;
  readonly children?: readonly PlanNode[];
}

type Line = Readonly<Record<string, unknown>>;

/** A lake with the named views, asked through the real Athena client. Call it once, at the top of a test file. */
export const lakeFixture = (...views: string[]) => lakeFixtureIn(TIME_ZONE, ...views);

/** The same of a deployment in another time zone. */
export function lakeFixtureIn(timeZone: string, ...views: string[]) {
  const s3Dir = temporaryFolder();
  const clock = createClock();
  let athena: Athena;
  let sdk: AthenaClient;
  beforeAll(async () => {
    const OutputLocation = 's3://repoint-test-work/athena/';
    athena = await startAthena({
      workgroups: [{ Name: WORKGROUP, WorkGroupConfiguration: { ResultConfiguration: { OutputLocation } } }],
      glueDatabases: [{ DatabaseInput: { Name: DATABASE } }],
      glueTables: [...glueTables, ...glueViewsIn(timeZone, ...views)],
      s3Dir,
      dir: join(s3Dir, '.athena'),
      clock,
    });
    sdk = new AthenaClient(client(athena.url));
  });
  afterAll(async () => {
    sdk.destroy();
    await athena.close();
  });
  return {
    /** The folder of the local S3. */
    s3Dir,
    /** What queries take for the time. */
    clock,
    query: (sql: string) => rows(sdk, sql),
    /** The client that asks; there only while tests run. */
    client: () => sdk,
    /** What the plan of a query reads: of each scan of Parquet its predicates and how many files are left. */
    scans: (sql: string) => planScans(s3Dir, views, sql),
    /** Writes the lines of each partition as one more file of the table’s format, as Firehose lays them out. */
    write: (table: string, lines: readonly Line[]) => writeLines(s3Dir, table, lines),
    /** Empties a table. */
    clear: (table: string) => rmSync(tableFolder(s3Dir, table), { recursive: true, force: true }),
  };
}

const tableFolder = (s3Dir: string, table: string) => join(s3Dir, LAKE_BUCKET, table.replace(/_raw$/, ''));

/** Writes Parquet files; one for all of a worker's test files, for starting it takes longer than what it writes. */
let writer: Promise<DuckDBConnection> | undefined;
const startWriter = async (): Promise<DuckDBConnection> =>
  (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();

async function writeLines(s3Dir: string, table: string, lines: readonly Line[]): Promise<void> {
  writer ??= startWriter();
  const properties = glueTables.find(({ TableInput }) => TableInput.Name === table)?.TableInput;
  const keys = properties?.PartitionKeys.map(({ Name }) => Name) ?? [];
  const columns = [
    ...(properties?.StorageDescriptor.Columns ?? []).map(({ Name, Type }) => `${Name}: '${duckType(Type)}'`),
    ...keys.map((key) => `${key}: 'VARCHAR'`),
  ];
  const folder = tableFolder(s3Dir, table);
  mkdirSync(folder, { recursive: true });
  if (properties?.Parameters.classification === 'json') return writeJson(folder, keys, lines);
  const json = join(s3Dir, 'fixture.json');
  writeFileSync(json, lines.map((line) => JSON.stringify(line)).join('\n'));
  const from = `read_json('${json}', format = 'newline_delimited', columns = {${columns.join(', ')}})`;
  const layout = `FORMAT parquet, PARTITION_BY (${keys.join(', ')}), APPEND, FILENAME_PATTERN '{uuid}'`;
  await (await writer).run(`COPY (SELECT * FROM ${from}) TO '${folder}' (${layout})`);
}

/** JSON lines, each partition's in one more file. */
function writeJson(folder: string, keys: readonly string[], lines: readonly Line[]): void {
  for (const line of lines) {
    const partition = join(folder, ...keys.map((key) => `${key}=${String(line[key])}`));
    mkdirSync(partition, { recursive: true });
    const rest = Object.fromEntries(Object.entries(line).filter(([name]) => !keys.includes(name)));
    appendFileSync(join(partition, 'lines.json'), `${JSON.stringify(rest)}\n`);
  }
}

async function planScans(s3Dir: string, views: readonly string[], sql: string): Promise<Scan[]> {
  const tables = [...glueTables, ...glueViews(...views)];
  const lake = await createLake({ s3Dir, dir: join(s3Dir, '.plan'), glueTables: tables, databases: [] });
  const connection = await lake.connect(DATABASE);
  const plan = await connection.runAndReadAll(`EXPLAIN (FORMAT JSON) ${toDuckDb(sql)}`);
  connection.closeSync();
  lake.close();
  return (JSON.parse(String(plan.getRowsJS()[0]?.[1])) as PlanNode[]).flatMap(scansOf);
}

function scansOf({ extra_info: scan = {}, children = [] }: PlanNode): Scan[] {
  const below = children.flatMap(scansOf);
  if (scan['Function'] !== 'READ_PARQUET') return below;
  const files = scan['Scanning Files']?.split('/')[0];
  const filters = { fileFilters: scan['File Filters'] ?? '', rowFilters: String(scan['Filters'] ?? '') };
  return [{ ...filters, files: files === undefined ? undefined : Number(files) }, ...below];
}
