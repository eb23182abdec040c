import type { MemberProfiles } from '../../members/index.ts';
import { type ListFiles, readList } from '../../segments/index.ts';
import type { Ctx } from '../../shared/context.ts';
import type { Problem } from '../../shared/errors.ts';
import { addressedBy } from '../addressed.ts';
import type { Definition } from '../campaign.ts';
import type { Channel, Content, Variant } from '../content.ts';
import { judgeLengths } from '../personalisation/judge-lengths.ts';
import type { KakaoCheck } from '../personalisation/lengths.ts';
import type { PersonalValues } from '../personalisation/ports.ts';
import { hasCaps } from '../policy/caps.ts';
import type { ContactStore } from '../policy/ports.ts';
import { capsOf, rulesOf } from '../policy/rules.ts';
import type { PolicySettings } from '../policy/settings.ts';
import { type PrepareDeps, preparedContent, sentBy } from '../saying/prepare.ts';
import { nextOccurrence } from '../schedule/recurrence.ts';
import type { SendingSettings } from '../sends/send-settings.ts';
import { type ChannelEstimate, channelEstimate } from './channel-estimate.ts';
import type { Costs } from './cost.ts';
import { lacking, namesAttributes, requiredBy } from './lacking.ts';
import { outcomesOf, type Sampled } from './outcomes.ts';
import type { CouponsLeft, MonthUse, ResolvedLists } from './ports.ts';

export interface EstimateDeps extends Omit<PrepareDeps, 'policy' | 'kakao'> {
  readonly resolved: ResolvedLists;
  readonly lists: ListFiles;
  readonly profiles: MemberProfiles;
  readonly personal: PersonalValues;
  /** What is wrong with a rendered Kakao message. */
  readonly rendered: KakaoCheck;
  readonly contacts: Pick<ContactStore, 'batch'>;
  readonly coupons: CouponsLeft;
  readonly policy: PolicySettings;
  readonly monthUse: MonthUse;
  readonly costs: Costs;
  readonly settings: Pick<SendingSettings, 'ratePerMinute'>;
}

/** What a campaign would do if it went out as it is. */
export interface Estimate {
  readonly segment: string;
  /** Members of the segment, counted. */
  readonly members: number;
  /** ISO 8601: of when the segment's list is, and the moment that members are judged for. */
  readonly asOf: string;
  readonly sendAt: string;
  /** Null: every member was judged. Otherwise so many were, and margins are of a 95 % interval. */
  readonly sample: { readonly members: number; readonly confidence: 0.95 } | null;
  /** Messages a minute; `max`: as fast as possible. */
  readonly ratePerMinute: number | 'max';
  /** The campaign's own channel first. */
  readonly channels: readonly ChannelEstimate[];
  /** Limits of its channel that a message would break for some member that was judged, by field of the campaign. */
  readonly problems: readonly Problem[];
}

/** Channels that a message could go by as well, for comparison. */
const COMPARED: readonly Channel[] = ['push', 'email', 'sms', 'kakao'];
/** Stands for the send that there is not yet. */
const NO_SEND = 'estimate';

/**
 * Reach, what keeps the others from it, cost and duration of a campaign (spec §4, "Before sending"). Members are counted
 * exactly; up to 5,000 of them are judged, by what judges them at delivery, and stand for the rest. Suppressions that
 * only the engine knows (bounces, STOP) are not counted. Throws `not_found` for an unknown segment, `unavailable` when
 * its members are not known in time, `unprocessable` for a content that cannot be sent.
 */
