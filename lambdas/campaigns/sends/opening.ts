import type { Campaign, SendSummary } from '../campaign.ts';
import { occurrences } from '../schedule/recurrence.ts';
import { WATCH_MS } from './due.ts';
import { openingAt } from './lateness.ts';
import { sendIdOf } from './send.ts';

/** What opening does to a campaign's row. Pure. */

const iso = (ms: number): string => new Date(ms).toISOString();

/** Occurrences that are not opened yet, in order. */
function* left({ next, schedule, anchor }: Campaign): Generator<number> {
  if (!next) return;
  const first = Date.parse(next.at);
  yield first;
  if (schedule.kind === 'recurring') yield* occurrences(schedule, anchor ?? schedule.from, first);
}

function summary(campaignId: string, at: number, state: 'scheduled' | 'missed'): [string, SendSummary] {
  const scheduledFor = iso(at);
  const id = sendIdOf(campaignId, scheduledFor);
  return [id, { id, state, scheduledFor, messages: 0, sent: 0 }];
}

/**
 * The campaign with its due occurrences among its open sends and `next` past them; the same object when none is due or
 * it does not run. Written on the condition that nobody wrote the row since, this is the moment that decides: whoever
 * pauses, cancels or edits before it has no send of these, and each occurrence is left behind once. The row stays watched
 * until the sends have rows of their own.
 */
export function opening(campaign: Campaign, now: number, windowMs: number): Campaign {
  if (campaign.status !== 'scheduled' && campaign.status !== 'recurring') return campaign;
  const { send, missed, next } = openingAt(left(campaign), now, windowMs);
  if (send === undefined && missed.length === 0) return campaign;
  const { next: _, ...rest } = campaign;
  return {
    ...rest,
    open: {
      ...campaign.open,
      ...Object.fromEntries(missed.map((at) => summary(campaign.id, at, 'missed'))),
      ...(send === undefined ? {} : Object.fromEntries([summary(campaign.id, send, 'scheduled')])),
    },
    ...(next === undefined ? {} : { next: { at: iso(next) } }),
    dueAt: iso(now + WATCH_MS),
  };
}

/** Open sends that may have no row of their own yet. */
export const unopened = ({ open }: Campaign): readonly SendSummary[] =>
  Object.values(open).filter(({ state }) => state === 'scheduled' || state === 'missed');
