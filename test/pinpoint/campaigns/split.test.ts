import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKETS, bucketOf, shareOf } from '../../../lambdas/pinpoint/campaigns/split.ts';
import { stableKeyOf } from '../../../lambdas/pinpoint/campaigns/treatments.ts';

const members = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe('the split', () => {
  it('puts a member into the same bucket each time', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (key, member) => {
        const bucket = bucketOf(key, member);
        expect(bucket).toBe(bucketOf(key, member));
        expect(Number.isInteger(bucket) && bucket >= 0 && bucket < BUCKETS).toBe(true);
      }),
    );
  });

  it('leaves everybody where they are from one release to the next', () => {
    // A campaign that is under way keeps its split: other numbers here are another split.
    expect(bucketOf('campaign-1', 'user-1')).toBe(2059);
    expect(bucketOf('campaign-1', 'user-2')).toBe(5190);
    expect(bucketOf('weekly', '회원-7')).toBe(4702);
  });

  it('is shared by campaigns of one repoint:campaign, and by none whose tag is empty', () => {
    const key = (id: string, tag: string) =>
      stableKeyOf({ id, request: { tags: { 'repoint:campaign': tag } } });
    expect(key('a', 'weekly')).toBe(key('b', 'weekly'));
    expect(key('a', '')).not.toBe(key('b', ''));
  });

  it.each(['user-', 'member:', '회원', '0000'])('spreads members named %s… evenly', (prefix) => {
    const tenths = new Array<number>(10).fill(0);
    for (const member of members(prefix, 20_000)) {
      const tenth = Math.floor(bucketOf('campaign-1', member) / (BUCKETS / 10));
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    // 2,000 each; 250 is six standard deviations of a fair split.
    for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(250);
  });

  it('treats the campaigns of one member independently', () => {
    const both = members('user-', 20_000).filter(
      (member) => bucketOf('campaign-1', member) < 5000 && bucketOf('campaign-2', member) < 5000,
    );
    expect(Math.abs(both.length - 5000)).toBeLessThan(400);
  });

  it('gives each share its width, in 0.01 % steps, and nobody two', () => {
    const shares = fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 11 });
    fc.assert(
      fc.property(shares, (widths) => {
        const layout = widths.map((buckets, index) => ({ id: String(index), buckets }));
        const counts = new Map<string | undefined, number>();
        for (let bucket = 0; bucket < BUCKETS; bucket++) {
          const id = shareOf(bucket, layout);
          counts.set(id, (counts.get(id) ?? 0) + 1);
        }
        for (const { id, buckets } of layout) expect(counts.get(id) ?? 0).toBe(buckets);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps everybody in place when a later share grows', () => {
    const before = [{ id: 'holdout', buckets: 500 }];
    const after = [...before, { id: '1', buckets: 2500 }];
    for (const member of members('u', 2000)) {
      const bucket = bucketOf('k', member);
      if (shareOf(bucket, before) === 'holdout') expect(shareOf(bucket, after)).toBe('holdout');
    }
  });
});
