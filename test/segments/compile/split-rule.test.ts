import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventRule } from '../../../lambdas/segments/compile/event-rule.ts';
import { splitRule } from '../../../lambdas/segments/compile/split-rule.ts';
import type { PlainRule } from '../../../lambdas/segments/rule/plain.ts';
import { rule, world } from '../naive/generate.ts';
import { naiveHolds } from '../naive/naive.ts';

const gold: PlainRule = { kind: 'attribute', attribute: 'grade', test: { operator: 'is', bound: 'GOLD' } };
const notGold: PlainRule = {
  kind: 'attribute',
  attribute: 'grade',
  test: { operator: 'isNot', bound: 'GOLD' },
};
const listed: PlainRule = { kind: 'list', list: 'l1' };
const kept = { kind: 'kept' } as const;
const bought = { kind: 'count', event: { name: 'purchase', where: [] }, window: kept, atLeast: 1 } as const;
const neverBought = { ...bought, atLeast: 0, atMost: 0 } as const;

/** The split rule put together again. */
function whole(part: EventRule, bits: readonly PlainRule[]): PlainRule {
  if ('of' in part) return { kind: part.kind, of: part.of.map((one) => whole(one, bits)) };
  return part.kind === 'bit' ? (bits[part.index] ?? gold) : part;
}

describe('splitting a rule', () => {
  it('asks rules of attributes and lists of members alone, and of behaviour of events alone', () => {
    expect(splitRule({ kind: 'any', of: [gold, listed] })).toMatchObject({
      path: 'members',
      needsMembers: true,
    });
    expect(splitRule(bought)).toMatchObject({ path: 'events', needsMembers: false, bits: [] });
    expect(splitRule({ kind: 'all', of: [bought, neverBought] }).path).toBe('events');
  });

  it('needs every member for what also holds of somebody who never did anything', () => {
    expect(splitRule(neverBought)).toMatchObject({
      path: 'both',
      needsMembers: true,
      holdsWithoutEvents: true,
    });
    expect(splitRule({ kind: 'none', of: [bought] }).path).toBe('both');
  });

  it('reads the days of the windows alone when somebody without a row and without events cannot be in it', () => {
    expect(splitRule({ kind: 'all', of: [gold, neverBought] })).toMatchObject({
      nobody: '0',
      holdsWithoutEvents: false,
    });
    expect(splitRule({ kind: 'all', of: [notGold, neverBought] })).toMatchObject({
      nobody: '1',
      holdsWithoutEvents: true,
    });
  });

  it('judges neighbours of rows together, as one bit', () => {
    const { bits, events } = splitRule({
      kind: 'none',
      of: [gold, bought, { kind: 'all', of: [listed, gold] }],
    });
    expect(bits).toEqual([{ kind: 'any', of: [gold, { kind: 'all', of: [listed, gold] }] }]);
    expect(events).toEqual({ kind: 'none', of: [{ kind: 'bit', index: 0 }, bought] });
  });

  it('leaves the meaning as it was', () => {
    fc.assert(
      fc.property(world, fc.array(rule, { minLength: 20, maxLength: 20 }), (of, rules) => {
        for (const asked of rules) {
          const { events, bits } = splitRule(asked);
          const again = whole(events, bits);
          for (const id of of.members.keys())
            expect(naiveHolds(again, id, of)).toBe(naiveHolds(asked, id, of));
        }
      }),
      { numRuns: 3 },
    );
  });
});
