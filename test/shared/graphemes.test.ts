import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphemes, graphemesOf } from '../../lambdas/shared/graphemes.ts';

const atOnce = (text: string): string[] =>
  [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
const piece = fc.constantFrom('가', 'a', '👩‍👩‍👧', 'é', '🇰🇷', '\r\n', '각', '❤️', '👍🏽', 'क्षि', '\u200d');

describe('grapheme clusters', () => {
  it('are the same however long the text is', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 100, maxLength: 400 }), (pieces) => {
        const text = pieces.join('');
        expect(graphemesOf(text)).toEqual(atOnce(text));
      }),
      { numRuns: 30 },
    );
  });

  it('may be longer than what is looked at in one go', () => {
    const endless = `e${'\u0301'.repeat(3000)}`;
    expect(graphemesOf(`a${endless}b`)).toEqual(['a', endless, 'b']);
    expect(graphemes('')).toBe(0);
  });
});
