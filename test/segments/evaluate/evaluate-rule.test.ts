import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateRule, evaluator, explainPerson } from '../../../lambdas/segments/evaluate/evaluate-rule.ts';
import { everybodyIn, factsIn } from '../naive/facts-of.ts';
import { rule, world } from '../naive/generate.ts';
import { naiveHolds } from '../naive/naive.ts';

const RULES = 40;
const worldAndRules = [world, fc.array(rule, { minLength: RULES, maxLength: RULES })] as const;

describe('the evaluator of one member', () => {
  it('finds of everybody what the rule read aloud finds, in any world', () => {
    fc.assert(
      fc.property(...worldAndRules, (of, rules) => {
        for (const asked of rules) {
          const facts = factsIn(of, asked);
          const everybody = everybodyIn(of);
          const found = everybody.filter((id) => evaluateRule(asked, facts(id), of));
          const expected = everybody.filter((id) => naiveHolds(asked, id, of));
          expect({ asked, found }).toEqual({ asked, found: expected });
        }
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });

  it('does not mind in which order events are given', () => {
    fc.assert(
      fc.property(...worldAndRules, (of, rules) => {
        for (const asked of rules) {
          const facts = factsIn(of, asked);
          const judge = evaluator(asked, of);
          for (const person of everybodyIn(of).map(facts))
            expect(judge({ ...person, events: [...person.events].reverse() })).toBe(judge(person));
        }
      }),
      { numRuns: 2, endOnFailure: true },
    );
  });

  it('explains by the conditions as they stand, each judged for itself', () => {
    fc.assert(
      fc.property(world, rule, (of, asked) => {
        const person = factsIn(of, asked)('u1');
        const { holds, conditions } = explainPerson(asked, person, of);
        expect(holds).toBe(evaluateRule(asked, person, of));
        for (const one of conditions) expect(one.holds).toBe(naiveHolds(one.condition, 'u1', of));
      }),
      { numRuns: 10 },
    );
  });
});
