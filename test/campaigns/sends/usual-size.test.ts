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
    [3, 1, true],
    [2, 1, false],
  ])('%d members against %d in its own sends are unusual: %s', (members, usual, held) => {
    expect(isUnusual(members, { members: usual, of: 'campaign' })).toBe(held);
  });

  it('holds nothing smaller than an operator says, nor, against the segment alone, than 1,000', () => {
    expect(isUnusual(99, { members: 1, of: 'campaign' }, 100)).toBe(false);
    expect(isUnusual(100, { members: 1, of: 'campaign' }, 100)).toBe(true);
    expect(isUnusual(999, { members: 1, of: 'segment' })).toBe(false);
    expect(isUnusual(1000, { members: 1, of: 'segment' })).toBe(true);
    expect(isUnusual(1000, { members: 1, of: 'segment' }, 2000)).toBe(false);
  });

  it('is nothing to be held against before it is known', () => {
    expect(isUnusual(6_400_000, undefined)).toBe(false);
  });
});