export async function estimateCampaign(
  deps: EstimateDeps,
  ctx: Ctx,
  definition: Definition,
): Promise<Estimate> {
  const list = await deps.resolved.of(ctx, definition.segment);
  const at = sendAt(definition, ctx);
  const [{ members, sample }, used, left] = await Promise.all([
    readList(deps.lists, list.url, list.resolutionId),
    deps.monthUse.of(ctx.now),
    definition.coupon && deps.coupons.count(definition.coupon.pool),
  ]);
  const variants = await sentVariants(deps, definition);
  const { sampled, profiles } = await sampledMembers(deps, { ...definition, variants }, sample);
  const problems = await tooLong(deps, ctx, definition, { members, userIds: sample }, profiles);
  const rate = (definition.ratePerMinute ?? deps.settings.ratePerMinute) || undefined;
  const others = COMPARED.filter((channel) => channel !== definition.channel);
  const channels = [definition.channel, ...others].map((channel) => {
    const rules = rulesOf({ ...definition, channel }, NO_SEND, deps.policy);
    return channelEstimate(
      { ...definition, variants, channel },
      outcomesOf(sampled, rules, addressedBy({ ...definition, channel }), at),
      { members, size: sample.length, holdout: definition.holdout },
      { ...deps.costs, law: deps.policy.law, used, rate, couponsLeft: left?.left },
    );
  });
  return {
    segment: definition.segment,
    members,
    asOf: list.at,
    sendAt: new Date(at).toISOString(),
    sample: sample.length === members ? null : { members: sample.length, confidence: 0.95 },
    ratePerMinute: rate ?? 'max',
    channels,
    problems,
  };
}

/** When it would go out: its time, or its first one; a time that is over is now. */
function sendAt({ schedule }: Definition, { now }: Ctx): number {
  if (schedule.kind === 'now') return now;
  if (schedule.kind === 'at') return Math.max(now, Date.parse(schedule.at));
  return nextOccurrence(schedule, schedule.from, now) ?? now;
}

/** The variants as they are sent: templates in their place, defaults where values may be missing. */
const sentVariants = (deps: EstimateDeps, definition: Definition): Promise<Variant[]> =>
  Promise.all(
    definition.variants.map(async (variant) => ({
      ...variant,
      content: await preparedContent(deps, definition, variant.content),
    })),
  );

async function sampledMembers(
  deps: EstimateDeps,
  definition: Definition,
  userIds: readonly string[],
): Promise<{ readonly sampled: readonly Sampled[]; readonly profiles: Profiles }> {
  const { variants } = definition;
  const required = requiredBy(variants);
  const [profiles, contacts] = await Promise.all([
    deps.profiles.batch(userIds, { attributes: namesAttributes(variants) }),
    hasCaps(capsOf(definition, deps.policy))
      ? deps.contacts.batch(userIds, { consistent: false })
      : undefined,
  ]);
  const lacks = await lacking(deps.personal, variants, required, userIds, profiles);
  const sampled = userIds.map((userId, index) => ({
    profile: profiles.get(userId),
    contacts: contacts?.get(userId)?.contacts,
    lacks: lacks[index] ?? false,
  }));
  return { sampled, profiles };
}

type Profiles = Awaited<ReturnType<MemberProfiles['batch']>>;
const SOME_ID = '00000000-0000-4000-8000-000000000000';

/** Whether messages keep to their limits with the longest values of the members that were judged (spec §4, §6). */
async function tooLong(
  deps: EstimateDeps,
  ctx: Ctx,
  definition: Definition,
  audience: { readonly members: number; readonly userIds: readonly string[] },
  profiles: Profiles,
): Promise<readonly Problem[]> {
  const { timeZone } = deps.policy;
  const judging = {
    attributes: { batch: async (userIds: readonly string[]) => attributesOf(profiles, userIds) },
    personal: deps.personal,
    sent: (says: Definition, content: Content) => sentBy(deps, says, content),
    variables: deps.variables,
    kakao: deps.rendered,
    moment: (now: number) => ({ now, timeZone, newId: () => SOME_ID }),
  };
  return (await judgeLengths(judging, ctx, definition, audience)).problems;
}

const attributesOf = (profiles: Profiles, userIds: readonly string[]) =>
  new Map(
    userIds.flatMap((userId) => {
      const profile = profiles.get(userId);
      return profile === undefined ? [] : [[userId, profile.attributes] as const];
    }),
  );
