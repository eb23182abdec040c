import { addressesOf } from './addresses.ts';
import type { ConsentChannel, Member } from './member.ts';
import type { MemberReach } from './member-reach.ts';
import { userAttributes } from './user-attributes.ts';

/** By which channels a member could be written to, as the engine would be told. */
export interface MemberProfile extends MemberReach {
  /** Endpoints by channel. */
  readonly addresses: Readonly<Record<ConsentChannel, number>>;
  /** Pinpoint's user attributes, lists of texts by name; empty unless they are asked for. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

export type ProfiledMember = Pick<Member, 'userId' | 'texts' | 'pushTokens' | 'consents'> &
  Partial<Pick<Member, 'attributes'>>;

export interface MemberProfiles {
  /** By userId; members there are no more are left out. Ids may repeat. */
  batch(
    userIds: readonly string[],
    asked: { readonly attributes: boolean },
  ): Promise<Map<string, MemberProfile>>;
}

export function profileOf(member: ProfiledMember): MemberProfile {
  const { consents, texts, attributes } = member;
  // Endpoints are counted, not named: a token's fingerprint would be work for nothing.
  const channels = addressesOf(member, () => '').map(({ consent }) => consent);
  const count = (channel: ConsentChannel) => channels.filter((one) => one === channel).length;
  return {
    consents,
    addresses: { push: count('push'), email: count('email'), sms: count('sms'), kakao: count('kakao') },
    attributes: attributes === undefined ? {} : userAttributes({ attributes, texts }),
    ...(texts.timeZone === undefined ? {} : { timeZone: texts.timeZone }),
  };
}
