import type { CampaignLimits } from '@aws-sdk/client-pinpoint';
import { DAY_MS, HOUR_MS } from '../../shared/durations.ts';
import type { CapLimits, CapStatus } from './ports.ts';

/** A campaign that has not counted for an endpoint this long begins anew. */
const KEEP_TOTALS_MS = 400 * DAY_MS;
const KEEP_RECENT_MS = 25 * HOUR_MS;

const positive = (limit: number | undefined): number | undefined =>
  limit !== undefined && limit > 0 ? limit : undefined;

/**
 * What caps a campaign: its own values before the application's. The application's Total is the default of each
 * campaign, its Daily one count over all campaigns. Undefined when nothing caps: nothing is to be read or written then.
 */
export function capLimitsOf(
  campaign: Pick<CampaignLimits, 'Daily' | 'Total'> | undefined,
  app: Pick<CampaignLimits, 'Daily' | 'Total'> | undefined,
): CapLimits | undefined {
  const daily = positive(campaign?.Daily);
  const total = positive(campaign?.Total) ?? positive(app?.Total);
  const appDaily = positive(app?.Daily);
  if (daily === undefined && total === undefined && appDaily === undefined) return undefined;
  return {
    ...(daily === undefined ? {} : { daily }),
    ...(total === undefined ? {} : { total }),
    ...(appDaily === undefined ? {} : { appDaily }),
  };
}

/** A message that was counted for an endpoint. Campaign and run are any texts that tell them apart. */
export interface Counted {
  readonly campaign: string;
  readonly run: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What a campaign with a total has counted: its runs, at most as many as the total allows. */
export interface CampaignCount {
  readonly runs: readonly string[];
  /** When the last of them was counted, epoch milliseconds. */
  readonly at: number;
}

/** What is kept of an endpoint. */
export interface CapRow {
  /** Of the last 24 hours. */
  readonly recent: readonly Counted[];
  readonly totals: ReadonlyMap<string, CampaignCount>;
}

export const NOTHING_COUNTED: CapRow = { recent: [], totals: new Map() };

export interface Taking {
  readonly campaign: string;
  readonly run: string;
  readonly limits: CapLimits;
}

/** `counted`: the run has counted the endpoint before, and there is nothing to write. */
export type Verdict =
  | { readonly kind: 'refused'; readonly status: CapStatus }
  | { readonly kind: 'counted' }
  | { readonly kind: 'count'; readonly next: CapRow };

/** What of the row still counts at `now`. A message of a clock that is ahead counts too. */
const freshOf = ({ recent, totals }: CapRow, now: number): CapRow => ({
  recent: recent.filter(({ at }) => now - at < DAY_MS),
  totals: new Map([...totals].filter(([, { at }]) => now - at < KEEP_TOTALS_MS)),
});

/**
 * Judges one more message to an endpoint at `now` (epoch milliseconds). A day is the rolling 24 hours before it. A total
 * that is used up is told before a day that is: waiting helps only against the latter.
 */
export function judge(row: CapRow, taking: Taking, now: number): Verdict {
  const { campaign, run, limits } = taking;
  const fresh = freshOf(row, now);
  const own = fresh.recent.filter((counted) => counted.campaign === campaign);
  const runs = fresh.totals.get(campaign)?.runs ?? [];
  if (runs.includes(run) || own.some((counted) => counted.run === run)) return { kind: 'counted' };
  if (runs.length >= (limits.total ?? Number.POSITIVE_INFINITY))
    return { kind: 'refused', status: 'CAMPAIGN_CAP' };
  const inDay = limits.daily === undefined ? fresh.recent : own;
  if (inDay.length >= (limits.daily ?? limits.appDaily ?? Number.POSITIVE_INFINITY))
    return { kind: 'refused', status: 'DAILY_CAP' };
  return { kind: 'count', next: counted(fresh, taking, now) };
}

/** Adds the message to the counts that something limits. */
function counted({ recent, totals }: CapRow, { campaign, run, limits }: Taking, now: number): CapRow {
  const isDaily = limits.daily !== undefined || limits.appDaily !== undefined;
  const runs = [...(totals.get(campaign)?.runs ?? []), run];
  return {
    recent: isDaily ? [...recent, { campaign, run, at: now }] : recent,
    totals: limits.total === undefined ? totals : new Map(totals).set(campaign, { runs, at: now }),
  };
}

/** When a row that is written at `now` (epoch milliseconds) says nothing any more, in epoch seconds. */
export const expiryOf = ({ totals }: CapRow, now: number): number =>
  Math.ceil((now + (totals.size > 0 ? KEEP_TOTALS_MS : KEEP_RECENT_MS)) / 1000);
