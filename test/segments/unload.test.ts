import { DuckDBInstance } from '@duckdb/node-api';
import { Dialect, transpile } from '@polyglot-sql/sdk';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importLine } from '../../lambdas/segments/resolve/scan-members.ts';
import { unloadOf } from '../../lambdas/segments/resolve/unload.ts';
import { sqlText } from '../../lambdas/shared/sql-text.ts';

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

const UNLOAD = /^UNLOAD \(([\s\S]*)\) TO 's3:\/\/work\/segments\/a\/1\/' WITH \(format = 'TEXTFILE'\)$/;
const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => !value.includes('\0'));
const texts = fc.array(text, { minLength: 1, maxLength: 40, size: 'max' });
const isCallable = (id: string): boolean => id.length > 0;

describe('the statement that writes an import', () => {
  it('writes for each member the line that a scan of members would write, whatever their ids hold, but of nobody who is left out', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.array(text, { maxLength: 3 }), async (known, others) => {
        const userIds = [...new Set(known)];
        const without = [...userIds.slice(1, 3), ...others.filter((one) => !userIds.includes(one))];
        const select = userIds.map((id) => `SELECT ${sqlText(id)} AS user_id`).join('\nUNION ALL\n');
        const inner = UNLOAD.exec(unloadOf(select, 's3://work/segments/a/1/', 'gone'))?.[1] ?? '';
        const gone = without.map((id) => `(${sqlText(id)}, 'gone')`);
        const rowsOfGone = [...gone, "('somebody else', 'other')"].join(', ');
        await db.run(
          `CREATE OR REPLACE TABLE segment_bits AS FROM (VALUES ${rowsOfGone}) AS t(user_id, resolution)`,
        );
        const rows = await db.runAndReadAll(duckSql(inner));
        const lines = rows.getRows().map(([line]) => String(line));
        expect(lines.map((line) => JSON.parse(line))).toEqual(
          userIds
            .filter((id) => isCallable(id) && !without.includes(id))
            .map((id) => JSON.parse(importLine(id))),
        );
        expect(lines.every((line) => !line.includes('\n'))).toBe(true);
      }),
      { numRuns: 4 },
    );
  });
});

describe('what no member can be called', () => {
  it('is on no list: nothing, and what is longer than a userId', async () => {
    const ids = ['', 'x'.repeat(128), '가'.repeat(128), 'x'.repeat(129), '가'.repeat(5000)];
    const select = ids.map((id) => `SELECT ${sqlText(id)} AS user_id`).join(' UNION ALL ');
    const inner = UNLOAD.exec(unloadOf(select, 's3://work/segments/a/1/'))?.[1] ?? '';
    const rows = await db.runAndReadAll(duckSql(inner));
    expect(rows.getRows().map(([line]) => `${String(line)}`)).toHaveLength(2);
  });
});

describe('a text literal', () => {
  it('reads back as the text it was made from', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (values) => {
        const rows = await db.runAndReadAll(`SELECT ${values.map(sqlText).join(', ')}`);
        expect(rows.getRows()[0]).toEqual(values);
      }),
      { numRuns: 4 },
    );
  });
});
