import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Seen } from '../../../lambdas/pinpoint/runs/seen.ts';

describe('the set of what was seen', () => {
  it('answers as a set of the texts themselves', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 3000 }), fc.nat(4000), (texts, expected) => {
        const [seen, set] = [new Seen(expected), new Set<string>()];
        for (const text of texts) {
          expect(seen.add(text)).toBe(!set.has(text));
          set.add(text);
        }
      }),
    );
  });

  it('tells half a million users apart, in the memory of a fraction of them', () => {
    const seen = new Seen();
    let fresh = 0;
    for (let n = 0; n < 500_000; n++) if (seen.add(`user-${n}`)) fresh += 1;
    expect(fresh).toBe(500_000);
    expect(seen.add('user-499999')).toBe(false);
  });
});
