import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WinnerRule } from '../../../lambdas/campaigns/content.ts';
import { type Candidate, noResult, type VariantResult } from '../../../lambdas/campaigns/variants/results.ts';
import { decide } from '../../../lambdas/campaigns/variants/winner.ts';

const SENT_AT = Date.parse('2026-11-21T00:00:00Z');
const MINUTE = 60_000;
const RULE: WinnerRule = {
  testShare: 2000,
  metric: 'opens',
  minimumSample: 1000,
  decideAfterMinutes: 240,
  tie: 'first',
};
const DEADLINE = SENT_AT + RULE.decideAfterMinutes * MINUTE;

const candidates: readonly Candidate[] = [
  { id: '0', name: 'A', weight: 3000 },
  { id: '1', name: 'B', weight: 4000 },
  { id: '2', name: 'C', weight: 3000 },
];
const opened = (variantId: string, delivered: number, count: number): VariantResult => ({
  ...noResult(variantId),
  members: delivered,
  sent: delivered,
  delivered,
  opened: count,
});

/** Any number of variants with any figures, none of them contradictory. */
const tests = fc
  .array(
    fc.record({
      weight: fc.integer({ min: 1, max: 900 }),
      delivered: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.constantFrom(0, 1000, 2000)),
      part: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.1, 0.5, 1)),
      told: fc.boolean(),
    }),
    { minLength: 2, maxLength: 11 },
  )
  .map((all) => ({
    candidates: all.map(({ weight }, index) => ({ id: String(index), name: `v${index}`, weight })),
    results: all.flatMap(({ delivered, part, told }, index): VariantResult[] => {
      if (!told) return [];
      const count = Math.floor(delivered * part);
      const result = opened(String(index), delivered, count);
      const revenue = { converted: count, orders: count, revenue: count * 30, revenueSquares: count * 1100 };
      return [{ ...result, clicked: count, ...revenue, currency: 'KRW' }];
    }),
  }));
const rules: fc.Arbitrary<WinnerRule> = fc.record({
  testShare: fc.constant(2000),
  metric: fc.constantFrom('opens', 'clicks', 'conversions', 'revenue'),
  minimumSample: fc.constantFrom(1, 1000, 5000),
  decideAfterMinutes: fc.integer({ min: 15, max: 10_080 }),
  tie: fc.constantFrom('first', 'largest'),
});

