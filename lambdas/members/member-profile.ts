import { addressesOf } from './addresses.ts';
import { refuses } from './consents.ts';
import { CONSENT_CHANNELS, type ConsentChannel, type Member } from './member.ts';
import type { MemberReach } from './member-reach.ts';

/** By which channels a member could be written to, as the engine would be told. */
export interface MemberProfile extends MemberReach {
  /** Endpoints by channel. */
  readonly addresses: Readonly<Record<ConsentChannel, number>>;
  /** Channels closed to any message (Pinpoint's OptOut). */
  readonly refused: readonly ConsentChannel[];
}

export type ProfiledMember = Pick<Member, 'userId' | 'texts' | 'pushTokens' | 'consents'>;

export interface MemberProfiles {
  /** By userId; members there are no more are left out. Ids may repeat. */
  batch(userIds: readonly string[]): Promise<Map<string, MemberProfile>>;
}

export function profileOf(member: ProfiledMember): MemberProfile {
  const { consents, texts } = member;
  // Endpoints are counted, not named: a token's fingerprint would be work for nothing.
  const channels = addressesOf(member, () => '').map(({ consent }) => consent);
  const count = (channel: ConsentChannel) => channels.filter((one) => one === channel).length;
  return {
    consents,
    addresses: { push: count('push'), email: count('email'), sms: count('sms'), kakao: count('kakao') },
    refused: CONSENT_CHANNELS.filter((channel) => refuses(consents, channel)),
    ...(texts.timeZone === undefined ? {} : { timeZone: texts.timeZone }),
  };
}
