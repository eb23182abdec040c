import type { CreateCampaign } from '../../schemas/campaigns/generated/requests.js';
import type { Ctx } from '../shared/context.ts';
import { RepointError } from '../shared/errors.ts';
import type { Ids } from '../shared/ids.ts';
import { answerOf } from './answer.ts';
import type { Campaign, Definition } from './campaign.ts';
import { type DefineDeps, defined } from './define.ts';
import { canonical } from './definition/same.ts';
import { start } from './lifecycle.ts';
import { type LikenessDeps, type WarnedAnswer, warnings } from './likeness.ts';
import { WATCH_MS } from './sends/due.ts';
import { type OpenDeps, openDue } from './sends/open-due.ts';

export interface CreateDeps extends OpenDeps, DefineDeps, LikenessDeps {
  readonly ids: Ids;
}

/**
 * Creates a campaign from a body of POST /v1/campaigns; one without a schedule starts at once (spec §4). Its one durable
 * write is the campaign: whatever comes after is made up for by the tick. With an Idempotency-Key the id follows from the
 * key, so that a repeat after a crash finds what the first try made.
 */
export async function createCampaign(deps: CreateDeps, ctx: Ctx, body: unknown): Promise<WarnedAnswer> {
  const { request, definition, segment } = await defined(deps, ctx, body);
  const campaign = going(request, newCampaign(deps, ctx, definition, { what: 'created', asked: body }), ctx);
  const stored = await written(deps, campaign);
  const told = await warnings(deps, ctx, stored);
  return { ...answerOf(await openDue(deps, ctx, stored), segment), warnings: told };
}

interface Made {
  readonly what: 'created' | 'cloned';
  readonly of?: string;
  /** What was asked for: tells a repeated request from another one with the same key. */
  readonly asked: unknown;
}

/** A campaign that was never started. */
export function newCampaign(
  { ids }: Pick<CreateDeps, 'ids'>,
  { now, actor, idempotencyKey: key }: Ctx,
  definition: Definition,
  { what, of, asked }: Made,
): Campaign {
  const at = new Date(now).toISOString();
  return {
    ...definition,
    // One key may be used for a campaign and for its clone.
    id: key === undefined ? ids.random() : ids.derived(actor, key, ...(of === undefined ? [] : [of])),
    version: 1,
    revision: 1,
    status: 'draft',
    open: {},
    done: { sends: 0, messages: 0, sent: 0 },
    createdAt: at,
    createdBy: actor,
    change: { seq: 1, what, ...(of === undefined ? {} : { of }) },
    changedAt: at,
    changedBy: actor,
    asked: ids.derived(what, of ?? '', canonical(asked)),
  };
}

/** Started, unless it is a draft, or a cycle that somebody is to start. */
export function going(
  request: Pick<CreateCampaign, 'draft' | 'start'>,
  campaign: Campaign,
  { now }: Ctx,
): Campaign {
  if (request.draft) return campaign;
  if (campaign.schedule.kind === 'recurring' && !request.start) return { ...campaign, status: 'stopped' };
  const started = start(campaign, now);
  // What is due now is opened by this request; the tick looks only if it could not.
  const isDue = Date.parse(started.next?.at ?? '') <= now;
  return isDue ? { ...started, dueAt: new Date(now + WATCH_MS).toISOString() } : started;
}

/** The campaign as it is stored: a repeated request finds what the first one made. */
export async function written(
  { campaigns }: Pick<CreateDeps, 'campaigns'>,
  campaign: Campaign,
): Promise<Campaign> {
  if (await campaigns.create(campaign)) return campaign;
  const found = await campaigns.get(campaign.id);
  if (found && found.asked === campaign.asked) return found;
  throw new RepointError('unprocessable', 'This Idempotency-Key was already used with another body', {
    field: 'Idempotency-Key',
  });
}
