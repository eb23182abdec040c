/** Korean particles change with the sound a word ends in: 등급이, 포인트가. Pure. */

const PAIRS = { '이/가': ['이', '가'], '을/를': ['을', '를'], '은/는': ['은', '는'] } as const;
export type Particle = keyof typeof PAIRS;

/** The word with the particle that fits its end; both, `이(가)`, when nobody can tell how it is read. */
export const withParticle = (word: string, particle: Particle, read = word): string =>
  `${word}${particleOf(read, particle)}`;

export function particleOf(read: string, particle: Particle): string {
  const [closed, open] = PAIRS[particle];
  const ends = endsInConsonant(read);
  if (ends === undefined) return `${closed}(${open})`;
  return ends ? closed : open;
}

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const FINALS = 28;
/** 영 일 이 삼 사 오 육 칠 팔 구; all tens (십, 백, 천, 만, 억) end in a consonant as 영 does. */
const CLOSED_DIGITS = '013678';

function endsInConsonant(text: string): boolean | undefined {
  const word = text.replace(/[\s"'’”)\]}.,!?]+$/u, '');
  const last = word.at(-1);
  if (last === undefined) return undefined;
  const code = last.charCodeAt(0);
  if (code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE) return (code - FIRST_SYLLABLE) % FINALS !== 0;
  if (last >= '0' && last <= '9') return CLOSED_DIGITS.includes(last);
  if (last === '%') return false;
  return /[A-Za-z]$/.test(word) ? latinEndsInConsonant(/[A-Za-z]+$/.exec(word)?.[0] ?? '') : undefined;
}

/** As Koreans read English: grade 그레이드, name 네임, click 클릭, VIP 브이아이피; by spelling, so now and then wrong. */
function latinEndsInConsonant(word: string): boolean {
  // Letter by letter: 엘, 엠, 엔, 알.
  if (word.length <= 1 || word === word.toUpperCase()) return /[LMNR]$/i.test(word);
  const lower = word.toLowerCase();
  return /(?:[lmn]e?|ng|ck|ook|[^aeiou][aeiou][pkbc]|[aeiouy]pe)$/.test(lower);
}
