import type { MemberAttributes } from '../../members/index.ts';
import { graphemes } from '../../shared/graphemes.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import { USER_ATTRIBUTE, USER_ID } from '../../shared/rendering/variables.ts';
import { type MissingRule, missingFor } from './missing.ts';
import type { Needs } from './needs.ts';
import type { PersonalValues } from './ports.ts';
import { isOurs } from './values.ts';

export interface SurveyDeps {
  readonly attributes: MemberAttributes;
  readonly personal: PersonalValues;
}

/** A resolved audience. */
export interface Audience {
  readonly size: number;
  /** Everybody, once, in chunks of any size. */
  readonly userIds: AsyncIterable<readonly string[]>;
}

/** Up to so many members everybody is looked at; of more, about so many. */
export const MOST_LOOKED_AT = 50_000;
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

interface Tally {
  readonly longest: Map<string, Longest>;
  readonly heaviest: Map<string, Longest>;
  readonly lacking: Map<string, number>;
  looked: number;
  skipped: number;
  defaulted: number;
}

/**
 * Looks at the values that an audience's members have for what texts need (spec §4: a member without one is counted, and
 * limits hold after substitution). `given` are values that everybody has, such as the longest code of a coupon pool.
 */
export async function surveyAudience(
  deps: SurveyDeps,
  audience: Audience,
  needs: Needs,
  rule: MissingRule,
  given: DottedValues = {},
): Promise<Survey> {
  const seen = needs.names.filter((name) => isSeen(name) || name in given);
  const tally: Tally = {
    longest: new Map(),
    heaviest: new Map(),
    lacking: new Map(),
    looked: 0,
    skipped: 0,
    defaulted: 0,
  };
  const share = Math.ceil(audience.size / MOST_LOOKED_AT);
  for await (const userIds of chunked(audience.userIds, share)) {
    const values = await valuesOf(deps, userIds, seen, given);
    for (const [userId, own] of values) count(tally, userId, own, { needs, seen, rule });
  }
  const unseen = needs.names.filter((name) => !seen.includes(name));
  return { ...tally, sampled: share > 1, unseen };
}

const isSeen = (name: string): boolean => name === USER_ID || name.startsWith(USER_ATTRIBUTE) || isOurs(name);

/** The members to look at: everybody, or one in `share` by their id, so that the order of the list does not matter. */
async function* chunked(lists: Audience['userIds'], share: number): AsyncIterable<string[]> {
  let chunk: string[] = [];
  for await (const list of lists) {
    for (const userId of list) {
      if (share > 1 && hash(userId) % share !== 0) continue;
      chunk.push(userId);
      if (chunk.length < CHUNK) continue;
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

/** FNV-1a, 32 bits, its lower bits mixed once more: they alone decide. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return Math.imul(value ^ (value >>> 15), 0x2c1b3c6d) >>> 0;
}

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

function count(
  tally: Tally,
  userId: string,
  values: DottedValues,
  {
    needs,
    seen,
    rule,
  }: { readonly needs: Needs; readonly seen: readonly string[]; readonly rule: MissingRule },
): void {
  tally.looked++;
  const required = needs.required.filter((name) => seen.includes(name));
  const { skipping, defaulted } = missingFor(values, required, rule);
  for (const name of [...skipping, ...defaulted]) tally.lacking.set(name, (tally.lacking.get(name) ?? 0) + 1);
  if (skipping.length > 0) tally.skipped++;
  else if (defaulted.length > 0) tally.defaulted++;
  // Who is left out gets no message that could be too long.
  if (skipping.length > 0) return;
  for (const name of seen) {
    longer(tally.longest, name, userId, values[name], graphemes);
    longer(tally.heaviest, name, userId, values[name], bytes);
  }
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
