import { describe, expect, it } from 'vitest';
import { explainRule } from '../../../lambdas/segments/explain/explain-rule.ts';
import { athenaCost } from '../../../lambdas/segments/resolve/athena-cost.ts';
import type { Rule } from '../../../lambdas/segments/rule/rule.ts';
import { resolverOf, START } from '../support/worlds.ts';

const GOLD: Rule = { attribute: 'grade', is: 'GOLD' };
const BOUGHT: Rule = { did: 'purchase', inTheLastDays: 7 };

async function explained(rule: Rule, bytes = 3_000_000_000) {
  const deps = resolverOf([]);
  const named = { name: 'gold', rule: GOLD, version: 4, createdAt: '', updatedAt: '' };
  await deps.segments.save(named, undefined);
  const asked: { from: string; to?: string }[] = [];
  const sizes = {
    async ofDays(days: { from: string; to?: string }) {
      asked.push(days);
      return bytes;
    },
  };
  return { asked, told: await explainRule({ ...deps, sizes }, { now: START }, rule) };
}

describe('an explanation', () => {
  it('of attributes and lists asks nothing of Athena', async () => {
    const { told, asked } = await explained({ any: [GOLD, { list: 'spring' }, { segment: 'gold' }] });
    expect(told).toMatchObject({
      path: 'members',
      athena: null,
      uses: { segments: { gold: 4 }, lists: ['spring'] },
    });
    expect(asked).toEqual([]);
  });

  it('of behaviour tells the days, the columns, the statement, and what it costs at most', async () => {
    const { told, asked } = await explained(BOUGHT);
    const { days, columns, sql, ...cost } = told.athena ?? {};
    expect(told.path).toBe('events');
    expect(days?.from).toMatch(/^2026-11-1[34]$/);
    expect(asked).toMatchObject([{ from: days?.from }]);
    expect(columns).toContain('name');
    expect(sql).toContain('purchase');
    expect(cost).toEqual({ bytesAtMost: 3_000_000_000, costUsdAtMost: athenaCost(3_000_000_000) });
  });

  it('does not guess what cannot be added up', async () => {
    const deps = resolverOf([]);
    const sizes = { ofDays: async () => undefined };
    const { athena } = await explainRule({ ...deps, sizes }, { now: START }, BOUGHT);
    expect(athena).toMatchObject({ bytesAtMost: null, costUsdAtMost: null });
  });

  it('does not call free what an analyst’s SQL reads', async () => {
    const sql: Rule = { sql: 'SELECT user_id FROM events WHERE day >= current_date' };
    for (const rule of [sql, { all: [sql, BOUGHT] }])
      expect((await explained(rule)).told.athena).toMatchObject({ bytesAtMost: null, costUsdAtMost: null });
  });

  it('gives each way a reason of its own, and the rule as a sentence', async () => {
    const rules: Rule[] = [GOLD, BOUGHT, { all: [GOLD, BOUGHT] }, { didNot: 'purchase' }];
    const all = await Promise.all(rules.map(async (rule) => (await explained(rule)).told));
    expect(all.map(({ path }) => path)).toEqual(['members', 'events', 'both', 'both']);
    const told = [
      /attributes and lists alone/,
      /behaviour alone/,
      /or lists and for behaviour/,
      /done nothing may/,
    ];
    for (const [index, { why }] of all.entries()) expect(why).toMatch(told[index] ?? /^$/);
    expect(all.every(({ sentences }) => sentences.ko !== '' && sentences.en !== '')).toBe(true);
  });
});
