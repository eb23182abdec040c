import type { Campaign, CampaignState, SendSummary } from './campaign.ts';
import type { Send } from './sends/send.ts';
import { isFinal, type SendState } from './sends/send-state.ts';

/** How a campaign stands, from what was decided about it and from its sends. Pure. */

/** What a send that is under way shows its campaign as; one that only waits for its time shows nothing. */
const SHOWN_AS: Readonly<Partial<Record<SendState | string, CampaignState>>> = {
  resolving: 'sending',
  held: 'held',
  importing: 'sending',
  sending: 'sending',
  deciding: 'sending',
  paused: 'paused',
};
/** Of several open sends the one that asks for somebody's attention is shown. */
const FIRST: readonly CampaignState[] = ['held', 'sending', 'paused'];

type Standing = Pick<Campaign, 'status' | 'schedule' | 'next' | 'open' | 'last'>;

/** The state a campaign is listed under (spec §4). */
export function stateOf({ status, schedule, open, last }: Standing): CampaignState {
  if (status === 'cancelled') return 'cancelled';
  const shown = new Set(Object.values(open).map(({ state }) => SHOWN_AS[state]));
  const first = FIRST.find((state) => shown.has(state));
  if (first) return first;
  // A cycle goes on after a send that failed; a campaign that goes out once has failed with it.
  const failed = status === 'completed' && schedule.kind !== 'recurring' && last?.state !== 'completed';
  return failed ? 'failed' : status;
}

/** When its next message goes out, ISO 8601; null when none is to come. */
export function nextSendAt({
  status,
  next,
  open,
}: Pick<Campaign, 'status' | 'next' | 'open'>): string | null {
  if (status === 'cancelled') return null;
  const waiting = Object.values(open)
    .filter(({ state }) => state === 'scheduled')
    .map(({ scheduledFor }) => scheduledFor);
  return [...waiting, ...(next ? [next.at] : [])].sort()[0] ?? null;
}

/** When everything it had to send was sent or had failed; null before. */
export const completedAt = (campaign: Standing): string | null =>
  ['completed', 'failed'].includes(stateOf(campaign)) ? (campaign.last?.endedAt ?? null) : null;

/** A send as its campaign's row keeps it. */
export function summaryOf(send: Send): SendSummary {
  const { sent = 0, failed = 0, uncertain = 0 } = send.counts ?? {};
  const endedAt = isFinal(send) ? send.history.at(-1)?.at : undefined;
  return {
    id: send.id,
    state: send.state,
    scheduledFor: send.scheduledFor,
    messages: sent + failed + uncertain,
    sent,
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}

/**
 * The campaign whose next send is open: `next` moves on to `nextAt` (ISO 8601), or away when nothing more is to come.
 * Written on the condition that nobody wrote the row since, so that each occurrence is left behind once.
 */
export function opened(campaign: Campaign, send: Send, nextAt?: string): Campaign {
  const { next: _, dueAt: _due, ...rest } = campaign;
  return {
    ...rest,
    open: { ...campaign.open, [send.id]: summaryOf(send) },
    ...(nextAt === undefined ? {} : { next: { at: nextAt }, dueAt: nextAt }),
  };
}

/**
 * The campaign as it is now that `send` stands as it does. One that is final leaves `open` and is counted, once; one that
 * is not in `open` changes nothing.
 */
export function withSend(campaign: Campaign, send: Send): Campaign {
  const { [send.id]: before, ...others } = campaign.open;
  if (!before) return campaign;
  const summary = summaryOf(send);
  if (!isFinal(send)) return { ...campaign, open: { ...others, [send.id]: summary } };
  const { done, last } = campaign;
  return completed({
    ...campaign,
    open: others,
    last: last && last.scheduledFor > summary.scheduledFor ? last : summary,
    done: {
      sends: done.sends + 1,
      messages: done.messages + summary.messages,
      sent: done.sent + summary.sent,
    },
  });
}

/**
 * The campaign with the tick's next look at it: while an opened send may have no row of its own the one that is set, then
 * when its next send is due.
 */
export function watched(campaign: Campaign): Campaign {
  const { dueAt, next, open, ...rest } = campaign;
  const waits = Object.values(open).some(({ state }) => state === 'scheduled' || state === 'missed');
  const look = waits ? dueAt : next?.at;
  return {
    ...rest,
    open,
    ...(next === undefined ? {} : { next }),
    ...(look === undefined ? {} : { dueAt: look }),
  };
}

/** Completed (or cancelled with its only send) once nothing is open and nothing more is to come. */
function completed(campaign: Campaign): Campaign {
  const waits = campaign.next !== undefined || Object.keys(campaign.open).length > 0;
  if (waits || (campaign.status !== 'scheduled' && campaign.status !== 'recurring')) return campaign;
  const once = campaign.schedule.kind !== 'recurring';
  return { ...campaign, status: once && campaign.last?.state === 'cancelled' ? 'cancelled' : 'completed' };
}
