import type { CreateCampaign } from '../../schemas/campaigns/generated/requests.js';
import type { Ctx } from '../shared/context.ts';
import { RepointError } from '../shared/errors.ts';
import type { Ids } from '../shared/ids.ts';
import { answerAbout, answerOf } from './answer.ts';
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
 * key, so that a repeat after a crash finds what the first try made, whatever its body would mean by now.
 */
export async function createCampaign(deps: CreateDeps, ctx: Ctx, body: unknown): Promise<WarnedAnswer> {
  const made: Made = { what: 'created', asked: body };
  const before = await madeBefore(deps, ctx, made);
  if (before) return answeredAgain(deps, ctx, before);
  const { request, definition, segment } = await defined(deps, ctx, body);
  const stored = await written(deps, going(request, newCampaign(deps, ctx, definition, made), ctx));
  const told = await warnings(deps, ctx, stored);
  return { ...answerOf(await openDue(deps, ctx, stored), segment), warnings: told };
}

/** What the first request with this Idempotency-Key made; undefined when there was none. */
export async function madeBefore(
  { campaigns, ids }: Pick<CreateDeps, 'campaigns' | 'ids'>,
  ctx: Ctx,
  made: Made,
): Promise<Campaign | undefined> {
  if (ctx.idempotencyKey === undefined) return undefined;
  const found = await campaigns.get(idOf(ids, ctx, made));
  return found && sameAs(found, askedOf(ids, made));
}

/** Whoever asks again got no answer: what followed the first time may not have happened. */
export async function answeredAgain(deps: CreateDeps, ctx: Ctx, before: Campaign): Promise<WarnedAnswer> {
  const told = await warnings(deps, ctx, before);
  return { ...(await answerAbout(deps, await openDue(deps, ctx, before))), warnings: told };
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
  ctx: Ctx,
  definition: Definition,
  made: Made,
): Campaign {
  const { now, actor } = ctx;
  const { what, of } = made;
  const at = new Date(now).toISOString();
  return {
    ...definition,
    id: idOf(ids, ctx, made),
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
    asked: askedOf(ids, made),
  };
}

/** One key may be used for a campaign and for its clone. */
const idOf = (ids: Ids, { actor, idempotencyKey: key }: Ctx, { of }: Made): string =>
  key === undefined ? ids.random() : ids.derived(actor, key, ...(of === undefined ? [] : [of]));

const askedOf = (ids: Ids, { what, of, asked }: Made): string =>
  ids.derived(what, of ?? '', canonical(asked));

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
  return sameAs(found, campaign.asked);
}

function sameAs(found: Campaign | undefined, asked: string | undefined): Campaign {
  if (found && found.asked === asked) return found;
  throw new RepointError('unprocessable', 'This Idempotency-Key was already used with another body', {
    field: 'Idempotency-Key',
  });
}
