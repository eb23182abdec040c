/** The addresses of a member as endpoints are named (Pinpoint's word for one address on one channel). Pure. */
import type { ConsentChannel, EndpointChannel, Member } from './member.ts';

export interface EndpointAddress {
  /** `email:<userId>`, `sms:<userId>`, `kakao:<userId>`, `push:<userId>:<fingerprint of the token>`. */
  readonly id: string;
  readonly channel: EndpointChannel;
  readonly address: string;
  /** Whose consent counts for it. */
  readonly consent: ConsentChannel;
}

const PUSH_CHANNELS = { FCM: 'GCM', APNS: 'APNS' } as const;

/** All endpoints of a member. `fingerprint` shortens a push token to eight hexadecimal digits. */
export function addressesOf(
  member: Pick<Member, 'userId' | 'texts' | 'pushTokens' | 'consents'>,
  fingerprint: (token: string) => string,
): EndpointAddress[] {
  const { userId, texts, pushTokens } = member;
  const addresses: EndpointAddress[] = pushTokens.map(({ platform, token }) => ({
    id: `push:${userId}:${fingerprint(token)}`,
    channel: PUSH_CHANNELS[platform],
    address: token,
    consent: 'push',
  }));
  if (texts.email)
    addresses.push({ id: `email:${userId}`, channel: 'EMAIL', address: texts.email, consent: 'email' });
  if (texts.phone)
    addresses.push({ id: `sms:${userId}`, channel: 'SMS', address: texts.phone, consent: 'sms' });
  const kakao = kakaoAddress(member);
  if (kakao !== undefined)
    addresses.push({ id: `kakao:${userId}`, channel: 'CUSTOM', address: kakao, consent: 'kakao' });
  return addresses;
}

/** Kakao is reached by its id, or by the phone number of a member who was asked about Kakao. */
const kakaoAddress = ({ texts, consents }: Pick<Member, 'texts' | 'consents'>): string | undefined =>
  texts.kakaoId ?? (consents.kakao === undefined ? undefined : texts.phone);
