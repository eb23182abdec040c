import type { MemberProfile, MemberProfiles } from '../../members/index.ts';
import { inChunks } from '../../shared/chunks.ts';
import { graphemes } from '../../shared/graphemes.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import { USER_ATTRIBUTE, USER_ID } from '../../shared/rendering/variables.ts';
import { type MissingRule, missingFor } from './missing.ts';
import type { Needs } from './needs.ts';
import type { PersonalValues } from './ports.ts';
import { itemVariable } from './variables.ts';

/** Pinpoint's user attributes (lists of texts by name) by userId; who is no member is left out. */
export interface MemberAttributes {
  batch(
    userIds: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, readonly string[]>>>>;
}

/** The attributes of those members whose profiles are `wanted`. */
export const profileAttributes = (
  profiles: MemberProfiles,
  wanted: (profile: MemberProfile) => boolean,
): MemberAttributes => ({
  async batch(userIds) {
    const found = await profiles.batch(userIds, { attributes: true });
    return new Map(
      [...found]
        .filter(([, profile]) => wanted(profile))
        .map(([userId, { attributes }]) => [userId, attributes]),
    );
  },
});

export interface SurveyDeps {
  readonly attributes: MemberAttributes;
  readonly personal: PersonalValues;
}

/** A resolved audience: everybody, or those who were drawn from it. */
export interface Audience {
  readonly members: number;
  readonly userIds: readonly string[];
}

const CHUNK = 500;

/** A member's value, and its length. */
export interface Longest {
  readonly userId: string;
  readonly value: string;
  readonly length: number;
}

export interface Survey {
  /** By dotted name: the longest in grapheme clusters, and the longest in bytes of UTF-8. */
  readonly longest: ReadonlyMap<string, Longest>;
  readonly heaviest: ReadonlyMap<string, Longest>;
  /** Members that were looked at; the survey is exact when `sampled` is false. */
  readonly looked: number;
  readonly sampled: boolean;
  /** Of those looked at: who is left out for a missing value, and who gets a default. */
  readonly skipped: number;
  readonly defaulted: number;
  /** Who lacks each name. */
  readonly lacking: ReadonlyMap<string, number>;
  /** Names whose values only the engine knows (`Location.City`): nothing is said of them. */
  readonly unseen: readonly string[];
}

interface Tally extends Texts {
  /** The names whose values can be looked at. */
  readonly seen: readonly string[];
  readonly longest: Map<string, Longest>;
  readonly heaviest: Map<string, Longest>;
  readonly lacking: Map<string, number>;
  looked: number;
  skipped: number;
  defaulted: number;
}

/** What the texts of one variant need. */
export interface Texts {
  readonly needs: Needs;
  readonly rule: MissingRule;
}

/**
 * Looks at the values that an audience's members have for what texts need (spec §4: a member without one is counted, and
 * limits hold after substitution); one survey for each of the variants. `given` are values that everybody has, such as
 * the longest code of a coupon pool. `see` is shown each member who gets a variant, by the variant's place.
 */
export async function surveyAudience(
  deps: SurveyDeps,
  { members, userIds }: Audience,
  variants: readonly Texts[],
  given: DottedValues = {},
  see: (variant: number, userId: string, values: DottedValues) => void = () => undefined,
): Promise<readonly Survey[]> {
  const isKnown = knownWith(given);
  const tallies = variants.map(({ needs, rule }) => newTally(needs, rule, needs.names.filter(isKnown)));
  const names = [...new Set(tallies.flatMap(({ seen }) => seen))];
  for await (const [userId, own] of audienceValues(deps, userIds, names, given))
    for (const [index, tally] of tallies.entries()) if (count(tally, userId, own)) see(index, userId, own);
  return tallies.map(({ needs, rule: _, seen, ...counted }) => ({
    ...counted,
    sampled: userIds.length < members,
    unseen: needs.names.filter((name) => !seen.includes(name)),
  }));
}

const newTally = (needs: Needs, rule: MissingRule, seen: readonly string[]): Tally => ({
  needs,
  rule,
  seen,
  longest: new Map(),
  heaviest: new Map(),
  lacking: new Map(),
  looked: 0,
  skipped: 0,
  defaulted: 0,
});

/** Each member's values of the names; nobody's when there are none to look for. Who is no member any more is left out. */
export async function* audienceValues(
  deps: SurveyDeps,
  userIds: readonly string[],
  names: readonly string[],
  given: DottedValues,
): AsyncGenerator<readonly [userId: string, values: DottedValues]> {
  if (names.length === 0) return;
  for (const chunk of inChunks(userIds, CHUNK)) yield* await valuesOf(deps, chunk, names, given);
}

/** Names whose values can be looked at without the engine. */
export const isSeen = (name: string): boolean =>
  name === USER_ID || name.startsWith(USER_ATTRIBUTE) || itemVariable(name) !== undefined;

/** Whether a name's value is known of a member of whom everybody's values are `given`. */
export const knownWith =
  (given: DottedValues) =>
  (name: string): boolean =>
    isSeen(name) || Object.hasOwn(given, name);

/** Values by member; who is no member any more gets nothing and is not counted. */
async function valuesOf(
  { attributes, personal }: SurveyDeps,
  userIds: readonly string[],
  names: readonly string[],
  given: DottedValues,
): Promise<ReadonlyMap<string, DottedValues>> {
  const own = await attributes.batch(userIds);
  const members = [...own].map(([userId, { locale = [] }]) => ({
    userId,
    ...(locale[0] === undefined ? {} : { locale: locale[0] }),
  }));
  const ours = await personal.of(members, names);
  return new Map(
    [...own].map(([userId, texts]) => [
      userId,
      { ...given, ...dotted(userId, texts, names), ...ours.get(userId) },
    ]),
  );
}

function dotted(
  userId: string,
  attributes: Readonly<Record<string, readonly string[]>>,
  names: readonly string[],
): DottedValues {
  const values = names.flatMap((name): [string, DottedValues[string]][] => {
    if (name === USER_ID) return [[name, userId]];
    const attribute = name.startsWith(USER_ATTRIBUTE) ? name.slice(USER_ATTRIBUTE.length) : undefined;
    const value =
      attribute !== undefined && Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(values);
}

/** False for who is left out. */
function count(tally: Tally, userId: string, values: DottedValues): boolean {
  const { needs, seen, rule } = tally;
  tally.looked++;
  const required = needs.required.filter((name) => seen.includes(name));
  const { skipping, defaulted } = missingFor(values, required, rule);
  for (const name of [...skipping, ...defaulted]) tally.lacking.set(name, (tally.lacking.get(name) ?? 0) + 1);
  if (skipping.length > 0) tally.skipped++;
  else if (defaulted.length > 0) tally.defaulted++;
  // Who is left out gets no message that could be too long.
  if (skipping.length > 0) return false;
  for (const name of seen) {
    longer(tally.longest, name, userId, values[name], graphemes);
    longer(tally.heaviest, name, userId, values[name], bytes);
  }
  return true;
}

const utf8 = new TextEncoder();
const bytes = (text: string): number => utf8.encode(text).length;
/** Bytes of UTF-8 that a code unit takes at most, which is also the most that any measure makes of one. */
const MOST_PER_UNIT = 3;

function longer(
  longest: Map<string, Longest>,
  name: string,
  userId: string,
  value: DottedValues[string] | undefined,
  measure: (text: string) => number,
): void {
  if (value === undefined) return;
  const text = typeof value === 'object' ? value.join(', ') : String(value);
  const known = longest.get(name);
  // Measuring is only worth it for what may be longer.
  if (known !== undefined && text.length * MOST_PER_UNIT <= known.length) return;
  const length = measure(text);
  if (known === undefined || length > known.length) longest.set(name, { userId, value: text, length });
}
