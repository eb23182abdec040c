import type { CreateCampaign } from '../../../schemas/campaigns/generated/requests.js';
import type { Problem } from '../../shared/errors.ts';
import type { CampaignPolicy, Definition } from '../campaign.ts';
import type { Channel, Content, Variant } from '../content.ts';
import { parseSchedule } from '../schedule/parse-schedule.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { shareProblems, sharesOf } from '../variants/shares.ts';
import { winnerOf, winnerProblems } from '../variants/winner-rule.ts';
import { type ContentChecks, contentProblems, contentsOf, type Said } from './check-content.ts';
import { deliveryOf, deliveryProblems } from './delivery.ts';
import { madeName } from './made-name.ts';
import { scheduleRequestOf } from './request-of.ts';
import {
  capsProblems,
  couponProblems,
  nameProblems,
  optOutProblems,
  purposeProblems,
  rateProblems,
  sizeProblems,
  startProblems,
  storedRate,
} from './small-checks.ts';

/** What a request is judged by. */
export interface DefinitionContext {
  /** The moment of the request, epoch milliseconds. */
  readonly now: number;
  /** The deployment's zone, IANA. */
  readonly timeZone: string;
  /** The policy that a campaign is given now, its label and opt-out text frozen. */
  readonly policy: (advertised: Advertised) => CampaignPolicy;
  readonly checks: (advertised: Advertised) => ContentChecks;
  /** The dotted names of the variables that a content's sound texts show. */
  readonly names: (content: Content) => readonly string[];
  /** Defaults by dotted variable names, from variables as their author wrote them. */
  readonly defaults: (written: Readonly<Record<string, string>>) => {
    readonly defaults: ReadonlyMap<string, string>;
    readonly problems: readonly Problem[];
  };
  /** What an edit or a clone begins from: its schedule stays as it is unless another is asked for. */
  readonly stored?: Definition;
}

export interface Advertised {
  readonly purpose: Definition['purpose'];
  readonly channel: Channel;
  readonly night: CampaignPolicy['night'];
  readonly caps?: NonNullable<CampaignPolicy['caps']>;
  /** The campaign's own, in place of the deployment's. */
  readonly optOutText?: string;
}

export type Defined =
  | { readonly definition: Definition; readonly problems: readonly [] }
  | { readonly definition?: undefined; readonly problems: readonly Problem[] };

/**
 * What a request means, every default filled in, or everything that is wrong with it at once. `unread` are top-level
 * fields whose values have the wrong shape: what depends on them is not judged. Whether segment, template and coupon pool
 * exist is not known here.
 */
export function definitionOf(
  request: CreateCampaign,
  context: DefinitionContext,
  unread: ReadonlySet<string> = new Set(),
): Defined {
  const advertised = advertisedOf(request);
  const said = saidOf(request);
  const schedule = scheduleOf(request, context);
  const { defaults, problems: wrongDefaults } = context.defaults(request.defaults ?? {});
  const problems = [
    ...contentProblems(advertised.channel, said, context.checks(advertised), unread),
    ...(unread.has('schedule') ? [] : schedule.problems),
    ...splitProblems(request, advertised.channel, unread),
    ...(unread.has('channel') ? [] : deliveryProblems(request)),
    ...nameProblems(request),
    ...purposeProblems(request),
    ...optOutProblems(request, unread),
    ...capsProblems(request),
    ...wrongDefaults,
    ...(unread.has('coupon') ? [] : couponProblems(request, contentsOf(said).flatMap(context.names))),
    ...rateProblems(request),
    ...startProblems(request),
  ];
  if (problems.length > 0 || unread.size > 0 || !schedule.schedule) return { problems };
  const definition = defined(request, said, schedule.schedule, context.policy(advertised), defaults);
  const tooLarge = sizeProblems(definition);
  return tooLarge.length > 0 ? { problems: tooLarge } : { definition, problems: [] };
}

function scheduleOf({ schedule }: CreateCampaign, { now, timeZone, stored }: DefinitionContext) {
  if (stored && JSON.stringify(schedule) === JSON.stringify(scheduleRequestOf(stored.schedule)))
    return { schedule: stored.schedule, problems: [] };
  return parseSchedule(schedule, { now, timeZone, ...(stored ? { stored: stored.schedule } : {}) });
}

function advertisedOf({ purpose, channel, night, caps, optOutText }: CreateCampaign): Advertised {
  return {
    purpose: purpose ?? 'informational',
    channel: channel ?? 'push',
    night: night ?? 'hold',
    ...(caps === undefined ? {} : { caps }),
    ...(optOutText === undefined ? {} : { optOutText }),
  };
}

/** The parts of a message alone, those that are not said left out. */
function contentOf(source: Partial<Content>): Content {
  const { title, message, icon, image, link, html, template, kakao } = source;
  const parts = { title, message, icon, image, link, html, template, kakao };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

const saidOf = (request: CreateCampaign): Said => ({
  shared: contentOf(request as Partial<Content>),
  own: (request.variants ?? []).map((variant) => contentOf(variant as Partial<Content>)),
});

function splitProblems(request: CreateCampaign, channel: Channel, unread: ReadonlySet<string>): Problem[] {
  const isRead = !unread.has('variants') && !unread.has('holdout');
  const problems = isRead ? shareProblems(request) : [];
  const { winner } = request;
  if (winner === undefined) return problems;
  const shares = isRead && problems.length === 0 ? sharesOf(request) : undefined;
  return [...problems, ...winnerProblems(winner, unread.has('channel') ? undefined : channel, shares)];
}

function defined(
  request: CreateCampaign,
  said: Said,
  schedule: Schedule,
  policy: CampaignPolicy,
  defaults: ReadonlyMap<string, string>,
): Definition {
  const { segment, channel = 'push', purpose = 'informational', winner, coupon } = request;
  const rate = storedRate(request);
  const shares = sharesOf(request);
  const contents = contentsOf(said);
  const variants = shares.variants.map(
    (share, index): Variant => ({ ...share, content: contents[index] ?? {} }),
  );
  return {
    name: request.name ?? madeName(said),
    segment,
    channel,
    purpose,
    variants,
    holdout: shares.holdout,
    ...(winner === undefined ? {} : { winner: winnerOf(winner) }),
    schedule,
    ...(rate === undefined ? {} : { ratePerMinute: rate }),
    policy,
    missing: request.missing ?? 'skip',
    defaults: Object.fromEntries(defaults),
    ...(coupon === undefined ? {} : { coupon: { pool: coupon.pool } }),
    ...deliveryOf(request),
  };
}
