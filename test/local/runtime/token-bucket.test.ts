import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBucket } from '../../../local/runtime/gateway/token-bucket.ts';

test('no window takes more than its burst and its rate allow, whatever the arrivals', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.nat(300), { minLength: 1, maxLength: 200 }),
      (ratePerSecond, burst, gaps) => {
        const bucket = new TokenBucket(ratePerSecond, burst, 0);
        const taken: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          if (bucket.take(now)) taken.push(now);
        }
        for (const [first, from] of taken.entries()) {
          for (let last = first; last < taken.length; last++) {
            const windowMs = (taken[last] ?? 0) - from;
            expect(last - first + 1).toBeLessThanOrEqual(burst + (windowMs / 1000) * ratePerSecond + 1e-6);
          }
        }
      },
    ),
  );
});

test('a caller within the rate is never refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20 }), (ratePerSecond, burst) => {
      const bucket = new TokenBucket(ratePerSecond, burst, 0);
      const everyMs = 1000 / ratePerSecond + 0.001;
      for (let call = 0; call < 100; call++) expect(bucket.take(call * everyMs)).toBe(true);
    }),
  );
});
