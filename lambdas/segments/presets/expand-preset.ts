import type { PresetCondition, Rule } from '../rule/rule.ts';

/** The rule that a preset stands for with its parameters. Throws a validation error when there is none of that name or a parameter is wrong. */
export function expandPreset(condition: PresetCondition): Rule {
  throw new Error(`There is no preset "${condition.preset}"`);
}
