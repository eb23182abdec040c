import type { MessageConfiguration } from '@aws-sdk/client-pinpoint';
import { USER_ATTRIBUTE } from '../../shared/rendering/variables.ts';
import type { CampaignRow } from '../campaigns/campaign.ts';
import { rateOf } from '../campaigns/rate.ts';
import { activityIdOf, HOLDOUT, sharesOf, stableKeyOf, treatmentsOf } from '../campaigns/treatments.ts';
import { capLimitsOf } from '../caps/limits.ts';
import { compiledSayings } from '../delivery/plans.ts';
import { offsetOf } from '../delivery/zones.ts';
import { type Filled, type FilledTreatment, untemplated } from '../templates/fill-in.ts';
import type { Audience, StartOf } from './expand.ts';
import { localStart } from './local-start.ts';
import type { NewRun, RunPlan, TreatmentPlan } from './run.ts';

/** A campaign runs once: recurring ones are campaigns of their own. */
const ONLY_RUN = 1;

/** The run's plan: the campaign and its templates as they are now, so that a later edit does not change messages on their way. */
export function planOf(campaign: CampaignRow, filled: Filled = untemplated(campaign.request)): RunPlan {
  const { request, defaults } = campaign;
  const treatments = treatmentsOf(request).map(
    ({ id, message, customDelivery }, index): TreatmentPlan => ({
      treatmentId: id,
      activityId: activityIdOf(campaign.id, ONLY_RUN, id),
      message,
      customDelivery,
      ...templated(message, filled[index]),
    }),
  );
  const limits = capLimitsOf(request.Limits, defaults?.Limits);
  const names = treatments
    .flatMap((treatment) => [...compiledSayings(treatment).values()])
    .flatMap(({ part }) => part.variables)
    .filter((name) => name.startsWith(USER_ATTRIBUTE));
  return {
    applicationId: campaign.applicationId,
    campaignId: campaign.id,
    activityId: campaign.activityId,
    treatments,
    scheduledTime: new Date(campaign.startAt).toISOString(),
    hook: (request.Hook ?? defaults?.CampaignHook)?.LambdaFunctionName,
    caps: limits && { campaignKey: stableKeyOf(campaign), limits },
    quietTime: request.Schedule?.QuietTime ?? defaults?.QuietTime,
    campaignTags: JSON.stringify(request.tags ?? {}),
    userNames: [...new Set(names)],
  };
}

/** What a treatment's templates add to it. */
function templated(own: MessageConfiguration, filled: FilledTreatment | undefined): Partial<TreatmentPlan> {
  if (!filled?.defaults) return {};
  return { message: filled.message ?? own, ownMessage: own, defaults: filled.defaults };
}

/** What the run's row is made from. `listLines`: lines of its segment's list. */
export function newRunOf(campaign: CampaignRow, plan: RunPlan, listLines: number): NewRun {
  const { request, defaults } = campaign;
  const kinds = plan.treatments.flatMap((treatment) => [...compiledSayings(treatment).values()]);
  const duration = request.Limits?.MaximumDuration || defaults?.Limits?.MaximumDuration;
  return {
    activityId: campaign.activityId,
    appId: campaign.applicationId,
    campaignId: campaign.id,
    callSize: Math.min(100, ...kinds.map(({ kind }) => kind.callSize)),
    listLines,
    paused: request.IsPaused ? 'REQUESTED' : undefined,
    ratePerMinute: rateOf(request, defaults?.Limits),
    endBy: duration ? campaign.startAt + duration * 1000 : undefined,
  };
}

export function audienceOf(campaign: CampaignRow, plan: RunPlan): Audience {
  const kinds = new Map(
    plan.treatments.map((treatment) => [
      treatment.treatmentId,
      new Map([...compiledSayings(treatment)].map(([type, { kind }]) => [type, kind.name])),
    ]),
  );
  const standard = plan.treatments[0]?.treatmentId ?? '';
  return {
    kindOf: (treatmentId, channelType) =>
      kinds.get(treatmentId === HOLDOUT ? standard : treatmentId)?.get(channelType),
    userNames: plan.userNames,
    stableKey: stableKeyOf(campaign),
    shares: sharesOf(campaign.request),
    standardTreatment: standard,
    startOf: startsOf(campaign),
  };
}

/** For a campaign at local time: when an endpoint's wall clock shows the campaign's (pinpoint.md §2.5). */
function startsOf({ request: { Schedule: schedule }, startAt }: CampaignRow): StartOf | undefined {
  if (!schedule?.IsLocalTime) return undefined;
  const wallClock = new Date(startAt + (offsetOf(schedule.Timezone ?? 'UTC') ?? 0))
    .toISOString()
    .slice(0, 19);
  const starts = new Map<string, ReturnType<StartOf>>();
  return (zone) => {
    if (!zone) return { reason: 'ENDPOINT_MISSING_TIMEZONE' };
    const known = starts.get(zone);
    if (known) return known;
    const at = localStart(wallClock, zone);
    // Where that moment is over when the run begins, it does not come again.
    const found: ReturnType<StartOf> =
      at === undefined || at < startAt ? { reason: 'ENDPOINT_TIMEZONE_MISMATCH' } : { startAt: at };
    starts.set(zone, found);
    return found;
  };
}
