import type { Ctx } from '../../shared/context.ts';
import { RepointError } from '../../shared/errors.ts';
import type { Campaign } from '../campaign.ts';
import { type ChosenVariant, WHOLE } from '../content.ts';
import { isSame } from '../definition/same.ts';
import type { CampaignStore } from '../ports.ts';
import { replaced } from '../replaced.ts';
import type { VariantResults } from '../variants/ports.ts';
import { type Decision, decide } from '../variants/winner.ts';
import { iso, progressed, type Stepped, to, waits, went } from './moves.ts';
import { newRun, type RunDeps } from './new-run.ts';
import type { Says, Send } from './send.ts';

export interface ChooseDeps extends RunDeps {
  readonly campaigns: CampaignStore;
  readonly results: VariantResults;
}

/** The results are waited for this long past the deadline; then the tie rule decides without them. */
const GRACE_MS = 2 * 60 * 60 * 1000;

interface Subject {
  readonly campaign: Campaign;
  readonly says: Says;
  readonly send: Send;
}

/**
 * After the test: chooses who wins (spec §4), lets later sends know, and makes the run for the rest. The winner is written
 * down before the run is made from it.
 */
export async function choose(deps: ChooseDeps, ctx: Ctx, subject: Subject): Promise<Stepped> {
  const { campaign, says, send } = subject;
  if (send.winner) return restOf(deps, ctx, says, send);
  // Another send of the campaign may have chosen by now: there is one winner for all.
  const found = testsTheSame(campaign, says) && campaign.chosen;
  if (found) return went(progressed({ ...send, winner: found }));
  const decision = await decisionOf(deps.results, ctx, says, send);
  if (decision.kind === 'wait') return waits({ ...send, decideAt: iso(decision.until) });
  const chosen = { variantId: decision.variantId, at: iso(ctx.now), why: decision.why };
  return went(progressed({ ...send, winner: await chosenFor(deps.campaigns, campaign, says, chosen) }));
}

/** Whether its later sends want the winner: they say the same, at whatever rate and under whatever name. */
const testsTheSame = (campaign: Campaign, { variants }: Says): boolean =>
  campaign.winner !== undefined && isSame(campaign.variants, variants);

async function restOf(deps: RunDeps, ctx: Ctx, says: Says, send: Send): Promise<Stepped> {
  const left = WHOLE - says.holdout - (says.winner?.testShare ?? 0);
  if (left <= 0) return went(to(ctx, send, 'completed', 'the test went to everybody'));
  return went(to(ctx, await newRun(deps, says, send), 'sending', send.winner?.why));
}

/** Lets later sends know, unless the campaign says something else by now; answers the one that counts. */
async function chosenFor(
  campaigns: CampaignStore,
  { id }: Campaign,
  says: Says,
  chosen: ChosenVariant,
): Promise<ChosenVariant> {
  const after = await replaced(campaigns, id, (read) =>
    read.chosen || !testsTheSame(read, says) ? read : { ...read, chosen },
  );
  return (after && testsTheSame(after, says) && after.chosen) || chosen;
}

/** Results are looked at when a decision may come of them: each look is a query. */
async function decisionOf(results: VariantResults, ctx: Ctx, says: Says, send: Send): Promise<Decision> {
  const { winner: rule, variants } = says;
  if (!rule) throw new RepointError('internal', 'A send without a rule for its winner is deciding');
  const testSentAt = testSent(send);
  if (send.decideAt === undefined) return decide(rule, variants, [], testSentAt, testSentAt);
  const until = Date.parse(send.decideAt);
  if (ctx.now < until) return { kind: 'wait', until };
  try {
    return decide(rule, variants, await results.of(send.campaignId, send.id), ctx.now, testSentAt);
  } catch (error) {
    if (ctx.now < testSentAt + rule.decideAfterMinutes * 60_000 + GRACE_MS) throw error;
    return decide(rule, variants, undefined, ctx.now, testSentAt);
  }
}

const testSent = ({ history, lookedAt }: Send): number =>
  Date.parse(history.find(({ state }) => state === 'deciding')?.at ?? lookedAt);
