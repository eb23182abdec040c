import { MINUTE_MS } from '../shared/durations.ts';
import { conflict } from '../shared/errors.ts';
import type { Campaign, CampaignState, SendSummary } from './campaign.ts';
import { PAST_TOLERANCE_MS } from './schedule/parse-schedule.ts';
import { nextOccurrence, resumeAnchor } from './schedule/recurrence.ts';
import type { Schedule } from './schedule/schedule.ts';
import { sendIdOf } from './sends/send.ts';
import { canPause } from './sends/send-state.ts';
import { stateOf, watched } from './standing.ts';

/** What people decide about a campaign (spec §4). Each throws `conflict` with the state it found. Pure; `now` in epoch milliseconds. */

const iso = (ms: number): string => new Date(ms).toISOString();

function refused(campaign: Campaign, doing: string, allowed: readonly CampaignState[], hint = ''): never {
  const state = stateOf(campaign);
  throw conflict(
    `Campaign ${campaign.id} is ${state}: ${doing} is for one that is ${allowed.join(' or ')}${hint}`,
  );
}

/** When a campaign is changed: its schedule may be another than the one it goes by. Keeps it going, if it goes. */
export function rescheduled(campaign: Campaign, before: Schedule, now: number): Campaign {
  const { status, schedule } = campaign;
  if (status !== 'scheduled' && status !== 'recurring') return campaign;
  if (schedule.kind !== 'recurring') {
    const { anchor: _, ...once } = campaign;
    return goingOnce(once, schedule, now);
  }
  const counts = before.kind === 'recurring' && before.from === schedule.from ? campaign.anchor : undefined;
  return cycling(campaign, schedule, counts ?? schedule.from, now);
}

/** Has a draft or a stopped campaign go out: now, at its time, or in its cycle, which counts from its first day. */
export function start(campaign: Campaign, now: number): Campaign {
  const { status, schedule } = campaign;
  if (status !== 'draft' && status !== 'stopped')
    refused(campaign, 'starting', ['draft', 'stopped'], status === 'paused' ? '; resume it' : '');
  return schedule.kind === 'recurring'
    ? cycling(campaign, schedule, schedule.from, now)
    : goingOnce(campaign, schedule, now);
}

type Once = Exclude<Schedule, { kind: 'recurring' }>;

const goingOnce = (campaign: Campaign, schedule: Once, now: number): Campaign => ({
  ...upcoming(campaign, unnamed(campaign, firstOf(schedule, now))),
  status: 'scheduled',
});

/** A send is named after its minute: in one that its campaign has a send of, the next minute is another send. */
function unnamed({ id, open, last }: Campaign, at: number): number {
  const sendId = sendIdOf(id, iso(at));
  if (!open[sendId] && last?.id !== sendId) return at;
  return (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS;
}

function firstOf(schedule: Once, now: number): number {
  if (schedule.kind === 'now') return now;
  const at = Date.parse(schedule.at);
  if (at < now - PAST_TOLERANCE_MS)
    throw conflict(`It was to go out at ${schedule.at}, which is in the past; edit schedule.at first`);
  return at;
}

function cycling(
  campaign: Campaign,
  schedule: Schedule & { kind: 'recurring' },
  anchor: string | undefined,
  now: number,
): Campaign {
  const next = anchor === undefined ? undefined : nextOccurrence(schedule, anchor, now);
  if (anchor === undefined || next === undefined)
    throw conflict(`Nothing of its cycle is left after ${iso(now)}; edit schedule.until first`);
  return { ...upcoming(campaign, next), anchor, status: 'recurring' };
}

const upcoming = (campaign: Campaign, at: number): Campaign =>
  watched({ ...campaign, next: { at: iso(at) }, dueAt: iso(at) });

/** Nothing more is to come; what is open is steered on its own. */
function withoutNext(campaign: Campaign): Campaign {
  const { next: _, anchor: _anchor, ...rest } = campaign;
  return watched(rest);
}

/** Ends the cycle, and has running sends rest; resuming counts anew. */
export function pause(campaign: Campaign): Campaign {
  const running = openSends(campaign).some(({ state }) => canPause(state));
  if (campaign.status === 'recurring') return { ...withoutNext(campaign), status: 'paused' };
  // A pause that broke off half-way, or one of a campaign that goes out once, is of its running send.
  if (running && (campaign.status === 'paused' || campaign.schedule.kind !== 'recurring')) return campaign;
  const hint = stateOf(campaign) === 'scheduled' ? '; cancel it, or edit its time' : '';
  return refused(campaign, 'pausing', ['recurring', 'sending'], hint);
}

/** Counts the cycle anew: its anchor is the first matching time strictly after `now`. Resting sends go on. */
export function resume(campaign: Campaign, now: number): Campaign {
  const { status } = campaign;
  const rests = openSends(campaign).some(({ state }) => state === 'paused');
  if (status === 'paused') return resumed(campaign, now, rests);
  if (rests) return campaign;
  return refused(campaign, 'resuming', ['paused'], status === 'stopped' ? '; start it' : '');
}

function resumed(campaign: Campaign, now: number, rests: boolean): Campaign {
  const { schedule } = campaign;
  // Its cycle is over, but not what began in it.
  if (schedule.kind === 'recurring') {
    const anchor = resumeAnchor(schedule, now);
    return anchor === undefined && rests
      ? { ...campaign, status: 'recurring' }
      : cycling(campaign, schedule, anchor, now);
  }
  // While it rested it was given one time in place of its cycle.
  const over = schedule.kind === 'at' && Date.parse(schedule.at) < now - PAST_TOLERANCE_MS;
  return over && rests ? { ...campaign, status: 'scheduled' } : goingOnce(campaign, schedule, now);
}

/** For good: what is open is cancelled too. */
export function cancel(campaign: Campaign): Campaign {
  const ended = ['cancelled', 'completed'].includes(campaign.status);
  // One that broke off half-way may be repeated.
  if (campaign.status === 'cancelled' && openSends(campaign).length > 0) return campaign;
  if (ended)
    refused(campaign, 'cancelling', [
      'draft',
      'scheduled',
      'stopped',
      'recurring',
      'sending',
      'paused',
      'held',
    ]);
  return { ...withoutNext(campaign), status: 'cancelled' };
}

/** Lets a held send go on. */
export function approve(campaign: Campaign): Campaign {
  return openSends(campaign).some(({ state }) => state === 'held')
    ? campaign
    : refused(campaign, 'approving', ['held']);
}

/** Oldest first. */
export const openSends = ({ open }: Pick<Campaign, 'open'>): readonly SendSummary[] =>
  Object.values(open).sort((a, b) => a.scheduledFor.localeCompare(b.scheduledFor));
