import { DuckDBInstance } from '@duckdb/node-api';
import { Dialect, transpile } from '@polyglot-sql/sdk';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileBehaviour, selectMembers } from '../../lambdas/segments/compile-behaviour.ts';
import { importLine } from '../../lambdas/segments/resolve-members.ts';
import type { BehaviourCondition } from '../../lambdas/segments/rule.ts';
import { sqlText } from '../../lambdas/shared/sql-text.ts';

const NOW = Date.parse('2026-11-21T15:30:00.000Z');
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const NAMES = ['add_to_cart', 'purchase', 'page_view'];
/** Ids that would break a line or a statement that is put together by hand. */
const USERS = [
  '김철수',
  `o'brien "q"`,
  '\\',
  'a\nb',
  // A query costs more than a row: one history is of many people.
  ...Array.from({ length: 30 }, (_, n) => `u${n}`),
];

interface Happened {
  readonly user: string | null;
  readonly name: string;
  readonly occurredAt: number;
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Times near the edges of windows and days. */
const happened: fc.Arbitrary<Happened> = fc
  .record({
    user: fc.option(fc.constantFrom(...USERS), { nil: null }),
    name: fc.constantFrom(...NAMES),
    daysAgo: fc.integer({ min: -1, max: 9 }),
    offsetMs: fc.constantFrom(-1, 0, 1, -15.5 * HOUR_MS, 8.5 * HOUR_MS, 5 * HOUR_MS),
  })
  .map(({ user, name, daysAgo, offsetMs }) => ({
    user,
    name,
    occurredAt: NOW - daysAgo * DAY_MS + offsetMs,
  }));

const condition: fc.Arbitrary<BehaviourCondition> = fc
  .record({
    did: fc.constantFrom(...NAMES),
    didNot: fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
    inTheLastDays: fc.integer({ min: 1, max: 8 }),
  })
  .map(({ didNot, ...rest }) => (didNot === undefined ? rest : { ...rest, didNot }));

/** The rule read aloud, one member at a time. */
function naive(events: readonly Happened[], { did, didNot, inTheLastDays }: BehaviourCondition): string[] {
  const since = NOW - inTheLastDays * DAY_MS;
  const recent = events.filter(({ occurredAt }) => occurredAt >= since);
  const has = (user: string, name: string) => recent.some((e) => e.user === user && e.name === name);
  return USERS.filter((user) => has(user, did) && !(didNot !== undefined && has(user, didNot)));
}

let db: Awaited<ReturnType<DuckDBInstance['connect']>>;
beforeAll(async () => {
  db = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
});
afterAll(() => db.closeSync());

function duckSql(trino: string): string {
  const { success, sql, error } = transpile(trino, Dialect.Athena, Dialect.DuckDB, {
    unsupportedLevel: 'raise',
  });
  if (!success || !sql?.[0]) throw new Error(`not transpiled: ${error}`);
  return sql[0];
}

async function resolved(events: readonly Happened[], asked: BehaviourCondition): Promise<string[]> {
  // JSON carries any text into DuckDB in one statement.
  await db.run(
    `CREATE OR REPLACE TABLE events AS
     SELECT e->>'user' AS user_id, e->>'name' AS name, epoch_ms((e->>'occurredAt')::BIGINT) AS occurred_at, (e->>'day')::DATE AS day
     FROM (SELECT unnest(from_json($1::JSON, '["JSON"]')) AS e)`,
    [JSON.stringify(events.map((event) => ({ ...event, day: dayOf(event.occurredAt) })))],
  );
  const rows = await db.runAndReadAll(duckSql(selectMembers({ condition: asked, now: NOW })));
  return rows.getRows().map(([line]) => String(line));
}

describe('a compiled behaviour rule', () => {
  it('finds exactly the members the rule read aloud finds, each as one import line', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happened, { maxLength: 120, size: 'max' }),
        condition,
        async (events, asked) => {
          const expected = naive(events, asked).map((user) => JSON.parse(importLine(user)));
          const lines = await resolved(events, asked);
          const found = lines.map((line) => JSON.parse(line));
          const sorted = (list: unknown[]) => list.map((entry) => JSON.stringify(entry)).sort();
          expect(sorted(found)).toEqual(sorted(expected));
          expect(lines.every((line) => !line.includes('\n'))).toBe(true);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('counts an event at the very start of the window and none before it', async () => {
    const at = (occurredAt: number): Happened => ({ user: 'u1', name: 'purchase', occurredAt });
    const asked = { did: 'purchase', inTheLastDays: 7 };
    expect(await resolved([at(NOW - 7 * DAY_MS)], asked)).toHaveLength(1);
    expect(await resolved([at(NOW - 7 * DAY_MS - 1)], asked)).toHaveLength(0);
  });

  it('is one UNLOAD of text files to the given place', () => {
    const sql = compileBehaviour({
      condition: { did: 'purchase', inTheLastDays: 1 },
      now: NOW,
      target: 's3://work/segments/a/1/',
    });
    expect(sql).toMatch(
      /^UNLOAD \([\s\S]*\) TO 's3:\/\/work\/segments\/a\/1\/' WITH \(format = 'TEXTFILE'\)$/,
    );
  });
});

describe('a text literal', () => {
  it('reads back as the text it was made from', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => !value.includes('\0'));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 40, size: 'max' }), async (texts) => {
        const rows = await db.runAndReadAll(`SELECT ${texts.map(sqlText).join(', ')}`);
        expect(rows.getRows()[0]).toEqual(texts);
      }),
      { numRuns: 4 },
    );
  });
});
