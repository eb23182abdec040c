import type { Rule } from '../rule.ts';
import { inEnglish } from './english.ts';
import { inKorean } from './korean.ts';

export interface Sentences {
  readonly ko: string;
  readonly en: string;
}

/** The rule as one sentence that can be read aloud. Presets are told with what they stand for, other segments by their names. */
export const sentencesOf = (rule: Rule): Sentences => ({ ko: inKorean(rule), en: inEnglish(rule) });
