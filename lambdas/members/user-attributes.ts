import type { AttributeValue, Member } from './member.ts';

/** Profile fields that messages may name: `{{User.UserAttributes.name}}`. */
export const PROFILE_ATTRIBUTES = ['name', 'locale', 'timeZone'] as const;

/** What the engine knows of a member as Pinpoint's user attributes: lists of texts. The profile wins over a custom attribute of the same name. */
export function userAttributes(member: Pick<Member, 'attributes' | 'texts'>): Record<string, string[]> {
  const custom = Object.entries(member.attributes).map(([name, value]) => [name, texts(value)] as const);
  const profile = PROFILE_ATTRIBUTES.flatMap((name) => {
    const value = member.texts[name];
    return value === undefined ? [] : [[name, [value]] as const];
  });
  return Object.fromEntries([...custom, ...profile]);
}

const texts = (value: AttributeValue): string[] =>
  typeof value === 'object' ? value.map(String) : [String(value)];
