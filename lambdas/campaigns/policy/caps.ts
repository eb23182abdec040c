/** Frequency caps: how many messages a member may get (spec §4). Pure. */
import { Temporal } from 'temporal-polyfill';
import type { Channel } from '../content.ts';

/** The most messages in a day and in a week; absent: any number. */
export interface CapLimits {
  readonly perDay?: number;
  readonly perWeek?: number;
}

/** Over all channels together, and beside that by channel. `{}` caps nothing. */
export interface Caps extends CapLimits {
  readonly channels?: { readonly [channel in Channel]?: CapLimits };
}

/** That a send had a message for the member. */
export interface Contact {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly channel: Channel;
}

/** By the id of the send, so that one send is one contact, however many endpoints and however often it is asked. */
export type Contacts = ReadonlyMap<string, Contact>;

export const NO_CONTACTS: Contacts = new Map();

/** Where the member's day began, and the seven days that end with it; epoch milliseconds. */
export interface Days {
  readonly day: number;
  readonly week: number;
}

/** A limit that leaves no room; without `channel` it is one over all channels. */
export interface CapReached {
  readonly reason: 'DAILY_CAP_MEMBER' | 'WEEKLY_CAP_MEMBER';
  readonly limit: number;
  readonly channel?: Channel;
}

/** Contacts older than this count nowhere: seven days of any zone, and the hours its clocks were changed by. */
export const REMEMBERED_MS = 8 * 24 * 60 * 60 * 1000;

const isLimited = ({ perDay, perWeek }: CapLimits): boolean => perDay !== undefined || perWeek !== undefined;

/** Whether there is anything to count for. */
export const hasCaps = (caps: Caps): boolean =>
  isLimited(caps) || Object.values(caps.channels ?? {}).some(isLimited);

/**
 * A day is a calendar day of the member's zone, a week that day and the six before it: a campaign that goes out each
 * day, or each Monday, at one hour is never in its own way, as it would be by hours gone by.
 */
export function daysOf(zone: string, now: number): Days {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
  const startOf = (date: Temporal.PlainDate): number => date.toZonedDateTime(zone).epochMilliseconds;
  return { day: startOf(today), week: startOf(today.subtract({ days: 6 })) };
}

/** Whether the send has been counted today: then nothing is to be counted, and no cap can refuse it. */
export const isCounted = (contacts: Contacts, sendId: string, { day }: Days): boolean =>
  (contacts.get(sendId)?.at ?? Number.NEGATIVE_INFINITY) >= day;

/**
 * The limit that one more message by `channel` would break; undefined when there is room. What the send itself was counted
 * for on an earlier day does not stand in its way. A contact of a clock that is ahead counts too.
 */
export function capReached(
  contacts: Contacts,
  { sendId, channel }: { readonly sendId: string; readonly channel: Channel },
  caps: Caps,
  { day, week }: Days,
): CapReached | undefined {
  const others = [...contacts].filter(([id]) => id !== sendId).map(([, contact]) => contact);
  const own = others.filter((contact) => contact.channel === channel);
  const { perDay, perWeek } = caps;
  const limits = caps.channels?.[channel] ?? {};
  const since = (start: number, all: readonly Contact[]): number =>
    all.filter(({ at }) => at >= start).length;
  const full = (limit: number | undefined, count: number): limit is number =>
    limit !== undefined && count >= limit;
  if (full(perDay, since(day, others))) return { reason: 'DAILY_CAP_MEMBER', limit: perDay };
  if (full(limits.perDay, since(day, own)))
    return { reason: 'DAILY_CAP_MEMBER', limit: limits.perDay, channel };
  if (full(perWeek, since(week, others))) return { reason: 'WEEKLY_CAP_MEMBER', limit: perWeek };
  if (full(limits.perWeek, since(week, own)))
    return { reason: 'WEEKLY_CAP_MEMBER', limit: limits.perWeek, channel };
  return undefined;
}

/** The contacts with this one among them, and without those that count no more. */
export function withContact(contacts: Contacts, sendId: string, contact: Contact): Contacts {
  const kept = [...contacts].filter(([, { at }]) => contact.at - at < REMEMBERED_MS);
  return new Map([...kept, [sendId, contact]]);
}
