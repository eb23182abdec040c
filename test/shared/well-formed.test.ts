import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wellFormedJson } from '../../lambdas/shared/well-formed.ts';

/** Halves of characters, backslashes and what looks like an escape, close together. */
const text = fc
  .array(fc.constantFrom('\ud83d', '\ude00', '😀', '\\', '\\ud800', '"', 'u', 'd8', '한', '\n'), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

/** `toWellFormed`, which TypeScript does not know of Node 20. */
const whole = (one: string): string => Buffer.from(one, 'utf8').toString('utf8');

describe('wellFormedJson', () => {
  it('puts U+FFFD in the place of half characters and changes nothing else', () => {
    fc.assert(
      fc.property(text, (one) => {
        expect(JSON.parse(wellFormedJson(JSON.stringify({ [one]: one })))).toEqual({
          [whole(one)]: whole(one),
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('ends for backslashes without end', () => {
    const hostile = `${'\\'.repeat(200_001)}ud83\ud83d`;
    expect(JSON.parse(wellFormedJson(JSON.stringify(hostile)))).toBe(whole(hostile));
  });
});
