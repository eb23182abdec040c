import { invalid } from '../../shared/errors.ts';
import { bytesOf } from '../../shared/utf8.ts';
import { compileRule } from '../compile/compile-rule.ts';
import { type SplitRule, splitRule } from '../compile/split-rule.ts';
import type { PlainRule } from '../rule/plain.ts';
import { plainOf } from '../rule/plain-of.ts';
import { groupOf, type Rule } from '../rule/rule.ts';
import { conditionsOf, listsOf } from './conditions.ts';

export type Path = SplitRule['path'];

/** Where named segments are looked up, as they are now. */
export interface NamedRules {
  find(name: string): Promise<{ readonly version: number; readonly rule: Rule } | undefined>;
}

/** What a rule names, as it counted at one moment. */
export interface Uses {
  /** Versions by name, of segments that are named in it or in one of these. */
  readonly segments: Readonly<Record<string, number>>;
  /** Ids of uploaded lists. */
  readonly lists: readonly string[];
}

/** A rule that no later change of anything it names touches. */
export interface PinnedRule {
  readonly rule: PlainRule;
  readonly uses: Uses;
  readonly path: Path;
}

/**
 * The rule with what it names as that is now. `name` is the segment's own, when it has one. Throws a validation error when
 * segments name each other in a circle, and when one is gone.
 */
export async function pinnedRule(
  { segments }: { readonly segments: NamedRules },
  rule: Rule,
  name?: string,
): Promise<PinnedRule> {
  const found = new Map<string, { readonly version: number; readonly rule: Rule }>();
  const missing = new Set(namedSegments(rule));
  for (const next of missing) {
    const segment = await segments.find(next);
    if (segment === undefined) continue;
    found.set(next, { version: segment.version, rule: segment.rule });
    // What is added while the set is walked is walked as well.
    for (const nested of namedSegments(segment.rule)) missing.add(nested);
  }
  const plain = plainOf(rule, { segment: (wanted) => found.get(wanted)?.rule }, name);
  const { path } = splitRule(plain);
  refuseLong(plain, path);
  return {
    rule: plain,
    uses: {
      segments: Object.fromEntries([...found].map(([named, { version }]) => [named, version])),
      lists: listsOf(conditionsOf(plain)),
    },
    path,
  };
}

/** A row of DynamoDB holds 400 KB, with what else is kept of a resolution. */
const MOST_RULE_BYTES = 300_000;
/** Athena takes 262,144 bytes, with what the list is written by. */
const MOST_SQL_BYTES = 200_000;
/** Other moments make other texts of the same length. */
const SOME_MOMENT = { now: 0, timeZone: 'UTC', retentionDays: 1 };
const SOME_RESOLUTION = { resolution: '0'.repeat(32) };

/** What could never be resolved is told before it is kept. */
function refuseLong(rule: PlainRule, path: Path): void {
  const kept = bytesOf(JSON.stringify(rule));
  if (kept > MOST_RULE_BYTES) throw tooLong('it has', kept, MOST_RULE_BYTES);
  if (path === 'members') return;
  const asked = bytesOf(compileRule(rule, SOME_MOMENT, SOME_RESOLUTION).select);
  if (asked > MOST_SQL_BYTES) throw tooLong('its Athena statement has', asked, MOST_SQL_BYTES);
}

const tooLong = (what: string, bytes: number, most: number) =>
  invalid([
    {
      field: 'rule',
      message: `The rule is too long: with the rules of the segments it names ${what} ${bytes} bytes; allowed: at most ${most}. Long lists of values belong on an uploaded list`,
    },
  ]);

/** Segments that the rule itself names. */
export function namedSegments(rule: Rule): readonly string[] {
  const group = groupOf(rule);
  if (group !== undefined) return group.of.flatMap(namedSegments);
  return 'segment' in rule ? [rule.segment.normalize('NFC')] : [];
}
