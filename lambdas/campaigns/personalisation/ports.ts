import type { DottedValues } from '../../shared/rendering/part.ts';

/** A product as it is sold now. Prices are of one piece, in the ISO 4217 currency; addresses are https. */
export interface Product {
  readonly name?: string;
  readonly price?: number;
  readonly currency?: string;
  readonly imageUrl?: string;
  readonly mobileUrl?: string;
  readonly pcUrl?: string;
}

/** Products by item id. What it knows of one goes before what events told of it. */
export interface ProductCatalogue {
  of(itemIds: readonly string[]): Promise<ReadonlyMap<string, Product>>;
}

/** A member whose values are asked for; `locale` (BCP 47 or Pinpoint's spelling) decides how amounts are written. */
export interface ValuedMember {
  readonly userId: string;
  readonly locale?: string;
}

/** Values that nobody but us knows of members, by dotted name: those that a member lacks are left out. */
export interface PersonalValues {
  of(members: readonly ValuedMember[], names: readonly string[]): Promise<ReadonlyMap<string, DottedValues>>;
}

/** An endpoint with the values that its texts may read, as the engine holds them. */
export interface MemberEndpoint {
  readonly id: string;
  readonly channelType: string;
  readonly address: string;
  /** Whether the engine would send to it: ACTIVE and not opted out. */
  readonly reachable: boolean;
  readonly values: DottedValues;
}

export interface MemberEndpoints {
  /** Undefined when the engine has no such user. */
  of(userId: string): Promise<readonly MemberEndpoint[] | undefined>;
}

/** Attributes of members by dotted name (`User.UserAttributes.…`), as messages show them. */
export interface MemberAttributes {
  /** Members who do not exist are left out; `names` that are no attributes are ignored. */
  batch(userIds: readonly string[], names: readonly string[]): Promise<ReadonlyMap<string, DottedValues>>;
}
