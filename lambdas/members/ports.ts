import type { AttributeType, KnownAttribute } from './attributes/known-attribute.ts';
import type { MemberEndpoints } from './endpoints.ts';
import type { Member } from './member.ts';
import type { MemberState } from './state/member-state.ts';

export interface MemberStore {
  /** Those of the members that exist, as last written. */
  getAll(userIds: readonly string[]): Promise<Map<string, Member>>;
  /** Writes the member if its stored version is `expecting` (0: there is none); false when somebody else was faster. */
  put(member: Member, expecting: number): Promise<boolean>;
}

/** Why the engine did not take a member's endpoints; `unavailable` may be tried again. */
export interface EndpointFailure {
  readonly code: 'unavailable' | 'unprocessable';
  readonly message: string;
}

export interface EndpointRegistry {
  /** Updates endpoints; answers the members that failed. */
  update(members: readonly MemberEndpoints[]): Promise<Map<string, EndpointFailure>>;
}

/** Rows of member state by key, `u#<userId>` or `a#<anonymousId>`; each key has one writer. */
export interface StateStore {
  getAll(keys: readonly string[]): Promise<Map<string, MemberState>>;
  putAll(states: ReadonlyMap<string, MemberState>): Promise<void>;
}

/** What is new of one attribute. */
export interface AttributeNews {
  readonly types: readonly AttributeType[];
  readonly examples: readonly (string | number)[];
  /** It has too many values for any to be an example: those it had go. */
  readonly many: boolean;
}

/** Names, types and examples of the attributes that members have. */
export interface AttributeRegistry {
  /** By name. */
  all(): Promise<readonly (KnownAttribute & { readonly many: boolean })[]>;
  add(name: string, news: AttributeNews): Promise<void>;
}
