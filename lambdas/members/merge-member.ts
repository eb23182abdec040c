/** A member after a change (spec §2). Pure. */
import type { EndpointAddress } from './addresses.ts';
import { type AttributeValue, type Consent, type Consents, type Member, TEXT_FIELDS } from './member.ts';
import type { ConsentChange, MemberChange } from './member-change.ts';
import { userAttributes } from './user-attributes.ts';

/** How many endpoints that went away are remembered until the engine has heard of them. */
const MAX_RETIRED = 50;
/** How a consent came about when the request does not say. */
const HOW = 'api';

const NEW = {
  version: 0,
  texts: {},
  pushTokens: [],
  attributes: {},
  consents: {},
  retired: { endpoints: [], attributes: [] },
} as const;

/**
 * The member with the change applied: given fields replace, null removes, absent ones stay. What the engine must be
 * told has gone (endpoints, user attributes) is remembered in `retired` with the same write, so that a request that
 * fails after it is repaired by its repetition. `addressesOf` names the endpoints of a member.
 */
export function merged(
  stored: Member | undefined,
  userId: string,
  change: MemberChange,
  at: string,
  addressesOf: (member: Member) => readonly EndpointAddress[],
): Member {
  const before: Member = stored ?? { ...NEW, userId, createdAt: at, updatedAt: at };
  const after: Member = {
    ...before,
    version: before.version + 1,
    texts: withTexts(before, change),
    pushTokens: change.pushTokens ?? before.pushTokens,
    attributes: withAttributes(before.attributes, change.attributes),
    consents: change.consents.reduce((consents, one) => withConsent(consents, one, at), before.consents),
    updatedAt: at,
  };
  return { ...after, retired: retiredBy(before, after, addressesOf) };
}

const withTexts = (before: Member, { texts }: MemberChange): Member['texts'] =>
  Object.fromEntries(
    TEXT_FIELDS.flatMap((field) => {
      const value = texts.has(field) ? texts.get(field) : before.texts[field];
      return value == null ? [] : [[field, value]];
    }),
  );

const withAttributes = (
  before: Member['attributes'],
  change: Readonly<Record<string, AttributeValue | null>>,
): Member['attributes'] =>
  Object.fromEntries(
    Object.entries({ ...before, ...change }).filter(
      (entry): entry is [string, AttributeValue] => entry[1] !== null,
    ),
  );

function withConsent(consents: Consents, change: ConsentChange, at: string): Consents {
  const { channel, purpose, granted } = change;
  const stored = consents[channel]?.[purpose];
  // A sync that repeats what is known does not move the day on which consent was given.
  if (stored && change.at === undefined && stored.granted === granted) return consents;
  const next: Consent = { granted, at: change.at ?? at, how: change.how ?? HOW };
  if (stored && stored.at > next.at) return consents;
  return { ...consents, [channel]: { ...consents[channel], [purpose]: next } };
}

function retiredBy(
  before: Member,
  after: Member,
  addressesOf: (member: Member) => readonly EndpointAddress[],
): Member['retired'] {
  const live = new Set(addressesOf(after).map(({ id }) => id));
  const gone = [...before.retired.endpoints, ...addressesOf(before)].filter(({ id }) => !live.has(id));
  const endpoints = [...new Map(gone.map(({ id, channel }) => [id, { id, channel }])).values()];
  const names = userAttributes(after);
  const attributes = [...before.retired.attributes, ...Object.keys(userAttributes(before))].filter(
    (name) => !Object.hasOwn(names, name),
  );
  return { endpoints: endpoints.slice(-MAX_RETIRED), attributes: [...new Set(attributes)] };
}
