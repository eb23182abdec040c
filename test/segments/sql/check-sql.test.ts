import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSql } from '../../../lambdas/segments/sql/check-sql.ts';
import { LONGEST_SQL } from '../../../lambdas/segments/sql/read-sql.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';

const NOW = Date.parse('2026-11-22T09:00:00Z');
const LIMITS = { now: NOW, retentionDays: 400 };
const said = (sql: string): string =>
  checkSql(sql, LIMITS)
    .map(({ message }) => message)
    .join('\n');

const GOOD: readonly string[] = [
  `SELECT user_id FROM events WHERE day >= current_date - INTERVAL '30' DAY`,
  `SELECT DISTINCT user_id FROM events WHERE day >= DATE '2026-11-01' AND name = 'purchase' ORDER BY user_id LIMIT 10`,
  `select "USER_ID" from "EVENTS" where ("day" > date '2026-11-01') and name = 'a' -- the end`,
  `SELECT e.user_id /* ; DROP TABLE x */ FROM events AS e WHERE DATE '2026-11-01' <= e.day`,
  `SELECT member AS user_id FROM member_actions WHERE day BETWEEN DATE '2026-11-01' AND current_date GROUP BY 1 HAVING count(*) > 3`,
  `SELECT user_id FROM events WHERE day IN (DATE '2026-11-01', current_date)`,
  `SELECT user_id FROM events WHERE day = date_add('day', -3, current_date)`,
  `(SELECT user_id FROM sessions WHERE day >= date_add('month', -2, current_date))`,
  `WITH events AS (SELECT user_id FROM events WHERE day >= DATE '2026-11-01') SELECT user_id FROM events`,
  `WITH a AS (SELECT user_id FROM events WHERE day >= DATE '2026-11-01'), b AS (SELECT user_id FROM a) SELECT b.user_id FROM b JOIN a ON a.user_id = b.user_id`,
  `SELECT user_id FROM touches WHERE week >= DATE '2026-11-02' AND channel = 'EMAIL'`,
  `SELECT e.user_id FROM events e JOIN local_days d ON d.utc_day = e.day WHERE e.day >= DATE '2026-11-01' AND d.day = DATE '2026-11-03'`,
  `SELECT user_id FROM events WHERE day >= DATE '2026-11-01' EXCEPT SELECT user_id AS x FROM events WHERE day >= DATE '2026-11-10'`,
  `SELECT user_id FROM (SELECT user_id, count(*) AS n FROM events WHERE day >= DATE '2026-11-01' GROUP BY user_id) WHERE n > 2`,
  `SELECT e.user_id FROM events e CROSS JOIN UNNEST(ARRAY[1, 2]) AS t (n) WHERE e.day >= DATE '2026-11-01' AND n > 1`,
  `SELECT user_id FROM events e WHERE day >= DATE '2026-11-01' AND NOT EXISTS (SELECT 1 FROM events o WHERE o.day >= DATE '2026-11-05' AND o.user_id = e.user_id)`,
  `SELECT 'hana' AS user_id`,
];

