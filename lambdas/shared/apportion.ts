/**
 * A whole number in parts that are in proportion to `weights` (≥ 0, not all 0) and add up to it: each exact share rounded
 * down, what is left over to the largest remainders, the first of equal ones first (Hamilton's method).
 */
export function apportion(total: number, weights: readonly number[]): number[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const parts = weights.map((weight, index) => {
    const exact = total * weight;
    return { index, part: Math.floor(exact / whole), remainder: exact % whole };
  });
  const left = total - parts.reduce((sum, { part }) => sum + part, 0);
  const largest = [...parts].sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  const more = new Set(largest.slice(0, left).map(({ index }) => index));
  return parts.map(({ index, part }) => part + (more.has(index) ? 1 : 0));
}
