import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AttributeValue, matchesAttribute } from '../../lambdas/segments/match-attribute.ts';

const scalar = fc.oneof(fc.string({ maxLength: 4 }), fc.integer(), fc.boolean());
const value: fc.Arbitrary<AttributeValue | undefined> = fc.option(
  fc.oneof(scalar, fc.array(fc.string({ maxLength: 3 }), { maxLength: 4 })),
  { nil: undefined },
);

describe('attribute conditions', () => {
  it('isNot is the opposite of is for every member, those without the attribute included', () => {
    fc.assert(
      fc.property(value, scalar, (found, wanted) => {
        const is = matchesAttribute({ attribute: 'a', is: wanted }, found);
        expect(matchesAttribute({ attribute: 'a', isNot: wanted }, found)).toBe(!is);
      }),
    );
  });

  it('a member without the attribute meets only isNot and exists: false', () => {
    expect(matchesAttribute({ attribute: 'a', exists: false }, undefined)).toBe(true);
    expect(matchesAttribute({ attribute: 'a', exists: true }, undefined)).toBe(false);
    expect(matchesAttribute({ attribute: 'a', atMost: 10 }, undefined)).toBe(false);
    expect(matchesAttribute({ attribute: 'a', contains: 'x' }, undefined)).toBe(false);
  });

  it('numbers are bounded as numbers, never as text', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (found, bound) => {
        expect(matchesAttribute({ attribute: 'a', atLeast: bound }, found)).toBe(found >= bound);
        expect(matchesAttribute({ attribute: 'a', atMost: bound }, found)).toBe(found <= bound);
        expect(matchesAttribute({ attribute: 'a', atLeast: bound }, String(found))).toBe(false);
      }),
    );
  });

  it('dates are bounded as moments, whatever their zone', () => {
    const joined = '2026-03-01T08:00:00+09:00';
    expect(matchesAttribute({ attribute: 'a', atLeast: '2026-02-28T23:00:00Z' }, joined)).toBe(true);
    expect(matchesAttribute({ attribute: 'a', atMost: '2026-02-28T22:59:59Z' }, joined)).toBe(false);
    expect(matchesAttribute({ attribute: 'a', atLeast: '2026-01-01' }, 'soon')).toBe(false);
  });

  it('a list is and contains each of its elements; a text contains its parts', () => {
    expect(matchesAttribute({ attribute: 'a', is: 'shoes' }, ['bags', 'shoes'])).toBe(true);
    expect(matchesAttribute({ attribute: 'a', contains: 'shoe' }, ['bags', 'shoes'])).toBe(false);
    expect(matchesAttribute({ attribute: 'a', contains: '서울' }, '서울특별시')).toBe(true);
  });
});
