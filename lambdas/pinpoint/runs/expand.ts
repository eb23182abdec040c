import { USER_ID } from '../../shared/rendering/variables.ts';
import { BUCKETS, bucketOf, type Share, shareOf } from '../campaigns/split.ts';
import { HOLDOUT, OUTSIDE } from '../campaigns/treatments.ts';
import type { DottedValues, SegmentLine, UserEndpoint, UserWithEndpoints } from '../ports.ts';
import type { MetricName, ResolvedReason } from './metrics.ts';
import type { Entry, Lot, SkippedEntry } from './run.ts';

/** A recipient, the lot it belongs to, and its address as it is known now. */
export interface Recipient {
  readonly lot: Lot;
  readonly entry: Entry;
  readonly address: string;
}

/** Somebody who gets nothing, and the treatment and channel kind that would have been theirs. */
export interface Skip {
  readonly treatmentId: string;
  readonly kind: string;
  readonly entry: SkippedEntry;
}

/** Endpoints that the lines of a segment yield, sorted out. */
export interface Expansion {
  readonly recipients: readonly Recipient[];
  readonly skipped: readonly Skip[];
  readonly metrics: Readonly<Record<string, number>>;
}

/** When an endpoint of a time zone gets its message (epoch milliseconds), or why it gets none. */
export type StartOf = (
  zone: string | undefined,
) => { readonly startAt: number } | { readonly reason: ResolvedReason };

/** What decides about an endpoint, the same for the whole run. */
export interface Audience {
  /** The channel kind by which a treatment says something to a channel type; undefined when it does not. */
  readonly kindOf: (treatmentId: string, channelType: string) => string | undefined;
  /** Dotted names of user attributes that entries carry. */
  readonly userNames: readonly string[];
  /** Key of the split (spec §4, "A/B/N") and its shares in order; `holdout` gets nothing, who is in none is no recipient. */
  readonly stableKey: string;
  readonly shares: readonly Share[];
  /** Under this treatment the held out are told in the ledger. */
  readonly standardTreatment: string;
  /** For runs at local time. */
  readonly startOf?: StartOf | undefined;
}

/** What was read for a group of lines. */
export interface Known {
  readonly users: ReadonlyMap<string, UserWithEndpoints>;
  /** Demographic.Timezone by endpoint id; only for runs at local time. */
  readonly zones?: ReadonlyMap<string, string> | undefined;
}

/** Why an endpoint is no recipient (pinpoint.md §2.2, "Message eligibility"); undefined when it is one. */
function ineligible(endpoint: UserEndpoint): ResolvedReason | undefined {
  if (endpoint.status !== 'ACTIVE') return 'ENDPOINT_INACTIVE';
  if (endpoint.optOut !== 'NONE') return 'ENDPOINT_OPT_OUT';
  return endpoint.address ? undefined : 'ENDPOINT_MISSING_ADDRESS';
}

const memberOf = (line: SegmentLine): string => ('e' in line ? (line.u ?? line.e) : line.u);

/** The lines of those whom the split gives to this run, before anything is read for them. */
export function withinSplit(
  lines: readonly SegmentLine[],
  { stableKey, shares }: Pick<Audience, 'stableKey' | 'shares'>,
): readonly SegmentLine[] {
  const within = shares.filter(({ id }) => id !== OUTSIDE).reduce((sum, { buckets }) => sum + buckets, 0);
  if (within >= BUCKETS) return lines;
  return lines.filter((line) => {
    const share = shareOf(bucketOf(stableKey, memberOf(line)), shares);
    return share !== undefined && share !== OUTSIDE;
  });
}

/** Sorts out one group of lines within the split. A pure function. */
export function expand(lines: readonly SegmentLine[], known: Known, audience: Audience): Expansion {
  const sorting = new Sorting(known, audience);
  for (const line of lines) {
    if ('e' in line) {
      sorting.consider(
        { id: line.e, channel: line.c, address: line.a, status: 'ACTIVE', optOut: 'NONE' },
        line.u,
      );
      continue;
    }
    const user = known.users.get(line.u);
    if (!user || user.endpoints.length === 0) sorting.count('USER_WITHOUT_ENDPOINT');
    for (const endpoint of user?.endpoints ?? []) {
      sorting.count('ENDPOINTS_FROM_USER');
      sorting.consider(endpoint, line.u);
    }
  }
  return sorting;
}

