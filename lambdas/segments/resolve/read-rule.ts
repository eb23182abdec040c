import { type KnownDeps, knownFor } from '../known-for.ts';
import { parseRule } from '../rule/parse-rule.ts';
import type { Rule } from '../rule/rule.ts';

/** A rule that no segment has, as a caller wrote it. Throws a validation error with all problems at once. */
export const readRule = async (
  deps: KnownDeps,
  ctx: { readonly now: number },
  rule: unknown,
): Promise<Rule> => parseRule(rule, await knownFor(deps, ctx, rule));
