import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLake, type Lake } from '../../../local/aws/athena/lake.ts';
import { toDuckDb } from '../../../local/aws/athena/translate.ts';
import { athenaText } from '../../../local/aws/athena/values.ts';
import { temporaryFolder } from './support/folder.ts';

/** Trino expressions and what Trino answers (its documentation). Many of them DuckDB answers otherwise by itself. */
const ANSWERS: readonly [expression: string, answer: string | undefined][] = [
  ['7 / 2', '3'],
  ['7.0E0 / 2', '3.5'],
  ["element_at(map(array['a', 'b'], array[1, 2]), 'b')", '2'],
  ["element_at(map(array['a'], array[1]), 'z')", undefined],
  ['element_at(array[1, 2], 3)', undefined],
  ["array_join(array_sort(flatten(array[array[3, 1], array[2]])), '')", '123'],
  ["from_big_endian_64(xxhash64(to_utf8('a'))) = from_big_endian_64(xxhash64(to_utf8('a')))", 'true'],
  ['from_big_endian_64(xxhash64(to_utf8(CAST(NULL AS varchar))))', undefined],
  ["to_hex(md5(to_utf8('a')))", '0CC175B9C0F1B6A831C399E269772661'],
  ["lower(to_hex(sha256(to_utf8('a'))))", 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
  ["date_diff('day', timestamp '2020-01-01 23:00:00', timestamp '2020-01-02 01:00:00')", '0'],
  ["date_diff('hour', timestamp '2020-01-01 23:30:00', timestamp '2020-01-02 00:45:00')", '1'],
  ["date_diff('day', date '2020-01-01', date '2020-03-01')", '60'],
  ["date_diff('month', date '2020-01-31', date '2020-02-28')", '0'],
  ["date_add('day', -7, date '2020-01-08')", '2020-01-01'],
  ["date_add('month', 1, date '2020-01-31')", '2020-02-29'],
  ["date_add('minute', -30, timestamp '2020-01-08 00:00:00')", '2020-01-07 23:30:00.000'],
  ["timestamp '2020-01-08 00:00:00' - interval '7' day", '2020-01-01 00:00:00.000'],
  ["date_trunc('week', date '2026-11-22')", '2026-11-16'],
  ["date_trunc('hour', timestamp '2026-11-22 10:59:59')", '2026-11-22 10:00:00.000'],
  ["cast(timestamp '2020-01-01 20:00:00' at time zone 'Asia/Seoul' as date)", '2020-01-02'],
  ["hour(at_timezone(with_timezone(timestamp '2020-01-01 20:00:00', 'UTC'), 'Asia/Seoul'))", '5'],
  ["from_unixtime(86400) < timestamp '1970-01-02 00:00:01 UTC'", 'true'],
  ["to_unixtime(timestamp '1970-01-02 00:00:00')", '86400.0'],
  ["date_format(timestamp '2020-01-02 03:04:05', '%Y-%m-%d %H:%i:%s')", '2020-01-02 03:04:05'],
  ["date_parse('2020-01-02', '%Y-%m-%d')", '2020-01-02 00:00:00.000'],
  ["day_of_week(date '2026-11-22')", '7'],
  ["array_join(sequence(date '2020-02-28', date '2020-03-01'), ' ')", '2020-02-28 2020-02-29 2020-03-01'],
  ["concat('a', null)", undefined],
  ["concat('a', 'b', 'c')", 'abc'],
  ['greatest(1, null)', undefined],
  ['least(3, 1, 2)', '1'],
  ["split_part('a,b', ',', 2)", 'b'],
  ["split_part('a,b', ',', 5)", undefined],
  ["regexp_extract('abc', 'x')", undefined],
  ["regexp_extract('a1b2', '[a-z](\\d)', 1)", '1'],
  ["regexp_like('xabcx', 'abc')", 'true'],
  [`json_extract_scalar('{"a":{"b":1}}', '$.a.b')`, '1'],
  [`json_extract_scalar('{"a":{"b":1}}', '$.a')`, undefined],
  [`json_extract_scalar('{"a":null}', '$.a')`, undefined],
  [`json_extract_scalar('no json', '$.a')`, undefined],
  [`json_extract_scalar('{"repoint:send":"s1"}', '$["repoint:send"]')`, 's1'],
  [`json_extract_scalar('{"items":[{"id":"i1"}]}', '$.items[0].id')`, 'i1'],
  [
    `json_format(CAST(MAP(ARRAY['User'], ARRAY[MAP(ARRAY['UserId'], ARRAY['a"한'])]) AS JSON))`,
    '{"User":{"UserId":"a\\"한"}}',
  ],
  ["url_extract_host('https://shop.example.com/a?b=c')", 'shop.example.com'],
  ["url_extract_parameter('https://example.com/a?b=c%20d&e=f', 'b')", 'c d'],
  ["array_join(transform(array[1, 2], x -> x * 2), ',')", '2,4'],
  ["if(1 = 1, 'a', 'b')", 'a'],
  ["try_cast('x' as integer)", undefined],
  ['1.0E0', '1.0'],
  ['1.5E10', '1.5E10'],
  ["map(array['a'], array[1])", '{a=1}'],
  ['array[1, null]', '[1, null]'],
  ['sum(x) from (values 1, 2) t(x)', '3'],
  ['max_by(x, y) from (values (1, 2), (2, 1)) t(x, y)', '1'],
  ['count_if(x > 1) from (values 1, 2) t(x)', '1'],
  ["array_join(array_agg(x order by x desc), ',') from (values 1, 2) t(x)", '2,1'],
];

let connection: DuckDBConnection;
let lake: Lake;
const dir = temporaryFolder();

beforeAll(async () => {
  lake = await createLake({ s3Dir: dir, dir, glueTables: [], databases: ['d'] });
  connection = await lake.connect('d');
});

async function answer(expression: string): Promise<string | undefined> {
  const result = await connection.runAndReadAll(toDuckDb(`SELECT ${expression}`));
  const type = result.columnType(0);
  return athenaText(result.getRows()[0]?.[0] ?? null, type);
}

/** The first column of all rows. */
const all = async (sql: string): Promise<unknown[]> =>
  (await connection.runAndReadAll(toDuckDb(sql))).getRowsJson().map(([first]) => first);

describe('Trino SQL on DuckDB', () => {
  it.each(ANSWERS)('%s is %s', async (expression, expected) => {
    expect(await answer(expression)).toBe(expected);
  });

  it('refuses what it cannot say rather than leaving it out', () => {
    const rows = 'SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY a ORDER BY b PATTERN (x) DEFINE x AS a > 1)';
    expect(() => toDuckDb(rows)).toThrow(/SYNTAX_ERROR/);
    expect(() => toDuckDb('SELECT 1; SELECT 2')).toThrow(/only one/);
  });

  it.each([
    ['CROSS JOIN UNNEST(t.lines) AS line (item_id, pieces)', ['1 a 2', '1 b null', '4 null 3']],
    ['CROSS JOIN UNNEST(lines) line (item_id, pieces)', ['1 a 2', '1 b null', '4 null 3']],
    [
      'LEFT JOIN UNNEST(lines) AS line (item_id, pieces) ON true',
      ['1 a 2', '1 b null', '2 null null', '3 null null', '4 null 3'],
    ],
    [
      "CROSS JOIN UNNEST(filter(lines, one -> one.item_id IN ('b', 'c'))) AS line (item_id, pieces)",
      ['1 b null'],
    ],
  ])('takes rows of a list apart into columns: %s', async (join, expected) => {
    const lines = `TRY_CAST(json_extract(told, '$.lines') AS array(json))`;
    const row = `CAST(ROW(json_extract_scalar(one, '$.id'), TRY_CAST(json_extract_scalar(one, '$.n') AS integer)) AS ROW(item_id varchar, pieces integer))`;
    const told = `(VALUES (1, '{"lines":[{"id":"a","n":2},{"id":"b"}]}'), (2, '{"lines":[]}'), (3, '{}'), (4, '{"lines":[{"n":3}]}')) AS v (id, told)`;
    const sql = `WITH t AS (SELECT id, transform(${lines}, one -> ${row}) AS lines FROM ${told})
      SELECT CAST(t.id AS varchar) || ' ' || coalesce(line.item_id, 'null') || ' ' || coalesce(CAST(line.pieces AS varchar), 'null') AS said
      FROM t ${join} ORDER BY 1`;
    expect(await all(sql)).toEqual(expected);
  });

  it.each([
    "UNNEST(ARRAY[CAST(ROW(1, 'a') AS ROW(n integer, t varchar))]) AS line (n)",
    'UNNEST(ARRAY[CAST(ROW(1) AS ROW(n integer))]) AS line (n)',
    'UNNEST(ARRAY[CAST(ROW(1) AS ROW(n integer))]) AS line',
    "UNNEST(ARRAY[CAST(ROW(1, 'a') AS ROW(n integer, t varchar))]) WITH ORDINALITY AS line (n, place)",
    "UNNEST(ARRAY[CAST(ROW(1, 'a') AS ROW(n integer, t varchar))])",
  ])('refuses to make one column of rows: %s', async (list) => {
    await expect(all(`SELECT * FROM ${list}`)).rejects.toThrow();
    await expect(all(`SELECT * FROM (VALUES 1) AS t (a) CROSS JOIN ${list}`)).rejects.toThrow();
  });

  it('takes a list of texts, lists or maps apart into one column', async () => {
    expect(await all("SELECT n FROM UNNEST(ARRAY['STRUCT(', ')[]']) AS t (n)")).toEqual(['STRUCT(', ')[]']);
    expect(await all('SELECT n FROM UNNEST(sequence(1, 2)) AS t (n) ORDER BY 1')).toEqual(['1', '2']);
    expect(await all('SELECT n[2] FROM UNNEST(ARRAY[ARRAY[1, 2], ARRAY[3, 4]]) AS t (n)')).toEqual([2, 4]);
    expect(
      await all('SELECT n FROM (VALUES 1) AS t (a) CROSS JOIN UNNEST(ARRAY[a, a + 1]) AS u (n) ORDER BY 1'),
    ).toEqual([1, 2]);
    expect(await all("SELECT place FROM UNNEST(ARRAY['a', 'b']) WITH ORDINALITY AS t (n, place)")).toEqual([
      '1',
      '2',
    ]);
  });

  it('leaves texts, comments and names alone that look like a call', async () => {
    expect(await answer(`'greatest(1)' || "to_hex" from (values '!') t("to_hex") -- md5('x')`)).toBe(
      'greatest(1)!',
    );
  });

  it('keeps to itself what it defines: another DuckDB is untouched', async () => {
    const other = await (await DuckDBInstance.create(':memory:')).connect();
    await expect(other.run("SELECT trino_to_hex('a')")).rejects.toThrow();
  });
});
