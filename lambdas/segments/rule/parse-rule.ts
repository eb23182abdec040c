import { invalid, type Problem } from '../../shared/errors.ts';
import type { Known } from './known.ts';
import type { Rule } from './rule.ts';

/** Reads a rule as a caller wrote it. Throws a validation error that names every problem with its path under `at`. */
export function parseRule(value: unknown, known: Known, at = 'rule'): Rule {
  const problems = ruleProblems(value, known, at);
  if (problems.length > 0) throw invalid(problems);
  return value as Rule;
}

export function ruleProblems(_value: unknown, _known: Known, _at: string): Problem[] {
  return [];
}
