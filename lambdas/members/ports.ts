import type { AttributeType, KnownAttribute } from './attributes/known-attribute.ts';
import type { MemberEndpoints } from './endpoints.ts';
import type { Member } from './member.ts';
import type { BrowserState } from './state/browser-state.ts';
import type { MemberState, Span } from './state/member-state.ts';

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

/** Rows of member state: of members by userId, of browsers and apps by anonymous_id. */
export interface StateRows {
  readonly members: ReadonlyMap<string, MemberState>;
  /** What was done there without a name. */
  readonly browsers: ReadonlyMap<string, BrowserState>;
  /** Who were named there. */
  readonly namings: ReadonlyMap<string, BrowserNamings>;
}
export type StateKeys = { readonly [Kind in keyof StateRows]?: readonly string[] };

export interface BrowserNamings {
  readonly userIds: readonly string[];
  /** More members were named there than are told, or as many as may be. */
  readonly isFull: boolean;
  /** When those were named whose own state has what was theirs, and does not name the browser any more. */
  readonly settled: ReadonlyMap<string, readonly Span[]>;
}

export interface StateStore {
  /** Keys of a kind are distinct; those without a row are left out. */
  read(keys: StateKeys): Promise<StateRows>;
  /** Each of these rows has one writer: the consumer of the lane that its person's events take. */
  write(rows: Partial<Omit<StateRows, 'namings'>>): Promise<void>;
  /** Notes that the member was named in the browser, any number of times; refused (undefined) where too many others were. */
  join(anonymousId: string, userId: string): Promise<BrowserNamings | undefined>;
  /** Notes that the member's own state has, from now on, what was theirs there until the last of the namings. */
  settle(anonymousId: string, userId: string, namings: readonly Span[]): Promise<void>;
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
