import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskName, shownName } from '../../../lambdas/segments/preview/mask-name.ts';

describe('a name in a preview', () => {
  it.each([
    ['홍길동', '홍*동'],
    ['김철', '김*'],
    ['남궁민수', '남**수'],
    ['Jane Doe', 'J**e D*e'],
    ['X', '*'],
    ['  Ann   Lee ', 'A*n L*e'],
    ['👩‍👩‍👧가나', '👩‍👩‍👧*나'],
  ])('%s is shown as %s to whoever may not see names', (name, masked) => {
    expect(maskName(name)).toBe(masked);
    for (const role of [undefined, 'viewer', 'marketer'] as const) expect(shownName(name, role)).toBe(masked);
    for (const role of ['analyst', 'admin'] as const) expect(shownName(name, role)).toBe(name);
  });

  it('never stands there as it is', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => /[^\s*]/u.test(text));
    fc.assert(
      fc.property(name, (text) => {
        expect(maskName(text)).not.toBe(text.trim());
      }),
    );
  });
});
