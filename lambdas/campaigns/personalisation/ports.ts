import type { EndpointResponse } from '@aws-sdk/client-pinpoint';
import type { DottedValues } from '../../shared/rendering/part.ts';
import type { Definition } from '../campaign.ts';
import type { Judgement } from '../policy/judge.ts';

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

/** An endpoint as the engine holds it. */
export interface HeldEndpoint {
  readonly id: string;
  /** Pinpoint's ChannelType. */
  readonly channelType: string;
  /** Whether the engine would send to it: ACTIVE and not opted out. */
  readonly reachable: boolean;
  /** All that texts may read of it. */
  readonly endpoint: EndpointResponse;
}

export interface HeldEndpoints {
  /** Undefined when the engine has no such user. */
  of(userId: string): Promise<readonly HeldEndpoint[] | undefined>;
}

/** What the advertising rules say of one member now. */
export interface MemberPolicy {
  /** `endpoint`: the one that the message would go to. */
  judge(userId: string, endpoint: EndpointResponse, says: Definition, now: number): Promise<Judgement>;
}

/** Lists of testers where the engine's import may read them. */
export interface TesterLists {
  /** Writes the lines of an import; answers their prefix, `s3://bucket/prefix/`. */
  write(key: string, lines: string): Promise<string>;
}
