import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKETS, shareOf } from '../../../lambdas/pinpoint/campaigns/split.ts';
import { HOLDOUT, OUTSIDE, sharesOf } from '../../../lambdas/pinpoint/campaigns/treatments.ts';
import { campaignProblems } from '../../../lambdas/pinpoint/campaigns/validate.ts';

const NOW = Date.UTC(2026, 10, 21, 9);
const PUSH = { GCMMessage: { Body: 'New' } };

const tagged = (split: string, additional: number): WriteCampaignRequest => ({
  Name: 'sale',
  SegmentId: 's',
  Schedule: { StartTime: 'IMMEDIATE' },
  MessageConfiguration: PUSH,
  AdditionalTreatments: Array.from({ length: additional }, () => ({
    SizePercent: 1,
    MessageConfiguration: PUSH,
  })),
  tags: { 'repoint:split': split },
});
/** What each bucket gets of a run: a treatment, the holdout, or undefined where it is none of the run's business. */
const laidOut = (request: WriteCampaignRequest): (string | undefined)[] => {
  const shares = sharesOf(request);
  return Array.from({ length: BUCKETS }, (_, bucket) => {
    const share = shareOf(bucket, shares);
    return share === OUTSIDE ? undefined : share;
  });
};
const problemsOf = (split: string, additional = 1) => campaignProblems(tagged(split, additional), NOW);

/** A holdout, the shares of a test's treatments, and the winner among them. */
const tests = fc
  .record({
    holdout: fc.integer({ min: 0, max: 4_000 }),
    shares: fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 11 }),
  })
  .map(({ holdout, shares }) => {
    const test = shares.reduce((sum, share) => sum + share, 0);
    return { holdout, shares, test, rest: BUCKETS - holdout - test };
  });

describe('repoint:split', () => {
  it('lays out what the documentation shows', () => {
    const test = laidOut(tagged('0,500,1000,1000', 1));
    const rest = laidOut(tagged('2000,500,7500', 0));
    const shown = (buckets: readonly (string | undefined)[]) =>
      [0, 499, 500, 1499, 1500, 2499, 2500, 9999].map((at) => buckets[at]);
    expect(shown(test)).toEqual([HOLDOUT, HOLDOUT, '1', '1', '0', '0', undefined, undefined]);
    expect(shown(rest)).toEqual([HOLDOUT, HOLDOUT, undefined, undefined, undefined, undefined, '0', '0']);
    expect(shown(laidOut(tagged('2500,0,7500', 0)))).toEqual([...Array(6).fill(undefined), '0', '0']);
  });

  it('parts a segment between a test and its rest, and holds out the same in both', () => {
    fc.assert(
      fc.property(tests, ({ holdout, shares, test, rest }) => {
        const first = laidOut(tagged([0, holdout, ...shares].join(), shares.length - 1));
        const second = laidOut(tagged([test, holdout, rest].join(), 0));
        const wrong = first.filter((inTest, bucket) => {
          const inRest = second[bucket];
          const inOne = (inTest === undefined) !== (inRest === undefined);
          return (inTest === HOLDOUT) !== (inRest === HOLDOUT) || (inTest !== HOLDOUT && !inOne);
        });
        expect(wrong).toEqual([]);
        expect(first.filter((share) => share === HOLDOUT)).toHaveLength(holdout);
        for (const [id, width] of shares.entries())
          expect(first.filter((share) => share === String(id))).toHaveLength(width);
      }),
      { numRuns: 30 },
    );
  });

  it('tells the holdout once where the rest skips it', () => {
    fc.assert(
      fc.property(tests, ({ holdout, shares, test, rest }) => {
        const first = laidOut(tagged([0, holdout, ...shares].join(), shares.length - 1));
        const second = laidOut(tagged([holdout + test, 0, rest].join(), 0));
        const inOne = first.filter(
          (share, bucket) => (share === undefined) !== (second[bucket] === undefined),
        );
        expect(inOne).toHaveLength(BUCKETS);
      }),
      { numRuns: 30 },
    );
  });

  it('leaves everybody where the percents have them when it says the same', () => {
    const shares: WriteCampaignRequest = { ...tagged('0,500,6500,1000,2000', 2), HoldoutPercent: 5 };
    const [one, two] = shares.AdditionalTreatments ?? [];
    const { tags: _, ...plain } = shares;
    const percents = {
      ...plain,
      AdditionalTreatments: [
        { ...one, SizePercent: 10 },
        { ...two, SizePercent: 20 },
      ],
    };
    expect(laidOut(shares)).toEqual(laidOut(percents as WriteCampaignRequest));
  });

  it('is taken when each treatment has its share and all are no more than everybody', () => {
    expect(problemsOf('0,0,0,10000')).toEqual([]);
    expect(problemsOf('2000,500,7500', 0)).toEqual([]);
  });

  it.each([
    ['', /^tags.repoint:split is ""; allowed: <skip>,<holdout>,<treatment 0>/],
    ['0,0', /allowed: <skip>/],
    ['0,0,50.5,0', /allowed: <skip>/],
    ['0,-1,0,0', /allowed: <skip>/],
    ['0, 0,1,1', /allowed: <skip>/],
    ['0,0,01,1', /allowed: <skip>/],
    ['0,0,1e3,1', /allowed: <skip>/],
    ['0,0,1', /^tags.repoint:split is "0,0,1" with shares of 1 treatments; the campaign has 2$/],
    ['0,0,1,1,1', /with shares of 3 treatments; the campaign has 2$/],
    ['5000,1000,2000,2001', /^tags.repoint:split is "5000,1000,2000,2001", 10001 buckets; at most 10000/],
  ])('is refused as %j', (split, says) => {
    const problems = problemsOf(split);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(says);
  });
});