describe('a decision about the winner', () => {
  it('is made by the deadline, whatever the figures, for one of the variants and with its reason', () => {
    fc.assert(
      fc.property(tests, rules, fc.nat({ max: 10_000_000 }), (test, rule, late) => {
        const now = SENT_AT + rule.decideAfterMinutes * MINUTE + late;
        const found = decide(rule, test.candidates, test.results, now, SENT_AT);
        if (found.kind !== 'winner') throw new Error('no decision at the deadline');
        expect(test.candidates.map(({ id }) => id)).toContain(found.variantId);
        expect(found.why).toMatch(/^v\d+ .*\.$/);
      }),
    );
  });

  it('says when to look again, later than now and no later than the deadline, a few times at most', () => {
    fc.assert(
      fc.property(tests, rules, (test, rule) => {
        const deadline = SENT_AT + rule.decideAfterMinutes * MINUTE;
        let now = SENT_AT;
        let looks = 0;
        for (;;) {
          const found = decide(rule, test.candidates, test.results, now, SENT_AT);
          if (found.kind === 'winner') break;
          expect(found.until).toBeGreaterThan(now);
          expect(found.until).toBeLessThanOrEqual(deadline);
          now = found.until;
          looks++;
        }
        expect(looks).toBeLessThanOrEqual(4);
      }),
    );
  });

  it('does not depend on the order of variants and results', () => {
    const shuffled = tests.chain((test) =>
      fc.record({
        test: fc.constant(test),
        candidates: fc.shuffledSubarray(test.candidates, { minLength: test.candidates.length }),
        results: fc.shuffledSubarray(test.results, { minLength: test.results.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, rules, fc.nat({ max: 10_080 }), ({ test, ...other }, rule, minutes) => {
        const now = SENT_AT + minutes * MINUTE;
        expect(decide(rule, other.candidates, other.results, now, SENT_AT)).toEqual(
          decide(rule, test.candidates, test.results, now, SENT_AT),
        );
      }),
    );
  });

  it('is for a variant that none with enough messages is better than', () => {
    fc.assert(
      fc.property(tests, rules, fc.nat({ max: 10_080 }), (test, rule, minutes) => {
        const found = decide(rule, test.candidates, test.results, SENT_AT + minutes * MINUTE, SENT_AT);
        if (found.kind === 'wait') return;
        const enough = test.results.filter(({ delivered }) => delivered >= rule.minimumSample);
        if (enough.length === 0) return;
        const rate = (result: VariantResult | undefined) =>
          result === undefined || result.delivered === 0
            ? 0
            : (rule.metric === 'revenue' ? result.revenue : result.opened) / result.delivered;
        const winner = enough.find(({ variantId }) => variantId === found.variantId);
        expect(winner).toBeDefined();
        for (const other of enough) expect(rate(winner)).toBeGreaterThanOrEqual(rate(other) - 1e-12);
      }),
    );
  });

  it('is early only when every variant has enough messages and the best is better beyond doubt', () => {
    const clear = [opened('0', 5000, 500), opened('1', 5000, 800), opened('2', 5000, 520)];
    const early = decide(RULE, candidates, clear, SENT_AT + 60 * MINUTE, SENT_AT);
    expect(early).toMatchObject({ kind: 'winner', variantId: '1' });
    if (early.kind === 'winner') expect(early.significance.map(({ against }) => against)).toEqual(['0', '2']);

    const few = [opened('0', 5000, 500), opened('1', 5000, 800), opened('2', 999, 100)];
    const slight = [opened('0', 5000, 500), opened('1', 5000, 565), opened('2', 5000, 400)];
    for (const results of [few, slight]) {
      expect(decide(RULE, candidates, results, SENT_AT + 60 * MINUTE, SENT_AT)).toEqual({
        kind: 'wait',
        until: SENT_AT + 120 * MINUTE,
      });
    }
  });
});

describe('at the deadline', () => {
  const at = (rule: WinnerRule, results: readonly VariantResult[]) => {
    const found = decide(rule, candidates, results, DEADLINE, SENT_AT);
    if (found.kind !== 'winner') throw new Error('no decision');
    return found;
  };

  it('the best so far wins, and it is said that the difference may be chance', () => {
    const found = at(RULE, [opened('0', 2000, 200), opened('1', 2000, 205), opened('2', 2000, 190)]);
    expect(found.variantId).toBe('1');
    expect(found.why).toContain('B won on opens: 10.25 % of 2,000 delivered');
    expect(found.why).toContain('ahead of A (10.00 % of 2,000 delivered) and C (9.50 % of 2,000 delivered)');
    expect(found.why).toContain('may well be chance');
  });

  it('a variant with too few messages cannot win, however well it did, and is named', () => {
    const found = at(RULE, [opened('0', 2000, 200), opened('1', 500, 400), opened('2', 2000, 190)]);
    expect(found.variantId).toBe('0');
    expect(found.why).toContain('Left out for fewer than 1,000 delivered messages: B 500');
  });

  it.each([
    ['first', '0', 'A was taken as the first variant'],
    ['largest', '1', 'B was taken as the variant with the largest share'],
  ] as const)('the tie rule "%s" decides when none has enough messages', (tie, variantId, told) => {
    const found = at({ ...RULE, tie }, [opened('2', 800, 400)]);
    expect(found).toMatchObject({ variantId, significance: [] });
    expect(found.why).toContain(told);
    expect(found.why).toContain('A 0, B 0, C 800');
  });

  it('the tie rule decides among equals alone: 1 of 3 and 1,000 of 3,000 are equal', () => {
    const rule = { ...RULE, minimumSample: 1, tie: 'largest' } as const;
    const found = at(rule, [opened('0', 3, 1), opened('1', 3000, 999), opened('2', 3000, 1000)]);
    expect(found.variantId).toBe('0');
    expect(found.why).toContain('A and C did equally well on opens');
  });

  it('revenue is compared by the mean of a delivered message, in its currency', () => {
    const revenue = (id: string, converted: number, each: number): VariantResult => ({
      ...opened(id, 10_000, 0),
      converted,
      orders: converted,
      revenue: converted * each,
      revenueSquares: converted * each * each,
      currency: 'KRW',
    });
    const results = [revenue('0', 200, 20_000), revenue('1', 100, 70_000), revenue('2', 210, 20_000)];
    const found = at({ ...RULE, metric: 'revenue' }, results);
    expect(found.variantId).toBe('1');
    expect(found.why).toContain('700 KRW for each of 10,000 delivered');
    expect(found.significance[0]?.method).toBe("Welch's t");
  });
});