/** Each with a word of what must be said of it. */
const BAD: readonly (readonly [string, RegExp])[] = [
  ['', /is empty/],
  ['-- nothing', /exactly one SELECT/],
  [`SELECT user_id FROM events WHERE day >= DATE '2026-11-01';`, /";"/],
  [`SELECT user_id FROM events WHERE day >= DATE '2026-11-01'; DROP TABLE events`, /";"/],
  ['DROP TABLE events', /begins with DROP: it is read-only/],
  ["INSERT INTO events SELECT 'a'", /begins with INSERT/],
  ['CREATE TABLE x AS SELECT 1 AS user_id', /begins with CREATE/],
  ['DELETE FROM events', /begins with DELETE/],
  ["UNLOAD (SELECT 'a' AS user_id) TO 's3://x/' WITH (format = 'JSON')", /cannot be read/],
  ["CALL system.runtime.kill_query('x')", /begins with CALL/],
  ['PREPARE p FROM SELECT 1', /begins with PREPARE/],
  ['EXECUTE p', /begins with EXECUTE/],
  ["EXECUTE IMMEDIATE 'DROP TABLE events'", /begins with EXECUTE/],
  ['EXPLAIN ANALYZE SELECT 1 AS user_id', /begins with EXPLAIN/],
  ['SHOW TABLES', /begins with SHOW/],
  ['GRANT SELECT ON events TO x', /begins with GRANT/],
  [
    "USING EXTERNAL FUNCTION f(x varchar) RETURNS varchar LAMBDA 'l' SELECT f('a') AS user_id",
    /cannot be read/,
  ],
  ['WITH FUNCTION f() RETURNS bigint RETURN 1 SELECT f() AS user_id', /function|cannot be read/],
  ['SELECT user_id FROM events', /without a first day/],
  [`SELECT user_id FROM events WHERE day <= DATE '2026-11-01'`, /without a first day/],
  [`SELECT user_id FROM events WHERE day >= DATE '2026-11-01' OR name = 'a'`, /without a first day/],
  [`SELECT user_id FROM events WHERE (day >= DATE '2026-11-01' OR true)`, /without a first day/],
  [`SELECT user_id FROM events WHERE NOT (day >= DATE '2026-11-01')`, /without a first day/],
  [
    `SELECT user_id FROM events WHERE day NOT BETWEEN DATE '2026-11-01' AND DATE '2026-11-02'`,
    /without a first day/,
  ],
  [`SELECT user_id FROM events WHERE day NOT IN (DATE '2026-11-01')`, /without a first day/],
  [`SELECT user_id FROM events WHERE day <> DATE '2026-11-01'`, /without a first day/],
  ['SELECT user_id FROM events WHERE day >= day', /without a first day/],
  ['SELECT user_id FROM events WHERE day >= (SELECT min(day) FROM local_days)', /without a first day/],
  [`SELECT user_id FROM events WHERE year(day) = 2026`, /without a first day/],
  [`SELECT user_id FROM events WHERE day > DATE '2026-11-01' - INTERVAL '3' HOUR`, /without a first day/],
  [`SELECT user_id FROM events WHERE day >= DATE '2024-01-01'`, /events are kept 400 days, since 2025-10-18/],
  [`SELECT user_id FROM events WHERE day >= current_date - INTERVAL '5' YEAR`, /events are kept 400 days/],
  [`SELECT user_id FROM events WHERE day IN (DATE '2026-11-01', DATE '1990-01-01')`, /events are kept/],
  [`SELECT user_id FROM events WHERE /* day >= DATE '2026-11-01' */ true`, /without a first day/],
  [`SELECT user_id FROM events -- WHERE day >= DATE '2026-11-01'`, /without a first day/],
  [`SELECT user_id FROM events WHERE 'day >= DATE ''2026-11-01''' = name`, /without a first day/],
  [`SELECT e.user_id FROM events e, events o WHERE e.day >= DATE '2026-11-01'`, /first o\.day/],
  [
    `SELECT e.user_id FROM events e JOIN events o ON o.user_id = e.user_id WHERE day >= DATE '2026-11-01'`,
    /first e\.day[\s\S]*first o\.day/,
  ],
  [
    `SELECT a.user_id FROM events a JOIN sessions a ON true WHERE a.day >= DATE '2026-11-01'`,
    /without a first/,
  ],
  [
    `SELECT e.user_id FROM events e CROSS JOIN (VALUES DATE '2026-11-01') AS t (day) WHERE t.day >= DATE '2026-11-01'`,
    /first e\.day/,
  ],
  [`SELECT day AS user_id FROM events AS e (day, event_id) WHERE e.day >= DATE '2026-11-01'`, /other names/],
  [
    `SELECT user_id FROM events WHERE day >= DATE '2026-11-01' UNION SELECT user_id FROM events`,
    /without a first day/,
  ],
  [
    `SELECT user_id FROM events WHERE day >= DATE '2026-11-01' AND user_id IN (SELECT user_id FROM events)`,
    /without a first day/,
  ],
  [`SELECT (SELECT max(user_id) FROM events) AS user_id`, /without a first day/],
  [`WITH a AS (SELECT user_id FROM events) SELECT user_id FROM a WHERE 1 = 1`, /without a first day/],
  [
    `WITH a AS (WITH b AS (SELECT user_id FROM member_actions) SELECT * FROM b) SELECT user_id FROM a`,
    /member_actions without/,
  ],
  [`WITH a AS (SELECT user_id FROM b), b AS (SELECT 'x' AS user_id) SELECT user_id FROM a`, /reads b;/],
  [`SELECT user_id FROM (SELECT user_id FROM (((events)))) WHERE true`, /without a first day/],
  [`SELECT x.user_id FROM local_days, LATERAL (SELECT user_id FROM events) AS x`, /without a first day/],
  [`SELECT user_id FROM local_days ORDER BY (SELECT count(*) FROM events)`, /without a first day/],
  [`SELECT if(EXISTS (SELECT 1 FROM events), 'a') AS user_id`, /without a first day/],
  ['WITH RECURSIVE a AS (SELECT 1 AS user_id) SELECT user_id FROM a', /RECURSIVE/],
  ['SELECT user_id FROM people', /reads all days there are/],
  ['SELECT user_id FROM identities', /reads all days there are/],
  ['SELECT user_id FROM events_raw', /twice/],
  ['SELECT user_id FROM quarantined_events', /personal/],
  ['SELECT user_id FROM other', /reads other; allowed: events/],
  [`SELECT user_id FROM repoint_prod.events WHERE day >= DATE '2026-11-01'`, /without database and catalog/],
  ['SELECT user_id FROM awsdatacatalog.other.events', /without database and catalog/],
  ['SELECT table_name AS user_id FROM information_schema.tables', /without database and catalog/],
  ['SELECT user_id FROM "events$partitions"', /reads events\$partitions/],
  ['SELECT user_id FROM `events`', /`events`/],
  ['TABLE events', /TABLE as a query|without names/],
  ['SELECT user_id FROM (TABLE events)', /TABLE as a query/],
  ["VALUES 'a'", /rows without names/],
  [`SELECT user_id FROM TABLE(sequence(1, 3))`, /table function/],
  [
    `SELECT user_id FROM events FOR TIMESTAMP AS OF TIMESTAMP '2026-01-01 00:00:00' WHERE day >= DATE '2026-11-01'`,
    /another time/,
  ],
  [`SELECT user_id FROM events TABLESAMPLE BERNOULLI (1) WHERE day >= DATE '2026-11-01'`, /TABLESAMPLE/],
  [`SELECT user_id FROM events WHERE day >= ?`, /parameter/],
  [`SELECT system.f(user_id) AS user_id FROM events WHERE day >= DATE '2026-11-01'`, /calls system\.f/],
  [`SELECT * FROM events WHERE day >= DATE '2026-11-01'`, /returns \*; allowed: exactly one column/],
  [`SELECT e.* FROM events e WHERE day >= DATE '2026-11-01'`, /returns \*/],
  [`SELECT user_id, name FROM events WHERE day >= DATE '2026-11-01'`, /returns user_id, name/],
  [`SELECT anonymous_id FROM events WHERE day >= DATE '2026-11-01'`, /returns anonymous_id/],
  [`SELECT upper(user_id) FROM events WHERE day >= DATE '2026-11-01'`, /a column without a name/],
  [`SELECT user_id AS id FROM events WHERE day >= DATE '2026-11-01'`, /returns id/],
  [`SELECT 'a' AS user_id UNION SELECT 'b', 'c'`, /without a name, a column without a name/],
  [`SELECT ${'('.repeat(40)}1${')'.repeat(40)} AS user_id`, /brackets/],
  [`SELECT ${'ARRAY['.repeat(1300)}1${']'.repeat(1300)} AS user_id`, /brackets/],
  [`SELECT ${'x -> '.repeat(1500)}1 AS user_id`, /has more than 32 "->"/],
  [`SELECT ${'- '.repeat(4700)}1 AS user_id`, /more than 32 signs/],
  ['SELECT user_id FROM events WHERE day >=', /cannot be read as Trino SQL \(line 1/],
  ["SELECT 'a AS user_id", /cannot be read/],
  ["SELECT 'a' AS user_id /* open", /cannot be read/],
  ["SELECT 'a' AS user_id) UNION SELECT (user_id FROM events", /cannot be read/],
  ['DROP', /cannot be read/],
  ['안녕하세요', /cannot be read/],
];

describe('analyst SQL', () => {
  it('is judged in a time that does not double with each bracket', () => {
    const brackets = (open: string, inner: string, close: string) =>
      open.repeat(30) + inner + close.repeat(30);
    expect(said(`SELECT user_id FROM ${brackets('(', 'deployment', ')')}`)).toBe('');
    expect(said(`SELECT ${brackets('ARRAY[', '1', ']')} AS user_id`)).toBe('');
    expect(said(`SELECT ${'CAST('.repeat(30)}x AS`)).toMatch(/cannot be read/);
  });

  it.each(GOOD)('takes %s', (sql) => {
    expect(said(sql)).toBe('');
  });

  it.each(BAD)('refuses %s', (sql, word) => {
    expect(said(sql)).toMatch(word);
  });

  it('refuses a text that is longer than it reads', () => {
    expect(said(`SELECT 'a' AS user_id${' '.repeat(LONGEST_SQL)}`)).toMatch(/characters; allowed/);
  });

  it('tells all that is wrong at once', () => {
    expect(checkSql('SELECT a, b FROM people, events', LIMITS).length).toBe(3);
  });

  it('takes a first day as far back as events are kept, and none before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5000 }),
        fc.integer({ min: 1, max: 3000 }),
        (back, retentionDays) => {
          const sql = `SELECT user_id FROM events WHERE day >= current_date - INTERVAL '${back}' DAY`;
          const found = checkSql(sql, { now: NOW, retentionDays });
          if (back <= retentionDays) expect(found).toEqual([]);
          if (back > retentionDays + 7) expect(found).toHaveLength(1);
        },
      ),
      { numRuns: 50 },
    );
  });
});

