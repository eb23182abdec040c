/** Amounts of money in whole ten-thousandths, which add up to the same sum in any order. Pure. */

export const TEN_THOUSANDTHS = 10_000;

/**
 * An amount, not below zero, rounded by its own digits, as the lake does (decimal(18, 4)): 12.34565 × 10,000 is 123456.5, which
 * doubles multiply to less.
 */
export function tenThousandths(amount: number): number {
  const shifted = Number(`${amount}e4`);
  // Numbers that are written with an exponent are either none of money or next to nothing.
  return Math.round(Number.isNaN(shifted) ? amount * TEN_THOUSANDTHS : shifted);
}
