import type { AttributeValue } from './member.ts';

export interface ScannedMember {
  readonly userId: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** Which part of the members, and what of them. */
export interface AskedScan {
  /** From 0. */
  readonly part: number;
  readonly parts: number;
  /** As rules name them (`ruleAttributes`). */
  readonly attributes: readonly string[];
}

/** Reads all members with some of their attributes. */
export interface MemberScan {
  /** Part `part` of `parts` of all members, page by page; the parts together are everyone, once. */
  scan(asked: AskedScan): AsyncIterable<readonly ScannedMember[]>;
}

/** One member, with all attributes. */
export interface MemberRows {
  /** Undefined when there is no such member. */
  row(userId: string): Promise<ScannedMember | undefined>;
}
