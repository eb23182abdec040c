import { bucketOf, type Share, shareOf } from '../campaigns/split.ts';
import { kindOfType } from '../channels/registry.ts';
import { USER_ID } from '../delivery/variables.ts';
import type { SegmentLine, UserEndpoint, UserWithEndpoints } from '../ports.ts';
import type { Entry, SkippedEntry } from './run.ts';

/** Endpoints that the lines of a segment yield, sorted out. */
export interface Expansion {
  /** Recipients by channel kind. */
  readonly entries: readonly { readonly kind: string; readonly entry: Entry }[];
  readonly skipped: readonly SkippedEntry[];
  readonly metrics: Readonly<Record<string, number>>;
}

/** What decides about an endpoint, the same for the whole run. */
export interface Audience {
  /** Channel types the message says something to. */
  readonly channelTypes: ReadonlySet<string>;
  /** Dotted names of user attributes that entries carry. */
  readonly userNames: readonly string[];
  /** Key of the split (spec §4, "A/B/N") and its shares in order; `holdout` gets nothing. */
  readonly stableKey: string;
  readonly shares: readonly Share[];
}

export const HOLDOUT = 'holdout';

/** Why an endpoint is no recipient (pinpoint.md §2.2, "Message eligibility"); undefined when it is one. */
function ineligible(endpoint: UserEndpoint): string | undefined {
  if (endpoint.status !== 'ACTIVE') return 'ENDPOINT_INACTIVE';
  if (endpoint.optOut !== 'NONE') return 'ENDPOINT_OPT_OUT';
  return endpoint.address ? undefined : 'ENDPOINT_MISSING_ADDRESS';
}

const heldOut = ({ stableKey, shares }: Audience, memberId: string): string | undefined =>
  shareOf(bucketOf(stableKey, memberId), shares) === HOLDOUT ? 'HOLDOUT' : undefined;

/** Sorts out one group of lines; `users` holds what was read of their users. A pure function. */
export function expand(
  lines: readonly SegmentLine[],
  users: ReadonlyMap<string, UserWithEndpoints>,
  audience: Audience,
): Expansion {
  const entries: { kind: string; entry: Entry }[] = [];
  const skipped: SkippedEntry[] = [];
  const metrics: Record<string, number> = {};
  const count = (metric: string): void => {
    metrics[metric] = (metrics[metric] ?? 0) + 1;
  };

  const consider = (endpoint: UserEndpoint, userId: string | undefined): void => {
    count('ENDPOINT_PRODUCED');
    const kind = kindOfType(endpoint.channel ?? '');
    if (!endpoint.channel || !kind || !audience.channelTypes.has(endpoint.channel)) {
      // Of another channel: not a recipient of this message, so it is counted but not in the ledger.
      count(endpoint.channel ? 'ENDPOINT_CHANNEL_MISMATCH' : 'ENDPOINT_MISSING_CHANNEL');
      return;
    }
    const who = { e: endpoint.id, ...(userId === undefined ? {} : { u: userId }), c: endpoint.channel };
    const reason = ineligible(endpoint) ?? heldOut(audience, userId ?? endpoint.id);
    if (reason) {
      skipped.push({ ...who, r: reason });
      count(reason === 'HOLDOUT' ? 'TREATMENT_HOLDOUT' : reason);
      return;
    }
    const values = userId === undefined ? undefined : users.get(userId)?.values;
    entries.push({ kind: kind.name, entry: { ...who, ...carried(audience.userNames, values) } });
  };

  for (const line of lines) {
    if ('e' in line) {
      consider({ id: line.e, channel: line.c, address: line.a, status: 'ACTIVE', optOut: 'NONE' }, line.u);
      continue;
    }
    const user = users.get(line.u);
    if (!user || user.endpoints.length === 0) count('USER_WITHOUT_ENDPOINT');
    for (const endpoint of user?.endpoints ?? []) {
      count('ENDPOINTS_FROM_USER');
      consider(endpoint, line.u);
    }
  }
  return { entries, skipped, metrics };
}

function carried(
  names: readonly string[],
  values: UserWithEndpoints['values'] | undefined,
): Pick<Entry, 'v'> {
  return names.length === 0 ? {} : { v: names.map((name) => values?.[name] ?? null) };
}

/** The values of an entry by their dotted names, as templates read them. */
export function valuesOf(
  entry: Entry,
  userNames: readonly string[],
): Record<string, string | number | readonly string[]> {
  const values: Record<string, string | number | readonly string[]> = {};
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
