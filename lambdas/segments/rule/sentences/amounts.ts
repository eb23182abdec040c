import { dayNumber } from '../../../shared/iso-date.ts';

/** A number with its thousands apart: 1,234.5. */
export function numberText(value: number): string {
  const [whole = '', ...rest] = String(value).split('.');
  // What is so small or large that it has an exponent stays as it is.
  if (whole.includes('e')) return String(value);
  return [whole.replaceAll(/\B(?=(\d{3})+$)/g, ','), ...rest].join('.');
}

/** 0.5 is 50. */
export const percentText = (share: number): string => numberText(Number((share * 100).toPrecision(12)));

export interface Day {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** A day as it is written in rules; undefined of any other text. */
export function dayOf(text: string): Day | undefined {
  if (dayNumber(text) === undefined) return undefined;
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return { year, month, day };
}

/** In quotes; a closing quote within is doubled, so that it is clear where the text ends. */
export const quoted = (text: string, open: string, close: string): string =>
  `${open}${text.replaceAll(close, `${close}${close}`)}${close}`;

/** Names that cannot be taken for other words of the sentence stand without quotes. */
export const isPlainName = (name: string): boolean => /^[\p{L}\p{N}_.-]+$/u.test(name);
