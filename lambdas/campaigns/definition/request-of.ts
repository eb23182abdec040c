import type { CreateCampaign, ScheduleRequest } from '../../../schemas/campaigns/generated/requests.js';
import type { Definition } from '../campaign.ts';
import type { Content, Variant } from '../content.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { percentOf } from '../variants/shares.ts';

/**
 * A definition in the words of POST /v1/campaigns, every default said. Asked for again, it is the same definition: what a
 * clone and an edit begin from, and what people read. Pure.
 */
export function requestOf(definition: Definition): CreateCampaign {
  const { name, segment, channel, purpose, variants, holdout, winner, ratePerMinute, policy } = definition;
  const schedule = scheduleRequestOf(definition.schedule);
  return {
    segment,
    name,
    channel,
    ...contentsOf(variants),
    purpose,
    holdout: percentOf(holdout),
    ...(winner === undefined ? {} : { winner: { ...winner, testShare: percentOf(winner.testShare) } }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(ratePerMinute === undefined ? {} : { ratePerMinute: ratePerMinute === 0 ? 'max' : ratePerMinute }),
    ...(policy.ownOptOutText && policy.optOutText !== undefined ? { optOutText: policy.optOutText } : {}),
    night: policy.night,
    ...(policy.caps === undefined ? {} : { caps: policy.caps }),
    missing: definition.missing,
    defaults: { ...definition.defaults },
    ...(definition.coupon === undefined ? {} : { coupon: definition.coupon }),
    ...deliveryOf(definition),
  } as CreateCampaign;
}

type Said = Pick<CreateCampaign, 'variants'> & Content;

/** What all variants say alike is said once. */
function contentsOf(variants: readonly Variant[]): Said {
  const [first, ...others] = variants;
  if (first === undefined || others.length === 0) return first?.content ?? {};
  const parts = Object.entries(first.content) as [keyof Content, unknown][];
  const alike = parts.filter(([part, value]) =>
    others.every(({ content }) => JSON.stringify(content[part]) === JSON.stringify(value)),
  );
  const shared = new Set<string>(alike.map(([part]) => part));
  return {
    ...Object.fromEntries(alike),
    variants: variants.map(({ name, weight, content }) => ({
      name,
      weight: percentOf(weight),
      ...Object.fromEntries(Object.entries(content).filter(([part]) => !shared.has(part))),
    })),
  } as Said;
}

/** Undefined: now. */
export function scheduleRequestOf(schedule: Schedule): ScheduleRequest | undefined {
  if (schedule.kind === 'now') return undefined;
  if (schedule.kind === 'at') return { at: schedule.at };
  const { cycle, time, from, until, timeZone } = schedule;
  const { unit, every } = cycle;
  return {
    unit,
    every,
    ...(cycle.unit === 'week' ? { weekdays: [...cycle.weekdays] } : {}),
    ...(cycle.unit === 'month' ? { day: cycle.day } : {}),
    time,
    from,
    ...(until === undefined ? {} : { until }),
    timeZone,
  };
}

function deliveryOf(definition: Definition): Pick<CreateCampaign, 'webhook' | 'custom'> {
  const { channel, deliveryUri, deliveryTo } = definition;
  if (deliveryUri === undefined) return {};
  const to = deliveryTo === undefined ? {} : { endpoints: [...deliveryTo] };
  return channel === 'webhook'
    ? { webhook: { url: deliveryUri, ...to } }
    : { custom: { functionName: deliveryUri, ...to } };
}
