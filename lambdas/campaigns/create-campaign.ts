import type { CreateCampaign } from '../../schemas/campaigns/generated/requests.js';
import type { Ctx } from '../shared/context.ts';
import { invalid, type Problem, RepointError } from '../shared/errors.ts';
import type { Ids } from '../shared/ids.ts';
import { type Campaign, type CampaignState, contentOf, nameOf } from './campaign.ts';
import { WHOLE } from './content.ts';
import { messageProblems } from './message.ts';
import type { SegmentFinder } from './ports.ts';
import { instantOf } from './schedule/when.ts';
import { WATCH_MS } from './sends/due.ts';
import { type OpenDeps, openDue } from './sends/open-due.ts';
import { nextSendAt, stateOf } from './standing.ts';

export interface CreateDeps extends OpenDeps {
  readonly segments: SegmentFinder;
  readonly ids: Ids;
  /** IANA zone of local times. */
  readonly timeZone: string;
}

export interface CreatedCampaign extends Pick<Campaign, 'id' | 'name' | 'segment' | 'channel'> {
  readonly state: CampaignState;
  readonly nextSendAt: string | null;
  /** Members when the segment was last resolved as it is now; null when it never was. */
  readonly estimate: { readonly recipients: number | null; readonly asOf: string | null };
}

/**
 * Creates a campaign and its send, which starts at once when no time is given (spec §4). Its one durable write is the
 * campaign: whatever comes after is made up for by the tick. With an Idempotency-Key the id follows from the key, so
 * that a repeat after a crash finds what the first try made.
 */
export async function createCampaign(
  deps: CreateDeps,
  ctx: Ctx,
  input: CreateCampaign,
): Promise<CreatedCampaign> {
  const sendAt = checked(deps, ctx, input);
  const segment = await deps.segments.find(input.segment);
  const campaign = campaignOf(deps, ctx, { ...input, segment: segment.name }, sendAt);
  const stored = await written(deps, campaign);
  const standing = await openDue(deps, ctx, stored);
  const { id, name, channel } = stored;
  return {
    id,
    name,
    state: stateOf(standing),
    segment: segment.name,
    channel,
    nextSendAt: nextSendAt(standing),
    estimate: { recipients: segment.lastSize?.members ?? null, asOf: segment.lastSize?.at ?? null },
  };
}

function campaignOf(deps: CreateDeps, ctx: Ctx, input: CreateCampaign, sendAt: number): Campaign {
  const { schedule, channel = 'push', segment, name: _, ...content } = input;
  const now = new Date(ctx.now).toISOString();
  const at = new Date(sendAt).toISOString();
  const { actor: createdBy, idempotencyKey: key } = ctx;
  return {
    id: key === undefined ? deps.ids.random() : deps.ids.derived(createdBy, key),
    version: 1,
    revision: 1,
    name: nameOf(input),
    segment,
    channel,
    purpose: 'informational',
    variants: [{ id: '0', name: 'A', weight: WHOLE, content }],
    holdout: 0,
    schedule: schedule === undefined ? { kind: 'now' } : { kind: 'at', at },
    policy: { label: false, night: 'hold' },
    missing: 'skip',
    defaults: {},
    status: 'scheduled',
    next: { at },
    // One that goes out now is opened by this request; the tick makes up for it.
    dueAt: new Date(Math.max(sendAt, ctx.now + WATCH_MS)).toISOString(),
    open: {},
    done: { sends: 0, messages: 0, sent: 0 },
    createdAt: now,
    createdBy,
    changedAt: now,
    changedBy: createdBy,
  };
}

/** Throws one error with every problem; answers when to send, in epoch milliseconds. */
function checked(deps: CreateDeps, ctx: Ctx, input: CreateCampaign): number {
  const problems: Problem[] = messageProblems({ ...input, channel: input.channel ?? 'push' });
  const field = 'schedule.at';
  const text = input.schedule?.at;
  const at = text === undefined ? ctx.now : instantOf(text, deps.timeZone);
  if (at === undefined) {
    const allowed = `2026-12-24T09:00 (local time in ${deps.timeZone}), 2026-12-24T00:00:00Z`;
    problems.push({ field, message: `${field} is "${text}"; allowed: an ISO 8601 time, as ${allowed}` });
  } else if (at < ctx.now) {
    const now = new Date(ctx.now).toISOString();
    problems.push({ field, message: `${field} is "${text}", which is in the past (now: ${now})` });
  }
  if (problems.length > 0 || at === undefined) throw invalid(problems);
  return at;
}

async function written(deps: CreateDeps, campaign: Campaign): Promise<Campaign> {
  if (await deps.campaigns.create(campaign)) return campaign;
  const found = await deps.campaigns.get(campaign.id);
  if (found && contentOf(found) === contentOf(campaign)) return found;
  throw new RepointError('unprocessable', 'This Idempotency-Key was already used with another body', {
    field: 'Idempotency-Key',
  });
}
