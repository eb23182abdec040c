import type { DottedValues } from '../ports.ts';
import type { Dotted } from './dotted.ts';

/** What a user's row keeps of each of its endpoints: channel, address, status, opt-out. */
export interface UserEntry {
  readonly c?: string;
  readonly a?: string;
  readonly s: 'ACTIVE' | 'INACTIVE';
  readonly o: 'ALL' | 'NONE';
}

export interface UserRow {
  /** `User.UserAttributes.<name>` values. */
  readonly attributes: DottedValues;
  readonly endpoints: Readonly<Record<string, UserEntry>>;
}

/** An address on a channel, which at most one active endpoint of an application has. */
export interface AddressKey {
  readonly channel: string;
  readonly address: string;
}

/** Values to set, and names to remove. */
export interface Change {
  readonly set: Dotted;
  readonly remove: readonly string[];
}

/**
 * The rows of one application's endpoints, users and addresses. Each write touches one row; every one may be repeated
 * with the same result.
 */
export interface EndpointRows {
  endpoints(ids: readonly string[]): Promise<Map<string, DottedValues>>;
  users(ids: readonly string[]): Promise<Map<string, UserRow>>;
  /** The endpoints that hold the addresses, in the addresses' order. */
  holders(addresses: readonly AddressKey[]): Promise<readonly (string | undefined)[]>;

  /** Merges into the endpoint, creating it; `initial` values are set where there are none. Returns what it was. */
  mergeEndpoint(id: string, change: Change, initial: Dotted): Promise<DottedValues | undefined>;
  /** Sets INACTIVE unless the endpoint is gone or has (when given) another address by now. Returns what it is then. */
  deactivate(id: string, address?: AddressKey): Promise<DottedValues | undefined>;
  /** Gives the endpoint another address on its channel if it still has `from`. Returns what it is then. */
  readdress(id: string, from: AddressKey, to: string): Promise<DottedValues | undefined>;
  /** Takes the endpoint from its user and sets it INACTIVE. */
  orphan(id: string, userId: string): Promise<void>;
  deleteEndpoint(id: string): Promise<void>;

  /**
   * Merges attributes and the endpoint's entry into the user, creating it; false when the user has 15 other endpoints.
   * `isNew`: no endpoint of the user was seen, which only decides what is tried first.
   */
  mergeUser(
    userId: string,
    change: Change,
    endpointId: string,
    entry: UserEntry,
    isNew: boolean,
  ): Promise<boolean>;
  setEntryStatus(userId: string, endpointId: string, status: UserEntry['s']): Promise<void>;
  /** Gives the endpoint's entry another address if it still has `from`. */
  readdressEntry(userId: string, endpointId: string, from: AddressKey, to: string): Promise<void>;
  removeEntry(userId: string, endpointId: string): Promise<void>;
  deleteUser(userId: string): Promise<void>;

  /** Makes the endpoint the address's holder; returns the holder before. */
  takeAddress(address: AddressKey, endpointId: string): Promise<string | undefined>;
  /** Frees the address if the endpoint holds it. */
  releaseAddress(address: AddressKey, endpointId: string): Promise<void>;
}

export type RowsOf = (appId: string) => EndpointRows;
