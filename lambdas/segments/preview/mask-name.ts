/** Who may see names, and what the others see instead (spec §3, §10). Pure. */

import type { Role } from '../../shared/context.ts';

const SEES_NAMES: readonly Role[] = ['analyst', 'admin'];

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const lettersOf = (text: string): string[] => [...graphemes.segment(text)].map(({ segment }) => segment);

/** The name as this role may see it; anybody who is not known sees what is masked. */
export const shownName = (name: string, role: Role | undefined): string =>
  role !== undefined && SEES_NAMES.includes(role) ? name : maskName(name);

/**
 * Each word's first letter and, of three or more, its last stay: 홍길동 → 홍*동, 김철 → 김*, Jane Doe → J**e D*e. A name of one letter
 * is `*`: what stands alone would tell all of it.
 */
export function maskName(name: string): string {
  const words = name.trim().split(/\s+/u);
  return words.map((word) => maskWord(lettersOf(word))).join(' ');
}

function maskWord(letters: readonly string[]): string {
  const [first = ''] = letters;
  if (letters.length <= 1) return letters.length === 0 ? '' : '*';
  if (letters.length === 2) return `${first}*`;
  return `${first}${'*'.repeat(letters.length - 2)}${letters.at(-1)}`;
}
