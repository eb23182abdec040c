import { dateOf, type Moment, momentAt, momentOfLocal, offsetOfText } from './moment.ts';
import { namesOf } from './names.ts';
import type { Piece } from './pattern.ts';

/** What was read of a date so far. A half of the day is 0 or 12 hours. */
interface Read {
  year: number;
  month: number;
  day: number;
  hour: number;
  half?: 0 | 12;
  minute: number;
  second: number;
  ms: number;
  offset?: number;
}

type Setter = (read: Read, text: string) => void;
type FieldPiece = Exclude<Piece, string>;

/** Two digits of a year lie from 1941 to 2040; SimpleDateFormat counts from today, which would change what a text means. */
const fullYear = (text: string): number => {
  const number = Number(text);
  return text.length === 2 ? number + (number > 40 ? 1900 : 2000) : number;
};

const number =
  (field: 'month' | 'day' | 'hour' | 'minute' | 'second' | 'ms', wrap = Number.POSITIVE_INFINITY): Setter =>
  (read, text) => {
    read[field] = Number(text) % wrap;
  };

/** What a number does by its letter. */
const NUMBERS: Readonly<Record<string, Setter>> = {
  y: (read, text) => {
    read.year = fullYear(text);
  },
  M: number('month'),
  L: number('month'),
  d: number('day'),
  H: number('hour'),
  k: number('hour', 24),
  h: number('hour', 12),
  K: number('hour', 12),
  m: number('minute'),
  s: number('second'),
  S: number('ms'),
};

const READABLE = `${Object.keys(NUMBERS).join('')}EaZX`;

/** The letters of a pattern that no date can be read with: they can only be shown. */
export const unreadable = (pieces: readonly Piece[]): readonly string[] =>
  pieces.flatMap((piece) =>
    typeof piece === 'object' && !READABLE.includes(piece.letter) ? [piece.letter] : [],
  );

/** The index of the longest name that `text` begins with, whatever its case; undefined when it begins with none. */
function nameAtStart(text: string, names: readonly string[]): { index: number; length: number } | undefined {
  const lower = text.toLowerCase();
  const found = names
    .map((name, index) => ({ index, length: name.length, begins: lower.startsWith(name.toLowerCase()) }))
    .filter(({ begins, length }) => begins && length > 0);
  return found.sort((a, b) => b.length - a.length)[0];
}

const HALVES = ['AM', 'PM'];

/** Reads a name at the beginning of `text`; the number of characters it has. */
function readName(read: Read, text: string, letter: string, locale: string): number | undefined {
  const { months, weekdays, halves } = namesOf(locale);
  switch (letter) {
    case 'E':
      return nameAtStart(text, [...weekdays.long, ...weekdays.short])?.length;
    case 'a': {
      const half = nameAtStart(text, [...halves, ...HALVES]);
      if (half) read.half = half.index % 2 === 0 ? 0 : 12;
      return half?.length;
    }
    default: {
      const month = nameAtStart(text, [...months.long, ...months.short]);
      if (month) read.month = (month.index % 12) + 1;
      return month?.length;
    }
  }
}

/** Reads a field at the beginning of `text`; the number of characters it has, undefined when it is not there. */
function readField(
  read: Read,
  text: string,
  { letter, count }: FieldPiece,
  touches: boolean,
  locale: string,
) {
  if ('ZX'.includes(letter)) {
    const [offset] = /^(?:Z|[+-]\d\d(?::?\d\d)?)/.exec(text) ?? [];
    if (offset !== undefined) read.offset = offsetOfText(offset);
    return offset?.length;
  }
  if ('Ea'.includes(letter) || ('ML'.includes(letter) && count > 2))
    return readName(read, text, letter, locale);
  // Numbers that touch (yyyyMMdd) are as long as they have letters.
  const [digits = ''] = /^\d{1,9}/.exec(text) ?? [];
  const own = touches ? digits.slice(0, count) : digits;
  if (own === '' || (touches && own.length < count)) return undefined;
  NUMBERS[letter]?.(read, own);
  return own.length;
}

/** The moment that a text names by a pattern's pieces, in `zone` unless it tells an offset; undefined when it does not fit. */
export function readBy(
  text: string,
  pieces: readonly Piece[],
  zone: string,
  locale: string,
): Moment | undefined {
  const read: Read = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, ms: 0 };
  let rest = text.trim();
  for (const [index, piece] of pieces.entries()) {
    if (typeof piece === 'string') {
      if (!rest.startsWith(piece)) return undefined;
      rest = rest.slice(piece.length);
      continue;
    }
    const length = readField(read, rest, piece, typeof pieces[index + 1] === 'object', locale);
    if (length === undefined) return undefined;
    rest = rest.slice(length);
  }
  return rest === '' ? momentRead(read, zone) : undefined;
}

function momentRead(read: Read, zone: string): Moment | undefined {
  const hour = read.half === undefined ? read.hour : (read.hour % 12) + read.half;
  const local = dateOf([read.year, read.month, read.day, hour, read.minute, read.second, read.ms]);
  if (local === undefined) return undefined;
  return read.offset === undefined ? momentOfLocal(local, zone) : momentAt(local - read.offset, zone);
}
