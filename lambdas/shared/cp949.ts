/** Text in CP949, the encoding of Korean Windows: EUC-KR, which Node reads, and 8,822 more syllables, which it does not. Pure. */

/** Bytes that are no character, as decoders mark them. */
const LOST = '\uFFFD';
const SYLLABLES = { first: 0xac00, last: 0xd7a3 } as const;
/** Second bytes of the additional syllables: 178 after a first byte up to A0, after that the 84 that EUC-KR leaves free. */
const [LONG_ROW, SHORT_ROW, LONG_ROWS] = [178, 84, 0x20];
/** Came to the code page after EUC-KR was fixed. */
const LATER: Readonly<Record<number, string>> = { 41702: '€', 41703: '®' };

/** In Unicode's order, as the code page has them. */
let additional: readonly string[] | undefined;

function additionalSyllables(): readonly string[] {
  const known = new Set<string>();
  const euc = new TextDecoder('euc-kr');
  for (let lead = 0xb0; lead <= 0xc8; lead++)
    for (let trail = 0xa1; trail <= 0xfe; trail++) known.add(euc.decode(Uint8Array.of(lead, trail)));
  const all = Array.from({ length: SYLLABLES.last - SYLLABLES.first + 1 }, (_, index) =>
    String.fromCharCode(SYLLABLES.first + index),
  );
  return all.filter((syllable) => !known.has(syllable));
}

/** The text; what is no character in it is U+FFFD. */
export function fromCp949(bytes: Uint8Array): string {
  additional ??= additionalSyllables();
  const euc = new TextDecoder('euc-kr');
  let text = '';
  let read = 0;
  for (let at = 0; at < bytes.length; at++) {
    const [lead = 0, trail = 0] = [bytes[at], bytes[at + 1]];
    if (lead < 0x80) continue;
    const later = LATER[(lead << 8) | trail];
    if (later !== undefined || lead < 0xa1 || trail < 0xa1) {
      text += euc.decode(bytes.subarray(read, at));
      const found = later ?? additional[placeOf(lead, trail)];
      text += found ?? LOST;
      read = at + (found === undefined ? 1 : 2);
    }
    if (read !== at + 1) at++;
  }
  return text + euc.decode(bytes.subarray(read));
}

/** Among the additional syllables; -1 when the two bytes are none. */
function placeOf(lead: number, trail: number): number {
  const column = columnOf(trail);
  if (lead < 0x81 || lead > 0xc6 || column < 0) return -1;
  if (lead < 0x81 + LONG_ROWS) return (lead - 0x81) * LONG_ROW + column;
  return column < SHORT_ROW ? LONG_ROWS * LONG_ROW + (lead - 0x81 - LONG_ROWS) * SHORT_ROW + column : -1;
}

function columnOf(trail: number): number {
  if (trail >= 0x41 && trail <= 0x5a) return trail - 0x41;
  if (trail >= 0x61 && trail <= 0x7a) return trail - 0x61 + 26;
  return trail >= 0x81 && trail <= 0xfe ? trail - 0x81 + 52 : -1;
}
