/** A member's attributes as rules of segments name them. Pure. */
import {
  type AttributeValue,
  CONSENT_CHANNELS,
  CONSENT_PURPOSES,
  type Consents,
  type Member,
  TEXT_FIELDS,
} from '../member.ts';
import { PROFILE_ATTRIBUTES } from '../user-attributes.ts';

/**
 * Custom attributes, the texts of the profile, and `consents.<channel>.<purpose>` (true given, false withdrawn, absent when nothing was
 * ever said). Of a custom attribute and a text of one name the one counts that messages show (`userAttributes`).
 */
export function ruleAttributes({
  attributes,
  texts,
  consents,
}: Pick<Member, 'attributes' | 'texts' | 'consents'>): Readonly<Record<string, AttributeValue>> {
  const profile: Record<string, string> = {};
  const winning: Record<string, string> = {};
  for (const name of TEXT_FIELDS) {
    const value = texts[name];
    if (value !== undefined)
      ((PROFILE_ATTRIBUTES as readonly string[]).includes(name) ? winning : profile)[name] = value;
  }
  return { ...profile, ...attributes, ...winning, ...consentsOf(consents) };
}

function consentsOf(consents: Consents): Record<string, boolean> {
  const found: Record<string, boolean> = {};
  for (const channel of CONSENT_CHANNELS)
    for (const purpose of CONSENT_PURPOSES) {
      const consent = consents[channel]?.[purpose];
      if (consent !== undefined) found[`consents.${channel}.${purpose}`] = consent.granted;
    }
  return found;
}
