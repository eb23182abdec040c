import type { Channel } from './content.ts';

/** Which addresses of a member a campaign goes to. Pure. */

export const ADDRESSES = ['push', 'email', 'sms', 'kakao'] as const;
export type AddressKind = (typeof ADDRESSES)[number];

interface Addressing {
  readonly channel: Channel;
  readonly deliveryTo?: readonly AddressKind[];
}

/** Pinpoint's channel types of members' endpoints (lambdas/members/addresses.ts), and those an app of a test build has. */
const TYPES = {
  push: ['GCM', 'APNS', 'APNS_SANDBOX'],
  email: ['EMAIL'],
  sms: ['SMS'],
  kakao: ['CUSTOM'],
} as const;

/** A customer's own end has no addresses of its own: it is told of members by those they have, all unless it asked for some. */
export const addressedBy = ({ channel, deliveryTo }: Addressing): readonly AddressKind[] =>
  channel === 'webhook' || channel === 'custom' ? (deliveryTo ?? ADDRESSES) : [channel];

export const typesOf = (kind: AddressKind) => TYPES[kind];

/** Channel types of the endpoints that a campaign goes to. */
export const endpointTypesOf = (campaign: Addressing) => addressedBy(campaign).flatMap(typesOf);