/** SELECTs in one another, each over events with a bound of its own; `holes` of them without. */
const BOUND = `day >= DATE '2026-11-01'`;
interface Tree {
  readonly shape: 'plain' | 'in' | 'from' | 'with' | 'union' | 'exists' | 'join';
  readonly bounded: boolean;
  readonly inner?: Tree | undefined;
}
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    shape: fc.constantFrom('plain', 'in', 'from', 'with', 'union', 'exists', 'join'),
    bounded: fc.boolean(),
    inner: fc.option(tie('tree'), { nil: undefined, depthSize: 'small', maxDepth: 4 }),
  }),
}));
const bounded = (of: Tree): boolean => of.bounded && (of.inner === undefined || bounded(of.inner));
const everywhere = (of: Tree): Tree => ({
  ...of,
  bounded: true,
  ...(of.inner ? { inner: everywhere(of.inner) } : {}),
});

function written({ shape, bounded: has, inner }: Tree): string {
  const within = inner === undefined ? `SELECT 'a' AS user_id` : written(inner);
  const where = has ? BOUND : `day <= DATE '2026-11-20'`;
  const plain = `SELECT user_id FROM events WHERE ${where}`;
  switch (shape) {
    case 'plain':
      return inner === undefined ? plain : `${plain} AND user_id IN (${within})`;
    case 'in':
      return `${plain} AND (user_id NOT IN (${within}) OR user_id = 'b')`;
    case 'from':
      return `SELECT x.user_id FROM (${within}) AS x, events AS e WHERE e.${where} AND e.user_id = x.user_id`;
    case 'with':
      return `WITH events AS (${within}), b AS (SELECT user_id FROM events) (SELECT user_id FROM b) UNION ALL (SELECT member FROM member_actions WHERE ${where})`;
    case 'union':
      // Trino takes no WITH in the brackets of a set operation.
      return `(${inner?.shape === 'with' ? `SELECT user_id FROM (${within}) AS w` : within}) UNION (${plain})`;
    case 'exists':
      return `${plain} AND EXISTS (${within})`;
    case 'join':
      return `SELECT e.user_id FROM events e LEFT JOIN (${within}) AS "O" ON o.user_id = e.user_id WHERE (e.${where}) AND "o".user_id IS NULL`;
  }
}

