import type { MemberAttributes } from '../../members/index.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import type { Variant } from '../content.ts';
import { isPresent } from '../personalisation/missing.ts';
import { needsOf } from '../personalisation/needs.ts';
import { textsOf } from '../personalisation/personalise.ts';
import type { PersonalValues } from '../personalisation/ports.ts';
import { itemVariable } from '../personalisation/variables.ts';

export interface LackingDeps {
  readonly attributes: MemberAttributes;
  readonly personal: PersonalValues;
}

const ATTRIBUTE = 'User.UserAttributes.';

/**
 * For each member of the sample whether the message would lack a value. `variants` as they are sent, so that what they
 * still need must be there; members are dealt out to them by their weights. Values that only the engine knows (an
 * endpoint's own) are taken to be there.
 */
export async function lacking(
  deps: LackingDeps,
  variants: readonly Variant[],
  userIds: readonly string[],
): Promise<readonly boolean[]> {
  const required = variants.map(({ content }) => requiredOf(content));
  const names = [...new Set(required.flat())];
  if (names.length === 0 || userIds.length === 0) return userIds.map(() => false);
  const values = await valuesOf(deps, userIds, names);
  return userIds.map((userId, index) => {
    const own = values.get(userId) ?? {};
    const needed = required[variantAt(variants, (index + 0.5) / userIds.length)] ?? [];
    return needed.some((name) => !isPresent(own[name]));
  });
}

const requiredOf = (content: Variant['content']): readonly string[] =>
  needsOf(textsOf(content).map(({ text }) => text)).required.filter(isKnown);

const isKnown = (name: string): boolean => name.startsWith(ATTRIBUTE) || itemVariable(name) !== undefined;

async function valuesOf(
  { attributes, personal }: LackingDeps,
  userIds: readonly string[],
  names: readonly string[],
): Promise<ReadonlyMap<string, DottedValues>> {
  const members = userIds.map((userId) => ({ userId }));
  const asked = names.some((name) => name.startsWith(ATTRIBUTE));
  const [own, items] = await Promise.all([
    asked ? attributes.batch(userIds) : new Map<string, Readonly<Record<string, readonly string[]>>>(),
    personal.of(members, names),
  ]);
  return new Map(
    userIds.map((userId) => {
      const texts = Object.entries(own.get(userId) ?? {});
      const dotted = Object.fromEntries(texts.map(([name, value]) => [`${ATTRIBUTE}${name}`, value]));
      return [userId, { ...dotted, ...items.get(userId) }];
    }),
  );
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
