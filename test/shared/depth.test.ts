import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksTooDeep, deeperThan, inWords, MAX_BLOCK_DEPTH } from '../../lambdas/shared/depth.ts';

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

describe('blocksTooDeep', () => {
  const nested = (depth: number) => `${'{{#if a}}'.repeat(depth)}x${'{{/if}}'.repeat(depth)}`;

  it('tells nesting from mere number', () => {
    expect(blocksTooDeep(nested(MAX_BLOCK_DEPTH))).toBe(false);
    expect(blocksTooDeep(nested(MAX_BLOCK_DEPTH + 1))).toBe(true);
    expect(blocksTooDeep(nested(1).repeat(5000))).toBe(false);
  });
});
