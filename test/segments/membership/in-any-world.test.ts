import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitRule } from '../../../lambdas/segments/compile/split-rule.ts';
import { isMember } from '../../../lambdas/segments/membership/is-member.ts';
import type { ComputedValue, PlainRule } from '../../../lambdas/segments/rule/plain.ts';
import { written } from '../../../lambdas/segments/rule/written.ts';
import { NOW, rule, world } from '../naive/generate.ts';
import { bitsOf } from '../naive/lake-world.ts';
import { naiveMembers } from '../naive/naive.ts';
import type { World } from '../naive/world.ts';
import { worldsFixture } from '../naive/worlds-fixture.ts';
import { ctxAt, memorySegments, stoppedTime } from '../support/worlds.ts';

const worlds = worldsFixture();

/** A world costs more to write than a rule to ask. */
const RULES = 6;
const PEOPLE = ['u1', 'u2', '김', 's1', '😀', 'silent', 'only listed', 'nobody else knows me', 'nobody'];

/** Asks of one segment whether people are in it, of the world that was written. */
async function asking(of: World, asked: PlainRule) {
  const segments = memorySegments();
  const segment = { name: 's', rule: written(asked), version: 1, createdAt: '', updatedAt: '' };
  await segments.save(segment, undefined);
  const deps = {
    segments,
    rows: {
      row: async (userId: string) => {
        const attributes = of.members.get(userId);
        return attributes === undefined ? undefined : { userId, attributes };
      },
    },
    onLists: async (userId: string, lists: readonly string[]) =>
      lists.filter((list) => of.lists.get(list)?.has(userId)),
    gone: async () => [],
    // A statement is its own id.
    queries: {
      start: async (sql: string) => sql,
      state: async () => ({ state: 'succeeded' as const }),
      rows: (sql: string) => worlds().texts(sql),
    },
    settings: of,
    time: stoppedTime(NOW),
  };
  return async (userId: string) => (await isMember(deps, ctxAt(NOW), 's', userId, {})).in;
}

const KEPT = { kind: 'kept' } as const;
const viewed = (property: string): PlainRule => ({
  kind: 'count',
  event: { name: 'view_item', where: [{ property, test: { operator: 'is', bound: 'shoes' } }] },
  window: KEPT,
  atLeast: 1,
});
const computed = (value: ComputedValue, bound: number | string): PlainRule => ({
  kind: 'computed',
  value,
  window: KEPT,
  test: { operator: typeof bound === 'number' ? 'atLeast' : 'is', bound },
});
/** Rules of which the statement of all people reads nothing but typed columns. */
const TYPED: readonly PlainRule[] = [
  viewed('category'),
  viewed('items.category'),
  computed('preferredCategory', 'shoes'),
  computed('revenue', 0.1),
  computed('couponShare', 0.1),
];

/** A rule of attributes and lists alone asks no events, so whom only events name it does not know. */
const isSomebody = (asked: PlainRule, of: World) => (userId: string) =>
  splitRule(asked).path !== 'members' || bitsOf(asked, of).has(userId);

describe('whether somebody is in a segment', () => {
  it('is what the rule read aloud says of them, in any world: all that is read for it is enough', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.array(rule, { minLength: RULES, maxLength: RULES }), async (of, rules) => {
        await worlds().write(of);
        for (const asked of [...TYPED, ...rules]) {
          const isIn = await asking(of, asked);
          const members = naiveMembers(asked, of).filter(isSomebody(asked, of));
          for (const userId of PEOPLE)
            expect({ asked, userId, in: await isIn(userId) }).toEqual({
              asked,
              userId,
              in: members.includes(userId),
            });
        }
      }),
      { numRuns: Number(process.env['REPOINT_WORLDS'] ?? 2), endOnFailure: true },
    );
  });
});
