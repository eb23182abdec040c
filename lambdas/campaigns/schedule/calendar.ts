import { occurrences } from './recurrence.ts';
import type { Schedule } from './schedule.ts';

/** What the calendar needs of a campaign. */
export interface Planned {
  readonly id: string;
  readonly schedule: Schedule;
  /** Of a recurring one: the local date its cycle counts from; `from` when it was not started yet. */
  readonly anchor?: string;
  readonly status: string;
}

/** A send to come, in epoch milliseconds. */
export interface PlannedSend {
  readonly campaignId: string;
  readonly at: number;
}

export interface Calendar {
  /** By time, then by campaign. */
  readonly sends: readonly PlannedSend[];
  /** There are more after the last one. */
  readonly more: boolean;
}

export interface Period {
  /** Epoch milliseconds, this one included. */
  readonly fromMs: number;
  /** This one excluded. */
  readonly toMs: number;
  /** The last one of the page before: many may go out at one instant. */
  readonly after?: PlannedSend;
}

/** Campaigns that will send on their own; a draft, a stopped or a paused one waits for somebody. */
const WILL_SEND: ReadonlySet<string> = new Set(['scheduled', 'recurring']);

/**
 * The first `limit` sends of many campaigns in a period. It keeps no more than three times as many at once: whenever there
 * are too many, it looks no further than the last one that still counts.
 */
export function calendar(planned: Iterable<Planned>, period: Period, limit: number): Calendar {
  let [sends, endMs]: [PlannedSend[], number] = [[], period.toMs];
  for (const { id, schedule, anchor, status } of planned) {
    if (!WILL_SEND.has(status)) continue;
    for (const at of first(limit + 1, sendsOf(schedule, anchor, lastBefore(id, period), endMs)))
      sends.push({ campaignId: id, at });
    if (sends.length <= 2 * limit) continue;
    sends = sends.sort(byTime).slice(0, limit + 1);
    endMs = (sends.at(-1)?.at ?? endMs) + 1;
  }
  sends.sort(byTime);
  return { sends: sends.slice(0, limit), more: sends.length > limit };
}

/** The instant that a campaign's sends come strictly after. */
function lastBefore(id: string, { fromMs, after }: Period): number {
  if (!after) return fromMs - 1;
  return Math.max(fromMs - 1, id > after.campaignId ? after.at - 1 : after.at);
}

/** The next `count` sends of one schedule strictly after `now`; epoch milliseconds. None of a schedule that is now. */
export const upcoming = (
  schedule: Schedule,
  anchor: string | undefined,
  now: number,
  count: number,
): number[] => [...first(count, sendsOf(schedule, anchor, now, Number.POSITIVE_INFINITY))];

/** Strictly after `afterMs` and before `endMs`, in order. */
function* sendsOf(
  schedule: Schedule,
  anchor: string | undefined,
  afterMs: number,
  endMs: number,
): Generator<number> {
  for (const at of timesOf(schedule, anchor, afterMs)) {
    if (at >= endMs) return;
    if (at > afterMs) yield at;
  }
}

function timesOf(schedule: Schedule, anchor: string | undefined, afterMs: number): Iterable<number> {
  switch (schedule.kind) {
    case 'now':
      return [];
    case 'at':
      return [Date.parse(schedule.at)];
    case 'recurring':
      return occurrences(schedule, anchor ?? schedule.from, afterMs);
  }
}

function* first<Item>(count: number, items: Iterable<Item>): Generator<Item> {
  if (count <= 0) return;
  let left = count;
  for (const item of items) {
    yield item;
    left -= 1;
    if (left <= 0) return;
  }
}

const byTime = (a: PlannedSend, b: PlannedSend): number =>
  a.at - b.at || (a.campaignId < b.campaignId ? -1 : 1);
