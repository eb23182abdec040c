import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SharesRequest, shareProblems, sharesOf } from '../../../lambdas/campaigns/variants/shares.ts';
import { splitTag, testedBuckets } from '../../../lambdas/campaigns/variants/split-tag.ts';
import { winnerOf, winnerProblems } from '../../../lambdas/campaigns/variants/winner-rule.ts';

const WHOLE = 10_000;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const fields = (request: SharesRequest) => shareProblems(request).map(({ field }) => field);

/** Weights in buckets that make up what the holdout leaves, none of them 0. */
const split = fc
  .record({
    holdout: fc.integer({ min: 0, max: 5000 }),
    cuts: fc.uniqueArray(fc.integer({ min: 1, max: 4999 }), { minLength: 1, maxLength: 10 }),
  })
  .map(({ holdout, cuts }) => {
    const ends = [...cuts.sort((a, b) => a - b), WHOLE - holdout];
    return { holdout, weights: ends.map((end, index) => end - (ends[index - 1] ?? 0)) };
  });

const requestOf = ({ holdout, weights }: { holdout: number; weights: readonly number[] }): SharesRequest => ({
  holdout: holdout / 100,
  variants: weights.map((weight) => ({ weight: weight / 100 })),
});

describe('the shares of a request', () => {
  it('are taken as they are written, to 0.01 %, whatever binary fractions make of them', () => {
    fc.assert(
      fc.property(split, (given) => {
        const request = requestOf(given);
        expect(shareProblems(request)).toEqual([]);
        const shares = sharesOf(request);
        expect(shares.variants.map(({ weight }) => weight)).toEqual(given.weights);
        expect(shares.holdout).toBe(given.holdout);
      }),
    );
  });

  it('without weights are equal to one bucket, the first ones larger, and leave nobody out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 11 }), fc.integer({ min: 0, max: 9900 }), (count, holdout) => {
        const request = { variants: Array.from({ length: count }, () => ({})), holdout: holdout / 100 };
        expect(shareProblems(request)).toEqual([]);
        const weights = sharesOf(request).variants.map(({ weight }) => weight);
        expect(sum(weights) + holdout).toBe(WHOLE);
        expect(Math.max(...weights) - Math.min(...weights)).toBeLessThanOrEqual(1);
        expect(weights).toEqual([...weights].sort((a, b) => b - a));
      }),
    );
  });

  it('of a request without variants are one message for all who are not held out', () => {
    expect(shareProblems({})).toEqual([]);
    expect(sharesOf({})).toEqual({ holdout: 0, variants: [{ id: '0', name: 'A', weight: 10_000 }] });
    expect(sharesOf({ holdout: 5 }).variants[0]?.weight).toBe(9500);
  });

  it('are named by what the request calls them, else A to K, and have ids 0 to 10', () => {
    const shares = sharesOf({ variants: [{}, { name: 'short' }, ...Array.from({ length: 9 }, () => ({}))] });
    expect(shares.variants.map(({ name }) => name).join(' ')).toBe('A short C D E F G H I J K');
    expect(shares.variants.map(({ id }) => Number(id))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('are refused with every problem at once', () => {
    const variants = [
      { weight: 33.333 },
      { weight: -5 },
      { name: 'A', weight: 10 },
      ...Array.from({ length: 9 }, () => ({ weight: 1 })),
    ];
    expect(fields({ variants, holdout: 100 })).toEqual([
      'holdout',
      'variants',
      'variants.2.name',
      'variants.0.weight',
      'variants.1.weight',
    ]);
    const [, count] = shareProblems({ variants, holdout: 100 });
    expect(count?.message).toContain('12');
  });

  it('of too many variants, whose weights are not 100 together, are refused with both', () => {
    const variants = Array.from({ length: 12 }, () => ({ weight: 8 }));
    expect(shareProblems({ variants }).map(({ message }) => message)).toEqual([
      expect.stringContaining('has 12; allowed: 2 to 11'),
      expect.stringContaining('96 percent together; they must be 100'),
    ]);
  });

  it.each([
    ['weights that are not 100 together', { variants: [{ weight: 50 }, { weight: 49.99 }] }, '99.99'],
    ['weights that forget the holdout', { variants: [{ weight: 50 }, { weight: 50 }], holdout: 10 }, '110'],
    ['a weight for some alone', { variants: [{ weight: 50 }, {}] }, 'missing'],
    ['a single variant', { variants: [{}] }, '2 to 11'],
    ['an empty list', { variants: [] }, '2 to 11'],
    ['a weight of nothing', { variants: [{ weight: 0 }, { weight: 100 }] }, '0.01'],
    ['a holdout with three decimals', { holdout: 0.125 }, '0.125'],
    ['no number', { holdout: Number.NaN }, 'NaN'],
  ])('are refused with %s, and the message tells what was found', (_, request, told) => {
    const problems = shareProblems(request);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain(told);
  });
});

/** Who gets what under a tag, as docs/pinpoint-api.md lays the buckets out: holdout | skip | 1 | 2 | … | 0 | left. */
function layout(tag: string): string[] {
  const [skip = 0, holdout = 0, standard = 0, ...additional] = tag.split(',').map(Number);
  const shares: [string, number][] = [
    ['holdout', holdout],
    ['outside', skip],
    ...additional.map((buckets, index): [string, number] => [String(index + 1), buckets]),
    ['0', standard],
  ];
  const buckets = shares.flatMap(([id, width]) => new Array<string>(width).fill(id));
  return [...buckets, ...new Array<string>(WHOLE - buckets.length).fill('outside')];
}
const widths = (buckets: readonly string[], id: string) => buckets.filter((one) => one === id).length;

describe('the tag repoint:split', () => {
  it('of a whole send gives each variant its weight and holds out the rest', () => {
    fc.assert(
      fc.property(split, (given) => {
        const shares = sharesOf(requestOf(given));
        const buckets = layout(splitTag(shares, { of: 'whole' }));
        expect(buckets).toHaveLength(WHOLE);
        for (const { id, weight } of shares.variants) expect(widths(buckets, id)).toBe(weight);
        expect(widths(buckets, 'holdout')).toBe(given.holdout);
        expect(widths(buckets, 'outside')).toBe(0);
      }),
    );
  });

  it('of a test and its rest partition the audience: each bucket is in one of the two, and held out in one', () => {
    fc.assert(
      fc.property(split, fc.nat(), fc.nat(), (given, ofShare, ofWinner) => {
        const shares = sharesOf(requestOf(given));
        const share = 1 + (ofShare % (WHOLE - given.holdout - 1));
        const variantId = String(ofWinner % shares.variants.length);
        const test = layout(splitTag(shares, { of: 'test', share }));
        const rest = layout(splitTag(shares, { of: 'rest', share, variantId }));
        expect(test).toHaveLength(WHOLE);
        expect(rest).toHaveLength(WHOLE);
        const owners = test.map((one, bucket) => [one, rest[bucket]].filter((id) => id !== 'outside'));
        expect(owners.every((ids) => ids.length === 1)).toBe(true);
        expect(test.filter((id) => id !== 'outside' && id !== 'holdout')).toHaveLength(share);
        expect(widths(test, 'holdout')).toBe(given.holdout);
        expect(rest.filter((id) => id === variantId)).toHaveLength(WHOLE - given.holdout - share);
      }),
      { numRuns: 50 },
    );
  });

  it('of a test keeps the proportions of the weights to one bucket', () => {
    fc.assert(
      fc.property(split, fc.integer({ min: 1, max: 4999 }), (given, share) => {
        const { variants, holdout } = sharesOf(requestOf(given));
        const tested = testedBuckets(variants, share);
        expect(sum(tested)).toBe(share);
        for (const [index, { weight }] of variants.entries()) {
          expect(Math.abs((tested[index] ?? 0) - (share * weight) / (WHOLE - holdout))).toBeLessThan(1);
        }
      }),
    );
  });

  it('of a later send gives all but the same holdout to the chosen variant, under its own id', () => {
    const shares = sharesOf({ variants: [{}, {}, {}], holdout: 5 });
    expect(splitTag(shares, { of: 'chosen', variantId: '2' })).toBe('0,500,0,0,9500');
  });
});

describe('the rule for a winner', () => {
  const shares = sharesOf({ variants: [{}, {}], holdout: 5 });

  it('is completed so that nothing is left to guess', () => {
    expect(winnerOf({ testShare: 20, metric: 'revenue' })).toEqual({
      testShare: 2000,
      metric: 'revenue',
      minimumSample: 1000,
      decideAfterMinutes: 1440,
      tie: 'first',
    });
  });

  it('has no problem whenever each variant gets somebody and somebody is left', () => {
    fc.assert(
      fc.property(split, fc.integer({ min: 1, max: WHOLE }), (given, share) => {
        const found = sharesOf(requestOf(given));
        const problems = winnerProblems({ testShare: share / 100, metric: 'opens' }, 'email', found);
        const fits =
          share < WHOLE - given.holdout &&
          testedBuckets(found.variants, share).every((buckets) => buckets > 0);
        expect(problems.length === 0).toBe(fits);
      }),
    );
  });

  it('is refused with every problem at once', () => {
    const request = { testShare: 95, metric: 'opens', minimumSample: 0, decideAfterMinutes: 14.5 } as const;
    const found = winnerProblems(request, 'sms', sharesOf({ holdout: 5 }));
    expect(found.map(({ field }) => field)).toEqual([
      'winner.testShare',
      'winner',
      'winner.metric',
      'winner.minimumSample',
      'winner.decideAfterMinutes',
    ]);
    expect(found[0]?.message).toContain('94.99');
    expect(
      winnerProblems({ ...request, testShare: 0 }, undefined, undefined).map(({ field }) => field),
    ).toEqual(['winner.testShare', 'winner.minimumSample', 'winner.decideAfterMinutes']);
    expect(winnerProblems({ testShare: 20.001, metric: 'clicks' }, 'sms', shares)).toHaveLength(1);
  });

  it('is refused with a test that would leave a variant out, which is named', () => {
    const uneven = sharesOf({ variants: [{ weight: 99.99 }, { name: 'tiny', weight: 0.01 }] });
    const [problem] = winnerProblems({ testShare: 1, metric: 'clicks' }, 'email', uneven);
    expect(problem?.message).toContain('tiny');
  });
});
