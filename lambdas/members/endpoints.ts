/** What the engine is told of a member. Pure. */
import type { EndpointBatchItem } from '@aws-sdk/client-pinpoint';
import type { EndpointAddress } from './addresses.ts';
import type { Member } from './member.ts';
import { userAttributes } from './user-attributes.ts';

/** The endpoints of one member, to be updated together. */
export interface MemberEndpoints {
  readonly userId: string;
  readonly items: readonly EndpointBatchItem[];
}

/** Every address of the member as an active endpoint, and those that went away as inactive ones. */
export function memberEndpoints(member: Member, addresses: readonly EndpointAddress[]): MemberEndpoints {
  const user = { UserId: member.userId, UserAttributes: attributesWithRemovals(member) };
  const demographic = demographicOf(member);
  const live = addresses.map(({ id, channel, address }) => ({
    Id: id,
    ChannelType: channel,
    Address: address,
    EndpointStatus: 'ACTIVE',
    // Pinpoint's OptOut knows no purposes: whether advertising may go there is judged at delivery, by consent (spec §4).
    OptOut: 'NONE',
    User: user,
    ...(demographic === undefined ? {} : { Demographic: demographic }),
  }));
  const gone = member.retired.endpoints.map(({ id, channel }) => ({
    Id: id,
    ChannelType: channel,
    EndpointStatus: 'INACTIVE',
    User: user,
  }));
  return { userId: member.userId, items: [...live, ...gone] };
}

/** Pinpoint keeps what an update does not name; an empty list takes an attribute's values away. */
const attributesWithRemovals = (member: Member): Record<string, string[]> => ({
  ...Object.fromEntries(member.retired.attributes.map((name) => [name, []])),
  ...userAttributes(member),
});

/** Pinpoint writes locales with an underscore. */
function demographicOf({ texts }: Member): { Locale?: string; Timezone?: string } | undefined {
  if (!texts.locale && !texts.timeZone) return undefined;
  return {
    ...(texts.locale ? { Locale: texts.locale.replaceAll('-', '_') } : {}),
    ...(texts.timeZone ? { Timezone: texts.timeZone } : {}),
  };
}
