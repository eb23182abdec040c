import { zoneOf } from '../../time-zone.ts';
import { localeOf } from '../dates/names.ts';
import { type Piece, piecesOfPattern } from '../dates/pattern.ts';
import { unreadable } from '../dates/read.ts';
import type { DateStyle } from '../dates/write.ts';
import { numberOf, single, textOf, type Value } from '../values.ts';

/** What helpers take, by the name of its kind. */
export interface Kinds {
  any: Exclude<Value, undefined>;
  text: string;
  /** A text that may stand without quotes: a word that names no variable stands for itself. */
  word: string;
  number: number;
  divisor: number;
  /** A number of characters. */
  whole: number;
  /** What a text is filled up to. */
  width: number;
  /** What a text is cut to, its three dots among it. */
  short: number;
  truth: boolean;
  list: readonly string[];
  zone: string;
  locale: string;
  dateStyle: DateStyle | readonly Piece[];
  datePattern: readonly Piece[];
}
export type Kind = keyof Kinds;

interface Rule<Type> {
  /** The value as the kind; a text says what is wrong with it. */
  readonly read: (value: Exclude<Value, undefined>) => { readonly is: Type } | string;
  /** Whether a path that names no variable is taken as a text. */
  readonly bare?: true;
}

/** Filling up makes long texts of short templates, so there is an end to it. */
const MAX_WIDTH = 1_000;
const STYLES: readonly string[] = ['full', 'long', 'medium', 'short'] satisfies DateStyle[];

const shown = (value: Value): string => JSON.stringify(textOf(value).slice(0, 80));
const expected = (value: Value, what: string): string => `${shown(value)} is not ${what}`;

const unless = <Type>(found: Type | undefined, problem: string): { is: Type } | string =>
  found === undefined ? problem : { is: found };

const number = (value: Value, what: string, fits: (number: number) => boolean) => {
  const found = numberOf(value);
  return found !== undefined && fits(found) ? { is: found } : expected(value, what);
};

const wholeBetween =
  (least: number, most: number, what: string) =>
  (value: Value): { is: number } | string =>
    number(value, what, (found) => Number.isInteger(found) && found >= least && found <= most);

const text = (value: Value) => ({ is: textOf(value) });

function pattern(value: Value): { is: readonly Piece[] } | string {
  const pieces = piecesOfPattern(textOf(value));
  return typeof pieces === 'string' ? `${shown(value)} is no pattern of a date: ${pieces}` : { is: pieces };
}

function readable(value: Value): { is: readonly Piece[] } | string {
  const found = pattern(value);
  const [letter] = typeof found === 'string' ? [] : unreadable(found.is);
  return letter === undefined ? found : `${shown(value)}: no date can be read with the letter ${letter}`;
}

const KINDS: { readonly [Name in Kind]: Rule<Kinds[Name]> } = {
  any: { read: (value) => ({ is: value }) },
  text: { read: text },
  word: { read: text, bare: true },
  number: { read: (value) => number(value, 'a number', () => true) },
  divisor: { read: (value) => number(value, 'a number other than 0', (found) => found !== 0) },
  whole: { read: wholeBetween(0, 1_000_000, 'a whole number from 0') },
  width: { read: wholeBetween(0, MAX_WIDTH, `a whole number from 0 to ${MAX_WIDTH}`) },
  short: { read: wholeBetween(4, 1_000_000, 'a whole number from 4') },
  truth: {
    read: (value) =>
      typeof value === 'boolean'
        ? { is: value }
        : unless({ true: true, false: false }[textOf(value).toLowerCase()], expected(value, 'true or false')),
  },
  list: { read: (value) => ({ is: typeof value === 'object' ? value : [textOf(value)] }) },
  zone: { read: (value) => unless(zoneOf(textOf(value)), expected(value, 'a time zone')), bare: true },
  locale: { read: (value) => unless(localeOf(textOf(value)), expected(value, 'a locale')) },
  dateStyle: {
    read: (value) => (STYLES.includes(textOf(value)) ? { is: textOf(value) as DateStyle } : pattern(value)),
  },
  datePattern: { read: readable },
};

/** Whether a word without quotes, which names no variable, stands for itself in this place. */
export const mayBeBare = (kind: Kind): boolean => KINDS[kind].bare === true;

/** The value as a kind, or what is wrong with it as a text. A list of one value is that value, but where a list is meant. */
export const readAs = <Name extends Kind>(
  kind: Name,
  value: Exclude<Value, undefined>,
): { readonly is: Kinds[Name] } | string =>
  KINDS[kind].read(kind === 'list' ? value : (single(value) as Exclude<Value, undefined>));
