import type { Ctx } from '../../shared/context.ts';
import { RepointError } from '../../shared/errors.ts';
import type { Campaign } from '../campaign.ts';
import type { PinpointCampaigns, SegmentResolver } from '../ports.ts';
import { NO_COUNTS, type Send } from './send.ts';
import { moved, type SendState } from './send-state.ts';

export interface StepDeps {
  readonly segments: SegmentResolver;
  readonly pinpoint: PinpointCampaigns;
}

/** What a step made of a send, and whether it now waits for something outside. */
export interface Stepped {
  readonly send: Send;
  readonly waits: boolean;
}

/** A send later than this after its time is not sent any more: it is missed (spec §4). */
const MISSED_AFTER_MS = 6 * 60 * 60 * 1000;
/** A send that shows no progress in one state for so long has failed. */
const STUCK_AFTER_MS = 2 * 60 * 60 * 1000;

const iso = (ms: number): string => new Date(ms).toISOString();

function to(ctx: Ctx, send: Send, state: SendState, why?: string): Send {
  const change = { at: ctx.now, by: ctx.actor, ...(why === undefined ? {} : { why }) };
  return { ...moved(send, state, change), progressAt: iso(ctx.now) };
}

const failed = (ctx: Ctx, send: Send, why: string): Stepped => ({
  send: to(ctx, send, 'failed', why),
  waits: false,
});
const went = (send: Send): Stepped => ({ send, waits: false });

/** Still waiting; too long without progress is a failure that says what it waited for. */
function waiting(ctx: Ctx, send: Send): Stepped {
  const stillMs = ctx.now - Date.parse(send.progressAt);
  if (stillMs <= STUCK_AFTER_MS) return { send, waits: true };
  return failed(ctx, send, `no progress for ${Math.round(stillMs / 60_000)} minutes while ${send.state}`);
}

/**
 * One step of a send. Every request it makes outside carries a key that follows from the send's id, so that a step
 * taken twice (a crash before its outcome was written) is taken once.
 */
export function step(deps: StepDeps, ctx: Ctx, campaign: Campaign, send: Send): Promise<Stepped> {
  switch (send.state) {
    case 'scheduled':
      return start(deps, ctx, send);
    case 'resolving':
      return resolve(deps, ctx, send);
    case 'importing':
      return importList(deps, ctx, campaign, send);
    case 'sending':
      return deliver(deps, ctx, campaign, send);
    case 'completed':
    case 'failed':
    case 'cancelled':
      return Promise.resolve({ send, waits: false });
  }
}

async function start({ segments }: StepDeps, ctx: Ctx, send: Send): Promise<Stepped> {
  const lateMs = ctx.now - Date.parse(send.scheduledFor);
  if (lateMs > MISSED_AFTER_MS) {
    return failed(
      ctx,
      send,
      `missed: ${Math.round(lateMs / 60_000)} minutes late; at most 360 are made up for`,
    );
  }
  const resolutionId = await segments.resolve(ctx, send.segment, send.id);
  return went({ ...to(ctx, send, 'resolving'), resolutionId });
}

async function resolve({ segments }: StepDeps, ctx: Ctx, send: Send): Promise<Stepped> {
  const resolved = await segments.resolution(ctx, send.segment, send.resolutionId ?? '');
  if (resolved.state === 'pending') return waiting(ctx, send);
  if (resolved.state === 'failed') {
    return failed(ctx, send, `segment "${send.segment}" could not be resolved: ${resolved.reason}`);
  }
  if (resolved.members === 0) {
    const done = to(ctx, send, 'completed', `nobody is in segment "${send.segment}"`);
    return went({ ...done, counts: { ...NO_COUNTS, asOf: iso(ctx.now) } });
  }
  return went({ ...to(ctx, send, 'importing'), list: { url: resolved.url, members: resolved.members } });
}

async function importList(
  { pinpoint }: StepDeps,
  ctx: Ctx,
  campaign: Campaign,
  send: Send,
): Promise<Stepped> {
  if (send.importJobId === undefined) {
    const list = { url: send.list?.url ?? '', segmentName: `${campaign.name} (${send.id})` };
    return {
      send: { ...send, importJobId: await pinpoint.createImport(`${send.id}-import`, list) },
      waits: true,
    };
  }
  const job = await pinpoint.importJob(send.importJobId);
  if (job.state === 'pending') return waiting(ctx, send);
  if (job.state === 'failed') return failed(ctx, send, `the list could not be imported: ${job.reason}`);
  return went({ ...to(ctx, send, 'sending'), pinpointSegmentId: job.segmentId });
}

async function deliver({ pinpoint }: StepDeps, ctx: Ctx, campaign: Campaign, send: Send): Promise<Stepped> {
  if (send.pinpointCampaignId === undefined) {
    const pinpointCampaignId = await pinpoint.createCampaign(`${send.id}-campaign`, {
      name: campaign.name,
      segmentId: required(send.pinpointSegmentId),
      message: { channel: campaign.channel, ...campaign.variants[0]?.content },
      tags: { 'repoint:campaign': campaign.id, 'repoint:send': send.id },
    });
    return { send: { ...send, pinpointCampaignId }, waits: true };
  }
  const { state, reason, counts } = await pinpoint.progress(send.pinpointCampaignId);
  const moves = JSON.stringify(counts) !== JSON.stringify(withoutTime(send));
  const seen: Send = {
    ...send,
    counts: { ...counts, asOf: iso(ctx.now) },
    ...(moves ? { progressAt: iso(ctx.now) } : {}),
  };
  if (state === 'completed') return went(to(ctx, seen, 'completed'));
  if (state === 'failed') return failed(ctx, seen, reason ?? 'the engine gave no reason');
  return waiting(ctx, seen);
}

function withoutTime({ counts }: Send): unknown {
  if (!counts) return undefined;
  const { asOf: _, ...rest } = counts;
  return rest;
}

function required(segmentId: string | undefined): string {
  if (segmentId === undefined)
    throw new RepointError('internal', 'A send is `sending` without an imported segment');
  return segmentId;
}

/** Codes of errors that another try may get past. */
const PASSING = new Set(['too_many', 'unavailable', 'internal', 'conflict']);
const MAX_FAILURES = 8;

/** The send after a step that threw: to be tried again, or failed when that cannot help or was tried often enough. */
export function afterProblem(ctx: Ctx, send: Send, error: unknown): Stepped {
  const problem = error instanceof Error ? error.message : String(error);
  const passing = !(error instanceof RepointError) || PASSING.has(error.code);
  const failures = send.failures + 1;
  if (!passing) return failed(ctx, send, problem);
  if (failures >= MAX_FAILURES)
    return failed(ctx, send, `given up after ${failures} tries while ${send.state}: ${problem}`);
  return { send: { ...send, failures, problem }, waits: true };
}
