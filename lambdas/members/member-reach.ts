import type { Consents } from './member.ts';

/** Whether, and by which clock, a member may be written to. */
export interface MemberReach {
  readonly consents: Consents;
  /** IANA. */
  readonly timeZone?: string;
}

/** What delivery asks of members, as they are at that moment. */
export interface MemberReaches {
  /** By userId; members there are no more are left out. Ids may repeat. */
  batch(userIds: readonly string[]): Promise<Map<string, MemberReach>>;
}
