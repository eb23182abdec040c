import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  ListWorkGroupsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Athena, startAthena } from '../../../local/aws/athena/index.ts';
import { DATABASE, execute, rows, WORKGROUP } from './support/athena.ts';
import { client, temporaryFolder } from './support/folder.ts';

const dir = temporaryFolder();
const s3Dir = join(dir, 's3');
const LAKE = 'repoint-test-lake';

const hits = {
  DatabaseName: DATABASE,
  TableInput: {
    Name: 'hits',
    TableType: 'EXTERNAL_TABLE',
    Parameters: {
      'projection.enabled': 'true',
      'storage.location.template': `s3://${LAKE}/hits/day=\${day}/`,
    },
    PartitionKeys: [{ Name: 'day', Type: 'date' }],
    StorageDescriptor: {
      Location: `s3://${LAKE}/hits/`,
      Columns: [
        { Name: 'id', Type: 'string' },
        { Name: 'amount', Type: 'bigint' },
        { Name: 'at', Type: 'timestamp' },
        { Name: 'added', Type: 'string' },
      ],
    },
  },
};

/** Athena takes the partitions of it from the query. */
const judged = {
  DatabaseName: DATABASE,
  TableInput: {
    Name: 'judged',
    TableType: 'EXTERNAL_TABLE',
    Parameters: { 'projection.enabled': 'true', 'projection.run.type': 'injected' },
    PartitionKeys: [{ Name: 'run', Type: 'string' }],
    StorageDescriptor: { Location: `s3://${LAKE}/judged/`, Columns: [{ Name: 'id', Type: 'string' }] },
  },
};

const view = (Name: string, originalSql: string, columns: object[]) => ({
  DatabaseName: DATABASE,
  TableInput: {
    Name,
    TableType: 'VIRTUAL_VIEW',
    ViewOriginalText: `/* Presto View: ${Buffer.from(JSON.stringify({ originalSql, columns })).toString('base64')} */`,
  },
});

const views = [
  // The one that uses the other stands first: order in the template means nothing.
  view('totals', `SELECT day, sum(amount) total FROM ${DATABASE}.large GROUP BY day`, [
    { name: 'day', type: 'date' },
    { name: 'total', type: 'bigint' },
  ]),
  view('large', `SELECT day, amount FROM ${DATABASE}.hits WHERE amount > 1`, [
    { name: 'day', type: 'date' },
    { name: 'amount', type: 'bigint' },
  ]),
];

const options = {
  workgroups: [
    {
      Name: WORKGROUP,
      WorkGroupConfiguration: { ResultConfiguration: { OutputLocation: 's3://repoint-test-work/athena/' } },
    },
  ],
  glueDatabases: [{ DatabaseInput: { Name: DATABASE } }],
  glueTables: [hits, judged, ...views],
  s3Dir,
  dir: join(dir, 'athena'),
};

let athena: Athena;
let sdk: AthenaClient;
const query = (sql: string, parameters?: string[], page?: number) =>
  rows(sdk, sql, parameters ? { ExecutionParameters: parameters } : {}, page);

/** Writes one Parquet file of hits, as Firehose would: without the column that was added later. */
async function file(day: string, name: string, values: string): Promise<void> {
  const folder = join(s3Dir, LAKE, 'hits', `day=${day}`);
  mkdirSync(folder, { recursive: true });
  const duck = await (await DuckDBInstance.create(':memory:')).connect();
  await duck.run(
    `COPY (SELECT * FROM (VALUES ${values}) t(id, amount, "at")) TO '${join(folder, name)}' (FORMAT parquet)`,
  );
}

beforeAll(async () => {
  athena = await startAthena(options);
  sdk = new AthenaClient(client(athena.url));
});
afterAll(async () => {
  sdk.destroy();
  await athena.close();
});

