/** Numbers that come back from DynamoDB as they went in. Pure. */

/** DynamoDB keeps no number nearer to zero. */
const SMALLEST = 1e-130;

/** Where such numbers lie, in words for a caller. */
export const STORABLE = `0, or a number whose size is from ${SMALLEST} to ${Number.MAX_SAFE_INTEGER}`;

/** The document client throws at whole numbers that a double cannot hold exactly, and at all beyond them. */
export const isStorable = (value: number): boolean =>
  value === 0 || (Math.abs(value) >= SMALLEST && Math.abs(value) <= Number.MAX_SAFE_INTEGER);
