import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tenThousandths } from '../../lambdas/shared/money.ts';

describe('an amount in ten-thousandths', () => {
  it('is rounded by its digits, not by those of the nearest double', () => {
    expect([12.34565, 89499.86045, 66624.44685].map(tenThousandths)).toEqual([123457, 894998605, 666244469]);
    const amount = fc.tuple(fc.nat(99_999_999), fc.nat(999_999));
    fc.assert(
      fc.property(amount, ([whole, millionths]) => {
        const digits = String(millionths).padStart(6, '0');
        const up = Number(digits[4]) >= 5 ? 1 : 0;
        const told = Number(`${whole}.${digits}`);
        expect(tenThousandths(told)).toBe(whole * 10_000 + Number(digits.slice(0, 4)) + up);
      }),
    );
  });

  it('is nothing of next to nothing, and whole up to the greatest price of the plan', () => {
    expect([0, 1e-7, 0.00004, 1e11].map(tenThousandths)).toEqual([0, 0, 0, 1e15]);
  });
});
