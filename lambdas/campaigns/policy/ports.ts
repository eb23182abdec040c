import type { MemberReach } from '../../members/index.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import type { Definition } from '../campaign.ts';
import type { Needs } from '../personalisation/needs.ts';
import type { Contacts } from './caps.ts';
import type { HookEvent } from './hook.ts';

/** A member's row; `revision` grows with each write. */
export interface ContactRow {
  readonly contacts: Contacts;
  readonly revision: number;
}

/** Which sends had a message for a member lately. */
export interface ContactStore {
  /** Rows of those members that have one. `consistent`: as they are now; otherwise they may lag by what was just written. */
  batch(userIds: readonly string[], read: { readonly consistent: boolean }): Promise<Map<string, ContactRow>>;
  /**
   * Writes the member's contacts if the row has the revision `expecting` (0: there is none); false when somebody else was
   * faster. The row may go when its contacts count no more.
   */
  put(userId: string, contacts: Contacts, expecting: number): Promise<boolean>;
}

/** Takes a member out of the counts (spec §1, erasure). */
export interface ContactEraser {
  /** Safe to repeat. */
  forget(userId: string): Promise<void>;
}

/** The send that a Pinpoint campaign is a run of, and what it says. */
export interface AskedSend {
  readonly campaignId: string;
  readonly sendId: string;
  readonly says: Definition;
  /** Values that every member has in it, by dotted name. */
  readonly given?: DottedValues;
}

export interface SendFinder {
  /** A test send is answered as `saysInTest` has it. Throws when the Pinpoint campaign is none of ours. */
  find(applicationId: string, pinpointCampaignId: string): Promise<AskedSend>;
}

/** What the texts of a message need of each member; `required` are those that nothing stands in for. */
export interface TextNeeds {
  of(says: Definition, event: HookEvent): Promise<Needs>;
}

export interface Reaches {
  /** By userId; members there are no more are left out. */
  batch(userIds: readonly string[]): Promise<ReadonlyMap<string, MemberReach>>;
}
