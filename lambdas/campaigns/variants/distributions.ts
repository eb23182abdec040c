/**
 * Two-sided tail probabilities of the normal and of Student's t distribution, and their inverse. Own code: the small
 * libraries answer 1 − cdf, which is 0 where a p-value is still told, and the exact one is 230 packages. Pure.
 */

/** From here on the continued fraction of erfc converges faster than its series. */
const SERIES_UP_TO = 2;
const TINY = 1e-300;
const PRECISION = 1e-16;
/** The slowest case, some ten million degrees of freedom, takes about √df terms. */
const MOST_TERMS = 20_000;

/** P(|Z| ≥ |z|) of a standard normal Z. */
export const normalTwoSided = (z: number): number => erfc(Math.abs(z) / Math.SQRT2);

/** P(|T| ≥ |t|) of Student's T; degrees of freedom > 0 need not be whole (Welch). */
export function tTwoSided(t: number, degreesOfFreedom: number): number {
  const a = degreesOfFreedom / 2;
  const ratio = (t * t) / degreesOfFreedom;
  if (ratio === Number.POSITIVE_INFINITY) return 0;
  const x = 1 / (1 + ratio);
  // I_x(a, ½) is the probability itself; its fraction converges on one side only, its mirror image on the other.
  const front =
    Math.exp(-a * Math.log1p(ratio)) * Math.sqrt(ratio * x) * (gammaRatio(a) / Math.sqrt(Math.PI));
  if (x < (a + 1) / (a + 2.5)) return (front * betaFraction(a, 0.5, x)) / a;
  return 1 - (front * betaFraction(0.5, a, ratio * x)) / 0.5;
}

/** The t > 0 that is exceeded, on both sides together, with probability `p`: 2.228 for 0.05 and 10 degrees of freedom. */
export function tQuantile(p: number, degreesOfFreedom: number): number {
  let high = 1;
  while (tTwoSided(high, degreesOfFreedom) > p) high *= 2;
  let low = 0;
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (tTwoSided(middle, degreesOfFreedom) > p) low = middle;
    else high = middle;
  }
  return high;
}

function erfc(x: number): number {
  return x < SERIES_UP_TO ? 1 - erfSeries(x) : erfcFraction(x);
}

/** Abramowitz & Stegun 7.1.6: no cancellation, all terms are positive. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * PRECISION; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** Abramowitz & Stegun 7.1.14: x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …))). */
function erfcFraction(x: number): number {
  const bottom = lentz(x, (n) => ({ over: n / 2, plus: x }));
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * bottom);
}

/** The continued fraction of the incomplete beta function, Abramowitz & Stegun 26.5.8. */
function betaFraction(a: number, b: number, x: number): number {
  const coefficient = (n: number): number => {
    const m = Math.floor(n / 2);
    return n % 2 === 0
      ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
      : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
  };
  return 1 / lentz(1, (n) => ({ over: coefficient(n), plus: 1 }));
}

/** first + over₁/(plus₁ + over₂/(plus₂ + …)) by the method of Lentz. */
function lentz(first: number, part: (n: number) => { over: number; plus: number }): number {
  let value = first;
  let c = first;
  let d = 0;
  for (let n = 1; n < MOST_TERMS; n++) {
    const { over, plus } = part(n);
    d = 1 / (plus + over * d || TINY);
    c = plus + over / c || TINY;
    value *= c * d;
    if (Math.abs(c * d - 1) < PRECISION) break;
  }
  return value;
}

/** Γ(a + ½) / Γ(a): by its asymptotic series, which is exact to a double from 20 on, and by recurrence below. */
function gammaRatio(a: number): number {
  if (a < 20) return (gammaRatio(a + 1) * a) / (a + 0.5);
  const r = 1 / a;
  const log = -r / 8 + r ** 3 / 192 - r ** 5 / 640 + (17 * r ** 7) / 14_336;
  return Math.sqrt(a) * Math.exp(log);
}