class Sorting implements Expansion {
  readonly recipients: Recipient[] = [];
  readonly skipped: Skip[] = [];
  readonly metrics: Record<string, number> = {};
  readonly #known: Known;
  readonly #audience: Audience;

  constructor(known: Known, audience: Audience) {
    this.#known = known;
    this.#audience = audience;
  }

  count(metric: MetricName | ResolvedReason): void {
    this.metrics[metric] = (this.metrics[metric] ?? 0) + 1;
  }

  consider(endpoint: UserEndpoint, userId: string | undefined): void {
    this.count('ENDPOINT_PRODUCED');
    const { kindOf, stableKey, shares, standardTreatment } = this.#audience;
    const share = shareOf(bucketOf(stableKey, userId ?? endpoint.id), shares) ?? OUTSIDE;
    const kind = endpoint.channel && kindOf(share, endpoint.channel);
    if (!endpoint.channel || !kind) {
      // Of another channel: not a recipient of this message, so it is counted but not in the ledger.
      this.count(endpoint.channel ? 'ENDPOINT_CHANNEL_MISMATCH' : 'ENDPOINT_MISSING_CHANNEL');
      return;
    }
    const treatmentId = share === HOLDOUT ? standardTreatment : share;
    const who = { e: endpoint.id, ...(userId === undefined ? {} : { u: userId }), c: endpoint.channel };
    const start = this.#audience.startOf?.(this.#known.zones?.get(endpoint.id));
    const reason =
      ineligible(endpoint) ??
      (share === HOLDOUT ? HELD_OUT : undefined) ??
      (start && 'reason' in start ? start.reason : undefined);
    if (reason) {
      this.skipped.push({ treatmentId, kind, entry: { ...who, r: reason } });
      this.count(reason === HELD_OUT ? 'TREATMENT_HOLDOUT' : reason);
      return;
    }
    this.recipients.push({
      lot: { kind, treatmentId, ...(start && 'startAt' in start ? start : {}) },
      entry: { ...who, ...this.#carried(userId) },
      address: endpoint.address ?? '',
    });
  }

  /** The values that the entry of a user carries, in the order of the plan's names. */
  #carried(userId: string | undefined): Pick<Entry, 'v'> {
    const { userNames } = this.#audience;
    if (userNames.length === 0) return {};
    const values = userId === undefined ? undefined : this.#known.users.get(userId)?.values;
    return { v: userNames.map((name) => values?.[name] ?? null) };
  }
}

const HELD_OUT = 'HOLDOUT';

/** An endpoint's values and those of its entry, by their dotted names, as templates read them. */
export function valuesWith(own: DottedValues, entry: Entry, userNames: readonly string[]): DottedValues {
  const values = { ...own };
  if (entry.u !== undefined) values[USER_ID] = entry.u;
  for (const [index, name] of userNames.entries()) {
    const value = entry.v?.[index];
    if (value !== null && value !== undefined) values[name] = value;
  }
  return values;
}

/** The users whose rows a group of lines needs: of user lines always, of endpoint lines when the message names their attributes. */
export function usersNeeded(lines: readonly SegmentLine[], userNames: readonly string[]): string[] {
  return lines.flatMap((line) => {
    if ('e' in line) return line.u !== undefined && userNames.length > 0 ? [line.u] : [];
    return [line.u];
  });
}

/** The endpoints that a group of lines names or yields. */
export function endpointsOf(
  lines: readonly SegmentLine[],
  users: ReadonlyMap<string, UserWithEndpoints>,
): string[] {
  return lines.flatMap((line) =>
    'e' in line ? [line.e] : (users.get(line.u)?.endpoints.map(({ id }) => id) ?? []),
  );
}
