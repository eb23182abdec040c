import * as fc from 'fast-check';
import { decode, encode } from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { fromCp949 } from '../../lambdas/shared/cp949.ts';

/** No character, or one that CP949 gives no meaning. */
const isLost = (text: string): boolean => /[\uFFFD\u0080-\u009F\uE000-\uF8FF]/.test(text);

describe('CP949', () => {
  it('is read as iconv-lite reads it, every pair of bytes', () => {
    const differing: string[] = [];
    for (let lead = 0x81; lead <= 0xfe; lead++)
      for (let trail = 0x41; trail <= 0xfe; trail++) {
        const bytes = Buffer.from([0x61, lead, trail, 0x62]);
        const [ours, theirs] = [fromCp949(bytes), decode(bytes, 'cp949')];
        if (ours !== theirs && !(isLost(ours) && isLost(theirs))) differing.push(`${ours} ${theirs}`);
      }
    expect(differing).toEqual([]);
  });

  it('gives back any Korean text, whatever stands beside what', () => {
    const character = fc.oneof(
      fc.integer({ min: 0xac00, max: 0xd7a3 }).map((code) => String.fromCharCode(code)),
      fc.constantFrom('a', ',', '"', '\n', '€', '漢', 'ㄱ', '～'),
    );
    fc.assert(
      fc.property(fc.array(character, { maxLength: 40 }), (characters) => {
        const text = decode(encode(characters.join(''), 'cp949'), 'cp949');
        expect(fromCp949(encode(text, 'cp949'))).toBe(text);
      }),
    );
  });

  it('marks what it cannot read, and goes on', () => {
    expect(fromCp949(Uint8Array.of(0x61, 0xff, 0x62))).toMatch(/^a\uFFFD.*/);
    expect(fromCp949(Uint8Array.of(0x61, 0xb0))).toMatch(/^a\uFFFD$/);
    expect(fromCp949(Uint8Array.of())).toBe('');
  });
});
