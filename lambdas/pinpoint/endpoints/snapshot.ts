import type { DottedValues } from '../ports.ts';
import { type Dotted, split, text } from './dotted.ts';
import { addressOf, applied, changeOf } from './merge.ts';
import type { AddressKey, Change, EndpointRows, UserRow } from './ports.ts';

/** One endpoint of a request, made ready: what changes, and what the endpoint will be. */
export interface Update {
  readonly id: string;
  readonly change: Change;
  /** The user's attributes to merge; empty without a user. */
  readonly userChange: Change;
  readonly userId: string | undefined;
  /** Set only where the endpoint has none. */
  readonly initial: Dotted;
}

/**
 * What is known of the rows that a batch touches. It is read once, and each update writes what it did back here, so
 * that the next one of the same user sees it.
 */
export interface Snapshot {
  readonly endpoints: Map<string, DottedValues>;
  readonly users: Map<string, UserRow>;
  readonly holders: Map<string, string | undefined>;
}

export const addressText = ({ channel, address }: AddressKey): string => `${channel}#${address}`;

/** The endpoint after the update, as far as `before` is still right. */
export const afterOf = (before: DottedValues | undefined, update: Update): DottedValues => ({
  ...update.initial,
  ...applied(before, update.change),
});

/**
 * Makes an update of the values that a request supplies.
 *
 * An update makes an endpoint ACTIVE unless it says otherwise (pinpoint.md §2.2). A user's attributes belong to its
 * user; an endpoint without one keeps them itself.
 */
export function updateOf(
  id: string,
  supplied: Dotted,
  before: DottedValues | undefined,
  moment: { now: number; requestId: string; cohortId: string },
): Update {
  const { own, user } = split(supplied);
  const now = new Date(moment.now).toISOString();
  const userId = text(own, 'User.UserId') ?? text(before, 'User.UserId');
  const values: Dotted = {
    EndpointStatus: 'ACTIVE',
    EffectiveDate: now,
    RequestId: moment.requestId,
    ...own,
    ...(userId === undefined ? user : {}),
  };
  return {
    id,
    change: changeOf(values),
    userChange: changeOf(userId === undefined ? {} : user),
    userId,
    initial: {
      CreationDate: now,
      CohortId: moment.cohortId,
      ...(own['OptOut'] === undefined ? { OptOut: 'NONE' } : {}),
    },
  };
}

/** Reads, in three rounds at most, all rows that the updates depend on. */
export async function readSnapshot(
  rows: EndpointRows,
  endpoints: Map<string, DottedValues>,
  updates: readonly Update[],
): Promise<Snapshot> {
  const userIds = updates.flatMap(({ userId }) => (userId === undefined ? [] : [userId]));
  const addresses = updates.flatMap((update) => addressOf(afterOf(endpoints.get(update.id), update)) ?? []);
  const [users, holders] = await Promise.all([rows.users(userIds), rows.holders(addresses)]);
  return {
    endpoints,
    users,
    holders: new Map(addresses.map((address, index) => [addressText(address), holders[index]])),
  };
}
