import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../../lambdas/segments/presets/all.ts';
import { parseRule } from '../../../lambdas/segments/rule/parse-rule.ts';
import { sentencesOf } from '../../../lambdas/segments/rule/sentences/sentences.ts';
import { COMPUTED } from '../../../lambdas/segments/rule/sentences/words.ts';
import { KNOWN } from './support.ts';

const TEXT = readFileSync(join(import.meta.dirname, '../../../docs/segments.md'), 'utf8');
/** A rule, and what it is said to say. */
const EXAMPLES = [...TEXT.matchAll(/```json\n([\s\S]*?)```\n\n> (.*)\n>\n> (.*)\n/g)].map(
  ([, json = '', ko = '', en = '']) => ({ rule: JSON.parse(json) as unknown, ko, en }),
);

describe('docs/segments.md', () => {
  it('has examples', () => {
    expect(EXAMPLES).toHaveLength(TEXT.split('```json').length - 1);
    expect(EXAMPLES.length).toBeGreaterThan(0);
  });

  it.each(EXAMPLES)('shows a rule that says: $en', ({ rule, ko, en }) => {
    expect(sentencesOf(parseRule(rule, KNOWN))).toEqual({ ko, en });
  });

  it('names every preset with its parameters, and every computed value', () => {
    for (const { name, parameters } of PRESETS) {
      const row =
        TEXT.split('\n').find(
          (line) => line.startsWith('|') && line.split('|')[1]?.includes(`\`${name}\``),
        ) ?? '';
      for (const parameter of parameters) expect(row).toContain(`\`${parameter.name}\``);
    }
    for (const value of Object.keys(COMPUTED)) expect(TEXT).toContain(`\`${value}\``);
  });
});
