import { describe, expect, it } from 'vitest';
import { isUnusual, usualSize } from '../../../lambdas/campaigns/sends/usual-size.ts';

describe('the usual size of a send', () => {
  it.each([
    [[900, 1000, 1100], [9, 9, 9], { members: 1000, of: 'campaign' }],
    [[1000, 1000], [500, 700, 600], { members: 600, of: 'segment' }],
    [[], [500, 700], undefined],
    [[1, 2, 3, 1_000_000], [], { members: 2, of: 'campaign' }],
  ] as const)('of sends %j and a segment of %j is %j', (ofCampaign, ofSegment, usual) => {
    expect(usualSize(ofCampaign, ofSegment)).toEqual(usual);
  });

  it.each([
    [2999, 1000, false],
    [3000, 1000, true],
    [999, 1, false],
    [1000, 0, true],
  ])('%d members against %d are unusual: %s', (members, usual, held) => {
    expect(isUnusual(members, { members: usual, of: 'campaign' })).toBe(held);
  });

  it('is nothing to be held against before it is known', () => {
    expect(isUnusual(6_400_000, undefined)).toBe(false);
  });
});
