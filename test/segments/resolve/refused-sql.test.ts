import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRule } from '../../../lambdas/segments/compile/compile-rule.ts';
import { refusedSql } from '../../../lambdas/segments/resolve/refused-sql.ts';
import { unloadOf } from '../../../lambdas/segments/resolve/unload.ts';
import type { PlainRule } from '../../../lambdas/segments/rule/plain.ts';

const BOUGHT: PlainRule = {
  kind: 'count',
  event: { name: 'purchase', where: [] },
  window: { kind: 'kept' },
  atLeast: 1,
};
const query = (sql: string): PlainRule => ({ kind: 'query', sql });
const all = (...of: PlainRule[]): PlainRule => ({ kind: 'all', of });
const ASKED = { now: Date.parse('2026-11-21T12:00:00Z'), timeZone: 'UTC', retentionDays: 30 };
const statementOf = (rule: PlainRule): string => unloadOf(compileRule(rule, ASKED).select, 's3://work/x/');

/** Athena's line of the n-th line of the SQL in the statement. */
const lineOf = (statement: string, text: string): number => statement.split('\n').indexOf(text) + 1;

describe('what Athena says of a statement', () => {
  it('names the line of the analyst’s SQL, wherever that stands in the statement', () => {
    const lines = fc.uniqueArray(
      fc.nat(1e9).map((n) => `SELECT 'x${n}' AS user_id`),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(
        lines,
        fc.nat(),
        fc.integer({ min: 1, max: 99 }),
        fc.boolean(),
        (texts, nth, column, mixed) => {
          const line = nth % texts.length;
          const rule = mixed ? all(BOUGHT, query(texts.join('\n'))) : query(texts.join('\n'));
          const statement = statementOf(rule);
          const reason = `COLUMN_NOT_FOUND: line ${lineOf(statement, texts[line] ?? '')}:${column}: Column 'a' cannot be resolved`;
          expect(refusedSql(rule, statement, reason)).toBe(
            `Athena refuses the SQL: COLUMN_NOT_FOUND: line ${line + 1}:${column}: Column 'a' cannot be resolved`,
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('says which SQL of several', () => {
    const rule = all(query("SELECT 'a' AS user_id"), query("SELECT 'b' AS user_id"));
    const statement = statementOf(rule);
    const reason = `line ${lineOf(statement, "SELECT 'b' AS user_id")}:8: no`;
    expect(refusedSql(rule, statement, reason)).toBe(
      `Athena refuses the SQL "SELECT 'b' AS user_id": line 1:8: no`,
    );
  });

  it('is repeated without a place where it names none in the SQL', () => {
    const rule = query('SELECT 1 AS user_id');
    for (const reason of [
      'DIVISION_BY_ZERO: Division by zero',
      'DIVISION_BY_ZERO: line 1:1: Division by zero',
    ])
      expect(refusedSql(rule, statementOf(rule), reason)).toBe(
        'Athena refuses the SQL: DIVISION_BY_ZERO: Division by zero',
      );
  });

  it('is about nothing of the caller’s in a rule without SQL', () => {
    expect(refusedSql(BOUGHT, statementOf(BOUGHT), 'COLUMN_NOT_FOUND: line 3:4')).toBeUndefined();
  });
});