describe('analyst SQL, whatever stands within what', () => {
  const lake = lakeFixture('events', 'identities', 'member_actions');

  it('is taken when every SELECT bounds its days, and refused when one does not', () => {
    fc.assert(
      fc.property(tree, (made) => {
        expect(said(written(everywhere(made)))).toBe('');
        if (!bounded(made)) expect(said(written(made))).toMatch(/without a first/);
      }),
      { numRuns: 25 },
    );
  });

  it('is SQL that the lake runs, within the brackets it is put in', async () => {
    const made = fc.sample(tree, { numRuns: 6, seed: 7 }).map((each) => written(everywhere(each)));
    for (const sql of [...GOOD.filter((each) => !/sessions|touches|local_days|LIMIT/.test(each)), ...made])
      await expect(lake.query(`SELECT count(user_id) FROM (${sql}\n) AS asked`)).resolves.toHaveLength(1);
  });

  it('never fails on text that is no SQL', () => {
    const words = fc.constantFrom(
      ...[
        'SELECT',
        'user_id',
        'FROM',
        'events',
        'WHERE',
        'day',
        '>=',
        '(',
        ')',
        "'",
        '"',
        '--',
        '/*',
        '*/',
        ',',
      ],
      ...['WITH', 'AS', 'UNION', 'x', "DATE '2026-11-01'", 'JOIN', 'ON', 'VALUES', '.', '\n', 'ㄱ', '\0'],
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 25 }), (text) => {
        expect(Array.isArray(checkSql(text.join(' '), LIMITS))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
