import { DAY_MS, MINUTE_MS } from '../../durations.ts';
import { remembered } from '../remembered.ts';
import type { Moment } from './moment.ts';
import { namesOf } from './names.ts';
import type { Piece } from './pattern.ts';

const padded = (value: number, count: number): string =>
  `${value < 0 ? '-' : ''}${String(Math.abs(value)).padStart(count, '0')}`;

function offsetText(offset: number, separator: string): string {
  const minutes = Math.abs(offset) / MINUTE_MS;
  const hours = padded(Math.floor(minutes / 60), 2);
  return `${offset < 0 ? '-' : '+'}${hours}${separator}${padded(minutes % 60, 2)}`;
}

/** ISO 8601: `+09`, `+0900` or `+09:00` by the number of letters; `Z` for UTC. */
function isoOffset(offset: number, count: number): string {
  if (offset === 0) return 'Z';
  return count === 1 ? offsetText(offset, '').slice(0, 3) : offsetText(offset, count === 2 ? '' : ':');
}

function zoneName({ local, offset, zone }: Moment, locale: string, count: number): string {
  if (/^[+-]/.test(zone)) return `GMT${offsetText(offset, ':')}`;
  const format = new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    timeZoneName: count > 3 ? 'long' : 'short',
  });
  const at = local.getTime() - offset;
  return format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

/** The Saturday that ends the date's week: the week's number and year are its, by the calendar of the United States. */
const weekEnd = (local: Date): Date => new Date(local.getTime() + (6 - local.getUTCDay()) * DAY_MS);

const dayOfYear = (date: Date): number =>
  Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1;

const weekOfMonth = (local: Date): number => Math.ceil((local.getUTCDate() + 6 - local.getUTCDay()) / 7);

const year = (value: number, count: number): string =>
  count === 2 ? padded(value % 100, 2) : padded(value, count);

function month(local: Date, locale: string, count: number): string {
  if (count < 3) return padded(local.getUTCMonth() + 1, count);
  return namesOf(locale).months[count > 3 ? 'long' : 'short'][local.getUTCMonth()] ?? '';
}

type Field = (moment: Moment, locale: string, count: number) => string;

const number =
  (of: (local: Date) => number): Field =>
  ({ local }, _, count) =>
    padded(of(local), count);

/** SimpleDateFormat's fields by their letters. */
const FIELDS: Readonly<Record<string, Field>> = {
  G: ({ local }) => (local.getUTCFullYear() > 0 ? 'AD' : 'BC'),
  y: ({ local }, _, count) => year(local.getUTCFullYear(), count),
  Y: ({ local }, _, count) => year(weekEnd(local).getUTCFullYear(), count),
  M: ({ local }, locale, count) => month(local, locale, count),
  L: ({ local }, locale, count) => month(local, locale, count),
  w: number((local) => Math.ceil(dayOfYear(weekEnd(local)) / 7)),
  W: number(weekOfMonth),
  D: number(dayOfYear),
  d: number((local) => local.getUTCDate()),
  F: number((local) => Math.ceil(local.getUTCDate() / 7)),
  E: ({ local }, locale, count) =>
    namesOf(locale).weekdays[count > 3 ? 'long' : 'short'][local.getUTCDay()] ?? '',
  u: number((local) => local.getUTCDay() || 7),
  a: ({ local }, locale) => namesOf(locale).halves[local.getUTCHours() < 12 ? 0 : 1] ?? '',
  H: number((local) => local.getUTCHours()),
  k: number((local) => local.getUTCHours() || 24),
  K: number((local) => local.getUTCHours() % 12),
  h: number((local) => local.getUTCHours() % 12 || 12),
  m: number((local) => local.getUTCMinutes()),
  s: number((local) => local.getUTCSeconds()),
  S: number((local) => local.getUTCMilliseconds()),
  z: zoneName,
  Z: ({ offset }) => offsetText(offset, ''),
  X: ({ offset }, _, count) => isoOffset(offset, count),
};

/** The moment by the pieces of a pattern. */
export const written = (moment: Moment, pieces: readonly Piece[], locale: string): string =>
  pieces
    .map((piece) =>
      typeof piece === 'string' ? piece : (FIELDS[piece.letter]?.(moment, locale, piece.count) ?? ''),
    )
    .join('');

export type DateStyle = 'full' | 'long' | 'medium' | 'short';

const formatOf = remembered((key) => {
  const [locale, dateStyle] = key.split(' ');
  return new Intl.DateTimeFormat(locale, { dateStyle: dateStyle as DateStyle, timeZone: 'UTC' });
});

/** The moment's date in a style of its locale: `full` is Tuesday, June 19, 2012; `long` June 19, 2012; `medium` Jun 19, 2012; `short` 6/19/12. */
export const styled = ({ local }: Moment, style: DateStyle, locale: string): string =>
  formatOf(`${locale} ${style}`).format(local);
