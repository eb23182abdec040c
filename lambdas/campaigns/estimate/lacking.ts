import type { MemberProfile } from '../../members/index.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import type { Variant } from '../content.ts';
import { isPresent } from '../personalisation/missing.ts';
import { needsOf } from '../personalisation/needs.ts';
import { textsOf } from '../personalisation/personalise.ts';
import type { PersonalValues } from '../personalisation/ports.ts';
import { itemVariable } from '../personalisation/variables.ts';

const ATTRIBUTE = 'User.UserAttributes.';

/** By variant the values that its texts need and that we know of; what only the engine knows is taken to be there. */
export type Required = readonly (readonly string[])[];

/** `variants` as they are sent, so that what they still need must be there. */
export const requiredBy = (variants: readonly Variant[]): Required =>
  variants.map(({ content }) =>
    needsOf(textsOf(content).map(({ text }) => text)).required.filter(
      (name) => name.startsWith(ATTRIBUTE) || itemVariable(name) !== undefined,
    ),
  );

/** Whether a text shows an attribute, be it only where a member has it: then its values decide how long it is. */
export const namesAttributes = (variants: readonly Variant[]): boolean =>
  needsOf(variants.flatMap(({ content }) => textsOf(content).map(({ text }) => text))).names.some((name) =>
    name.startsWith(ATTRIBUTE),
  );

/** For each member of the sample whether the message would lack a value. Members are dealt out to the variants by their weights. */
export async function lacking(
  personal: PersonalValues,
  variants: readonly Variant[],
  required: Required,
  userIds: readonly string[],
  profiles: ReadonlyMap<string, MemberProfile>,
): Promise<readonly boolean[]> {
  const ours = [...new Set(required.flat())].filter((name) => !name.startsWith(ATTRIBUTE));
  const members = userIds.map((userId) => ({ userId }));
  const values = ours.length === 0 ? new Map<string, DottedValues>() : await personal.of(members, ours);
  return userIds.map((userId, index) => {
    const needed = required[variantAt(variants, (index + 0.5) / userIds.length)] ?? [];
    const attributes = profiles.get(userId)?.attributes ?? {};
    const own = values.get(userId) ?? {};
    return needed.some((name) => !isPresent(shown(name, attributes, own)));
  });
}

/** An attribute called `constructor` is none unless the member has it. */
function shown(name: string, attributes: MemberProfile['attributes'], own: DottedValues) {
  if (!name.startsWith(ATTRIBUTE)) return own[name];
  const attribute = name.slice(ATTRIBUTE.length);
  return Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
}

/** The variant that a place in the audience (0 ≤ place < 1, the holdout left out) falls to. */
function variantAt(variants: readonly Variant[], place: number): number {
  const weights = variants.reduce((sum, { weight }) => sum + weight, 0);
  let end = 0;
  const found = variants.findIndex(({ weight }) => {
    end += weight;
    return place * weights < end;
  });
  return Math.max(0, found);
}
