import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deeperThan,
  inWords,
  MAX_BLOCK_DEPTH,
  MAX_CALL_DEPTH,
  MAX_ELSE_IFS,
  tooDeep,
} from '../../lambdas/shared/depth.ts';

const recursive = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? 1 + Math.max(0, ...Object.values(value).map((child) => recursive(child)))
    : 0;

describe('deeperThan', () => {
  it('agrees with counting by recursion', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat({ max: 6 }), (value, limit) => {
        expect(deeperThan(value, limit)).toBe(recursive(value) > limit);
      }),
    );
  });

  it('answers for a depth that would overflow the stack', () => {
    expect(deeperThan(JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 32)).toBe(true);
  });
});

describe('inWords', () => {
  it('shows what is short and names the kind of what is not', () => {
    expect([inWords('a'), inWords(3), inWords(null), inWords([[]]), inWords({}), inWords(undefined)]).toEqual(
      ['"a"', '3', 'null', 'an array', 'an object', 'missing'],
    );
  });
});

describe('tooDeep', () => {
  const nested = (depth: number) => `${'{{#if a}}'.repeat(depth)}x${'{{/if}}'.repeat(depth)}`;
  const calls = (depth: number) => `{{lower ${'(lower '.repeat(depth)}a${')'.repeat(depth)}}}`;
  const chain = (length: number) => `{{#if a}}${'{{else if b}}x'.repeat(length)}{{else}}y{{/if}}`;

  it('tells nesting from mere number', () => {
    for (const [make, most] of [
      [nested, MAX_BLOCK_DEPTH],
      [calls, MAX_CALL_DEPTH],
      [chain, MAX_ELSE_IFS],
    ] as const) {
      expect(tooDeep(make(most))).toBeUndefined();
      expect(tooDeep(make(most + 1))).toMatch(/nested more than/);
      expect(tooDeep(make(1).repeat(5000))).toBeUndefined();
    }
  });

  it('takes brackets in texts for what they are', () => {
    expect(tooDeep(`${'('.repeat(99)} {{lower "${'('.repeat(99)}"}} it's (`)).toBeUndefined();
  });
});
