/** Where quarantined events lie, and how they are named. Pure. */
import { DAY_MS, dayOf, dayText } from '../time.ts';

/** The lake folder of the table `quarantined_events`. */
export const QUARANTINE_FOLDER = 'quarantined_events/';

/**
 * S3 lists keys upwards only, so within its day an object is named by the milliseconds left of the day: the newest
 * comes first. `unique` keeps apart what came in one millisecond.
 */
export function objectOf(ms: number, unique: string): string {
  const day = dayOf(ms);
  return `${dayText(day).replaceAll('-', '')}-${leftOfDay(ms - day * DAY_MS)}-${unique}`;
}

const leftOfDay = (msInDay: number): string => String(DAY_MS - 1 - msInDay).padStart(8, '0');

/** When the events of an object came, in epoch milliseconds. */
export const timeOf = (object: string): number =>
  Date.parse(`${dayOfObject(object)}T00:00:00Z`) + DAY_MS - 1 - Number(object.slice(9, 17));

/** `YYYY-MM-DD` */
export const dayOfObject = (object: string): string =>
  `${object.slice(0, 4)}-${object.slice(4, 6)}-${object.slice(6, 8)}`;

const END = '.json.gz';
/** Keys of a day begin with this. */
export const dayPrefix = (day: string): string => `${QUARANTINE_FOLDER}day=${day}/`;

export const keyOf = (object: string): string => `${dayPrefix(dayOfObject(object))}${object.slice(9)}${END}`;

/** Keys above this one come after `after`: the name of an object without its day, or the beginning of one (`startOf`). */
export const keyAfter = (day: string, after: string): string =>
  `${dayPrefix(day)}${after}${after.includes('-') ? END : ''}`;

/** The object a key names; undefined for a file that is none of ours. */
export function objectOfKey(key: string): string | undefined {
  const [, year, month, day, name] =
    /^quarantined_events\/day=(\d{4})-(\d\d)-(\d\d)\/(.+)\.json\.gz$/.exec(key) ?? [];
  const object = `${year}${month}${day}-${name}`;
  return OBJECT.test(object) ? object : undefined;
}

const OBJECT = /^\d{8}-\d{8}-[0-9a-f]{24}$/;
const ID = /^(\d{8}-\d{8}-[0-9a-f]{24})-(\d{1,5})$/;

/** One event of an object: what its quarantine_id names. */
export interface Place {
  readonly object: string;
  /** Its line when the object was first written. */
  readonly line: number;
}

export const idOf = ({ object, line }: Place): string => `${object}-${line}`;

/** Undefined for a text that is no quarantine_id. */
export function placeOf(id: string): Place | undefined {
  const [, object, line] = ID.exec(id) ?? [];
  if (object === undefined || Number.isNaN(timeOf(object))) return undefined;
  return { object, line: Number(line) };
}

/** Beyond every line of an object. */
export const LAST_LINE = 99_999;

/** Keys of a day from this one on are of objects that came at `ms` or before. */
export const startOf = (ms: number): string => leftOfDay(ms - dayOf(ms) * DAY_MS);
