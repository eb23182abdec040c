import type { AttributeValue } from './member.ts';

export interface ScannedMember {
  readonly userId: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** Reads all members with their custom attributes. */
export interface MemberScan {
  /** Part `part` (from 0) of `parts` of all members, page by page; the parts together are everyone, once. */
  scan(part: number, parts: number): AsyncIterable<readonly ScannedMember[]>;
}