describe('tables and views', () => {
  it('are there, typed and empty, before the first file, and show each new file at once', async () => {
    expect(await query('SELECT count(*), sum(amount) FROM hits')).toEqual([['0', undefined]]);
    expect(await query('SELECT * FROM totals')).toEqual([]);
    await file('2026-03-01', 'a.parquet', `('a', 1, TIMESTAMP '2026-03-01 10:00:00.5'), ('한', 5, NULL)`);
    expect(await query('SELECT id, amount, at, added, day FROM hits ORDER BY id')).toEqual([
      ['a', '1', '2026-03-01 10:00:00.500', undefined, '2026-03-01'],
      ['한', '5', undefined, undefined, '2026-03-01'],
    ]);
    await file('2026-03-02', 'b.parquet', `('c', 7, NULL)`);
    expect(await query('SELECT * FROM totals ORDER BY day')).toEqual([
      ['2026-03-01', '5'],
      ['2026-03-02', '7'],
    ]);
    expect(await query(`SELECT count(*) FROM awsdatacatalog.${DATABASE}.hits`)).toEqual([['3']]);
  });

  it('read only the files of the days that are asked for', async () => {
    await file('2026-03-03', 'c.parquet', `('d', 9, NULL)`);
    const all = await execute(sdk, 'SELECT sum(amount) FROM hits');
    const one = await execute(sdk, "SELECT sum(amount) FROM hits WHERE day = DATE '2026-03-02'");
    const scanned = [all, one].map(({ Statistics }) => Statistics?.DataScannedInBytes ?? 0);
    expect(scanned[1]).toBeGreaterThan(0);
    expect(scanned[1]).toBeLessThan(scanned[0] ?? 0);
  });

  it.each([
    "SELECT id FROM judged WHERE run = 'a'",
    "SELECT j.id FROM judged AS j JOIN hits AS h ON h.id = j.id WHERE h.amount > 1 AND j.run = 'a' ORDER BY 1",
    `SELECT id FROM "${DATABASE}"."judged" WHERE 'a' = run AND id <> ''`,
    "SELECT id FROM hits WHERE id NOT IN (SELECT id FROM judged WHERE run IN ('a', 'b')) GROUP BY id",
    "WITH some AS (SELECT * FROM judged) SELECT id FROM some WHERE run = 'a'",
    "SELECT h.id FROM hits AS h CROSS JOIN (SELECT id FROM judged WHERE run = 'a') AS j WHERE h.amount > 1",
    "SELECT 'FROM judged' AS judged FROM hits",
  ])('of injected partitions are read where those are named: %s', async (sql) => {
    await expect(query(sql)).resolves.toBeDefined();
  });

  it.each([
    'SELECT id FROM judged',
    "SELECT id FROM judged WHERE run > 'a'",
    "SELECT id FROM judged WHERE run = 'a' OR id = 'b'",
    "SELECT id FROM judged WHERE run = id AND id = 'a'",
    "SELECT id FROM judged WHERE NOT run = 'a'",
    "SELECT id FROM hits WHERE id IN (SELECT id FROM judged) AND day = DATE '2026-03-01'",
    "SELECT id FROM judged WHERE run = 'a' UNION ALL SELECT id FROM judged",
    "SELECT id FROM judged WHERE id = (SELECT max(id) FROM hits WHERE id = 'run')",
  ])('of injected partitions are refused without: %s', async (sql) => {
    expect((await execute(sdk, sql)).Status).toMatchObject({
      State: 'FAILED',
      StateChangeReason: expect.stringMatching(
        /^CONSTRAINT_VIOLATION: For the injected projected partition column run, the WHERE clause must contain only static equality conditions/,
      ),
      AthenaError: { ErrorCategory: 2, Retryable: false },
    });
  });

  it('are refused at start when a view gives other columns than it declares', async () => {
    const stale = view('stale', 'SELECT 1 AS a', [{ name: 'b', type: 'integer' }]);
    const other = { ...options, dir: join(dir, 'stale'), glueTables: [stale] };
    await expect(startAthena(other)).rejects.toThrow(/stale: its header declares b and its query gives a/);
  });
});

