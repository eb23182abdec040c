import { describe, expect, it } from 'vitest';
import { compileRule } from '../../../lambdas/segments/compile/compile-rule.ts';
import { evaluateRule } from '../../../lambdas/segments/evaluate/evaluate-rule.ts';
import type { PlainRule } from '../../../lambdas/segments/rule/plain.ts';
import type { ValueTest } from '../../../lambdas/segments/rule/test.ts';
import { everybodyIn, factsIn } from '../naive/facts-of.ts';
import { NOW } from '../naive/generate.ts';
import type { World } from '../naive/world.ts';
import { viewedBy, worldsFixture } from '../naive/worlds-fixture.ts';

const worlds = worldsFixture();

const NUMBERS = [0, -0, 5, 0.1 + 0.2, 1e21, 9.9e99, 1e100, -1e100, 1e-7, 1e-99, 9.9e-100, 5e-324];
const TEXTS = [
  '1E5',
  '1e99',
  '1e100',
  '007',
  '1.',
  '.5',
  ' 5',
  '5\n',
  '+5',
  '١٢',
  '𝟓',
  'null',
  '[1]',
  'a\0b',
];
const VALUES: readonly unknown[] = [...NUMBERS, ...TEXTS, null, true, [5], { a: 1 }];

const WORLD: World = {
  now: NOW,
  timeZone: 'Asia/Seoul',
  retentionDays: 60,
  members: new Map(),
  lists: new Map(),
  queries: new Map(),
  told: VALUES.map((value, index) => viewedBy(index, { category: value, items: [{ size: value }] })),
};

const BOUNDS = [0, 5, 1e-7, 1e99, 1e100, 1e-120];
const TESTS: readonly ValueTest[] = BOUNDS.flatMap((bound) => [
  { operator: 'is' as const, bound },
  { operator: 'isNot' as const, bound },
  { operator: 'atLeast' as const, bound },
  { operator: 'atMost' as const, bound },
]);

describe('the evaluator of one member', () => {
  it('takes for a number what the compiled statement takes for one', async () => {
    await worlds().write(WORLD);
    for (const property of ['category', 'items.size'])
      for (const test of TESTS) {
        const rule: PlainRule = {
          kind: 'count',
          event: { name: 'view_item', where: [{ property, test }] },
          window: { kind: 'kept' },
          atLeast: 1,
        };
        const facts = factsIn(WORLD, rule);
        const found = everybodyIn(WORLD).filter((id) => evaluateRule(rule, facts(id), WORLD));
        const named = await worlds().ask(compileRule(rule, WORLD).select);
        expect({ property, test, found: found.sort() }).toEqual({ property, test, found: named });
      }
  });
});
