import { DAY_MS } from '../../shared/durations.ts';
import type { DateValue } from '../../shared/iso-date.ts';
import { fixedOffset, zoneOf } from '../../shared/time-zone.ts';

/** When a rule is judged, and whose days its days are. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly now: number;
  /** IANA. */
  readonly timeZone: string;
}

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** By UTC day, how far its clocks are ahead of UTC, where that is the same all day. */
  readonly offsets: Map<number, number | undefined>;
}
/** Whoever asks asks for many instants in one zone; making a format is a thousand times the work of using it, and that is most of the rest. */
const zones = new Map<string, Zone>();
/** Days that are remembered of a zone: more than a century. */
const MAX_OFFSETS = 50_000;

function zoneNamed(timeZone: string): Zone {
  let zone = zones.get(timeZone);
  if (zone === undefined) {
    const format = new Intl.DateTimeFormat('en', {
      timeZone,
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', era: 'short' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' },
    });
    zone = { format, offsets: new Map() };
    zones.set(timeZone, zone);
  }
  return zone;
}

/** The local day of an instant, as days since 1970-01-01. */
export function localDay(ms: number, timeZone: string): number {
  const fixed = timeZone === 'UTC' ? 0 : fixedOffset(timeZone);
  const offset = fixed ?? offsetAt(ms, zoneNamed(timeZone));
  return Math.floor((ms + offset) / DAY_MS);
}

function offsetAt(ms: number, zone: Zone): number {
  const day = Math.floor(ms / DAY_MS);
  if (!zone.offsets.has(day)) {
    if (zone.offsets.size >= MAX_OFFSETS) zone.offsets.clear();
    const [first, last] = [measured(day * DAY_MS, zone), measured((day + 1) * DAY_MS, zone)];
    zone.offsets.set(day, first === last ? first : undefined);
  }
  return zone.offsets.get(day) ?? measured(ms, zone);
}

/** Milliseconds that the clocks of the zone are ahead of UTC then. */
function measured(ms: number, { format }: Zone): number {
  const parts = format.formatToParts(ms);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const era = parts.find((one) => one.type === 'era')?.value;
  const year = era === 'BC' ? 1 - part('year') : part('year');
  const shown = new Date(0);
  shown.setUTCFullYear(year, part('month') - 1, part('day'));
  shown.setUTCHours(part('hour'), part('minute'), part('second'));
  return shown.getTime() - Math.floor(ms / 1000) * 1000;
}

const todays = new WeakMap<Moment, number>();

/** The local day it is, remembered by the moment: a scan asks it for every member. */
export function today(moment: Moment): number {
  let day = todays.get(moment);
  if (day === undefined) {
    day = localDay(moment.now, zoneOf(moment.timeZone) ?? moment.timeZone);
    todays.set(moment, day);
  }
  return day;
}

/** The day a date lies on in the zone of the moment. */
export const dayOf = (date: DateValue, moment: Moment): number =>
  'day' in date ? date.day : localDay(date.ms, moment.timeZone);