describe('queries', () => {
  it('give their rows in pages after one header, with their types, also when texts hold quotes and lines', async () => {
    const sql = `SELECT n, 'a "q",' || chr(10) || cast(n as varchar) AS t, nullif(n, 3) AS m FROM unnest(sequence(1, 7)) AS u(n) ORDER BY n`;
    const found = await query(sql, undefined, 3);
    expect(found).toEqual(
      Array.from({ length: 7 }, (_, index) => {
        const n = String(index + 1);
        return [n, `a "q",\n${n}`, n === '3' ? undefined : n];
      }),
    );
    const { QueryExecutionId, ResultConfiguration } = await execute(
      sdk,
      "SELECT 1 AS a, DATE '2026-01-01' AS d",
    );
    expect(ResultConfiguration?.OutputLocation).toBe(`s3://repoint-test-work/athena/${QueryExecutionId}.csv`);
    const csv = readFileSync(join(s3Dir, 'repoint-test-work', 'athena', `${QueryExecutionId}.csv`), 'utf8');
    expect(csv).toBe('"a","d"\n"1","2026-01-01"\n');
    const { ResultSet } = await sdk.send(new GetQueryResultsCommand({ QueryExecutionId }));
    expect(ResultSet?.ResultSetMetadata?.ColumnInfo?.map(({ Type }) => Type)).toEqual(['integer', 'date']);
  });

  it('take their parameters in order, as literals only', async () => {
    const sql = "SELECT id FROM hits WHERE amount > ? AND id <> ? AND '?' = '?' ORDER BY id -- ?";
    expect(await query(sql, ['5', "'c''s'"])).toEqual([['c'], ['d']]);
    await expect(query(sql, ['5'])).rejects.toThrow(/expected 2 but found 1/);
    await expect(query('SELECT ?', ['(SELECT 1)'])).rejects.toThrow(/no SQL literal/);
  });

  it.each([
    ['SELEC 1', /NOT_SUPPORTED|SYNTAX_ERROR/],
    ['SELECT FROM WHERE', /SYNTAX_ERROR/],
    ['SELECT nope FROM hits', /COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved/],
    ['SELECT 1 FROM nowhere', /TABLE_NOT_FOUND: line 1:15: Table 'nowhere' does not exist/],
    ['SELECT nothing_like_it(1)', /FUNCTION_NOT_FOUND: line 1:8: Function 'nothing_like_it' not registered/],
    ["SELECT CAST('x' AS integer)", /INVALID_CAST_ARGUMENT/],
    ['DROP TABLE hits', /NOT_SUPPORTED/],
  ])('%s fails as in Trino', async (sql, reason) => {
    await expect(query(sql)).rejects.toThrow(reason);
  });

  // In a process of its own, as the local system is: what ran before in this one may have used its stack up.
  it('may hold brackets sixty deep', () => {
    const translator = new URL('../../../local/aws/athena/translate.ts', import.meta.url).href;
    const code = `import { toDuckDb } from ${JSON.stringify(translator)};
      const deep = (depth) => (depth === 0 ? 'true' : '(true AND NOT (' + deep(depth - 1) + '))');
      console.log(toDuckDb('SELECT 1 AS one WHERE ' + deep(30)));`;
    const options = ['--import', 'tsx', '--input-type=module', '-e', code];
    const said = execFileSync(process.execPath, options, { encoding: 'utf8' });
    expect(said.match(/NOT/g)).toHaveLength(30);
  });

  it('run once under a client token, and refuse another query under it', async () => {
    const ClientRequestToken = 'one-token-of-at-least-32-characters';
    const start = { WorkGroup: WORKGROUP, ClientRequestToken };
    const first = await sdk.send(new StartQueryExecutionCommand({ ...start, QueryString: 'SELECT 1' }));
    const again = await sdk.send(new StartQueryExecutionCommand({ ...start, QueryString: 'SELECT 1' }));
    expect(again.QueryExecutionId).toBe(first.QueryExecutionId);
    const other = new StartQueryExecutionCommand({ ...start, QueryString: 'SELECT 2' });
    await expect(sdk.send(other)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });

  it('can be stopped', async () => {
    const QueryString =
      'SELECT count(*) FROM unnest(sequence(1, 30000)) a(x), unnest(sequence(1, 30000)) b(y) WHERE x * y % 7 = 3';
    const { QueryExecutionId } = await sdk.send(
      new StartQueryExecutionCommand({ QueryString, WorkGroup: WORKGROUP }),
    );
    await sdk.send(new StopQueryExecutionCommand({ QueryExecutionId }));
    await expect
      .poll(
        async () =>
          (await sdk.send(new GetQueryExecutionCommand({ QueryExecutionId }))).QueryExecution?.Status?.State,
        { timeout: 60_000 },
      )
      .toBe('CANCELLED');
  });

  it('are refused with what it does not know', async () => {
    await expect(sdk.send(new ListWorkGroupsCommand({}))).rejects.toThrow(/ListWorkGroups/);
    const reuse = { ResultReuseByAgeConfiguration: { Enabled: true } };
    const start = { QueryString: 'SELECT 1', WorkGroup: WORKGROUP, ResultReuseConfiguration: reuse };
    await expect(sdk.send(new StartQueryExecutionCommand(start))).rejects.toThrow(/ResultReuseConfiguration/);
    const unknown = new StartQueryExecutionCommand({ QueryString: 'SELECT 1', WorkGroup: 'other' });
    await expect(sdk.send(unknown)).rejects.toThrow(/WorkGroup other is not found/);
  });
});

describe('UNLOAD', () => {
  const target = (name: string) => join(s3Dir, 'repoint-test-work', 'lists', name);
  const unload = (name: string, select: string, format = 'TEXTFILE') =>
    execute(sdk, `UNLOAD (${select}) TO 's3://repoint-test-work/lists/${name}/' WITH (format = '${format}')`);

  it('writes text lines exactly as they are, gzipped, and a manifest', async () => {
    const line = `'{"User":{"UserId":"' || id || '","q":"\\\\\\"\\t,"}}'`;
    const { Status, Statistics } = await unload(
      'text',
      `SELECT ${line} AS line FROM hits WHERE id IN ('a', '한') ORDER BY id`,
    );
    expect(Status?.StateChangeReason).toBeUndefined();
    const files = readdirSync(target('text'));
    expect(files).toHaveLength(1);
    const text = gunzipSync(readFileSync(join(target('text'), files[0] ?? ''))).toString();
    expect(text).toBe(['a', '한'].map((id) => `{"User":{"UserId":"${id}","q":"\\\\\\"\\t,"}}\n`).join(''));
    const manifest = Statistics?.DataManifestLocation?.replace('s3:/', s3Dir) ?? '';
    expect(readFileSync(manifest, 'utf8')).toBe(`s3://repoint-test-work/lists/text/${files[0]}\n`);
  });

  it('refuses a target that holds something, and writes nothing for no rows', async () => {
    await unload('twice', 'SELECT 1 AS a');
    const again = await unload('twice', 'SELECT 1 AS a');
    expect(again.Status?.StateChangeReason).toMatch(/HIVE_PATH_ALREADY_EXISTS/);
    const none = await unload('none', 'SELECT 1 AS a WHERE false');
    expect(none.Status?.State).toBe('SUCCEEDED');
    expect(() => readdirSync(target('none'))).toThrow();
  });

  it('writes Parquet and JSON that can be read again, and refuses other formats', async () => {
    for (const format of ['PARQUET', 'JSON']) {
      const { Status } = await unload(format, 'SELECT id, amount FROM hits', format);
      expect(Status?.State).toBe('SUCCEEDED');
      expect(readdirSync(target(format))).toHaveLength(1);
    }
    const avro = await unload('avro', 'SELECT 1 AS a', 'AVRO');
    expect(avro.Status?.StateChangeReason).toMatch(/NOT_SUPPORTED.*AVRO/);
  });
});

describe('a restart', () => {
  it('keeps the outcome of what had ended and fails what had not', async () => {
    const done = await execute(sdk, 'SELECT 42 AS a');
    const stored = join(options.dir, 'queries', `${done.QueryExecutionId}.json`);
    const cut = '00000000-0000-4000-8000-000000000000';
    const text = readFileSync(stored, 'utf8').replaceAll(done.QueryExecutionId ?? '', cut);
    writeFileSync(join(options.dir, 'queries', `${cut}.json`), text.replace('"SUCCEEDED"', '"RUNNING"'));
    const second = await startAthena(options);
    const other = new AthenaClient(client(second.url));
    const results = await other.send(new GetQueryResultsCommand({ QueryExecutionId: done.QueryExecutionId }));
    expect(results.ResultSet?.Rows?.[1]?.Data?.[0]?.VarCharValue).toBe('42');
    const { QueryExecution } = await other.send(new GetQueryExecutionCommand({ QueryExecutionId: cut }));
    expect(QueryExecution?.Status?.State).toBe('FAILED');
    other.destroy();
    await second.close();
  });
});
