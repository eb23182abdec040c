/** From a sample to all. Pure. */
import { apportion } from '../../shared/apportion.ts';
import { WHOLE } from '../content.ts';

/** A number, and how far off it may be: half of its 95 % interval, 0 when it was counted. */
export interface Figure {
  readonly value: number;
  readonly margin: number;
}

/** `size` of `members` were judged: all, or drawn at random without replacement. */
export interface Sample {
  readonly members: number;
  readonly size: number;
  /** Basis points of all members that are held out, whatever else would become of them. */
  readonly holdout: number;
}

const Z_95 = 1.96;

/**
 * What became of the sample (`counts` by name, together its size) for all members: figures that add up to them together
 * with the held out. Where all were judged a figure is exact but for the holdout's chance, which a margin tells.
 */
export function extrapolate(
  counts: Readonly<Record<string, number>>,
  { members, size, holdout }: Sample,
): { readonly outcomes: Readonly<Record<string, Figure>>; readonly heldOut: Figure } {
  if (members === 0 || size === 0) return { outcomes: {}, heldOut: { value: 0, margin: 0 } };
  const names = Object.keys(counts);
  const weights = names.map((name) => (counts[name] ?? 0) * (WHOLE - holdout));
  const [heldOut = 0, ...values] = apportion(members, [size * holdout, ...weights]);
  const figures = names.map((name, index) => {
    const value = values[index] ?? 0;
    const unknown = shareMargin(counts[name] ?? 0, { members, size }) * (1 - holdout / WHOLE);
    return [
      name,
      { value, margin: limited(Math.hypot(unknown, splitMargin(value, holdout)), members) },
    ] as const;
  });
  const heldMargin = limited(splitMargin(members, holdout) * Math.sqrt(1 - holdout / WHOLE), members);
  return { outcomes: Object.fromEntries(figures), heldOut: { value: heldOut, margin: heldMargin } };
}

/**
 * A quantity that varies from member to member (messages), by its sums over the reached members of the sample: `reached`
 * is what was made of their number.
 */
export function total(
  sums: { readonly n: number; readonly sum: number; readonly sumOfSquares: number },
  reached: Figure,
): Figure {
  if (sums.n === 0) return { value: 0, margin: reached.margin };
  const mean = sums.sum / sums.n;
  const variance = Math.max(0, sums.sumOfSquares / sums.n - mean * mean);
  // Who was not judged may have more or fewer; whose number is exact was judged.
  const spread = reached.margin === 0 ? 0 : Z_95 * Math.sqrt(variance / sums.n) * reached.value;
  return {
    value: Math.round(reached.value * mean),
    margin: Math.ceil(Math.hypot(reached.margin * mean, spread)),
  };
}

/** Agresti & Coull (1998): two more of each kind, so that what a sample has none of is not told to be nowhere. */
function shareMargin(count: number, { members, size }: Pick<Sample, 'members' | 'size'>): number {
  if (size >= members) return 0;
  const share = (count + 2) / (size + 4);
  const unseen = (members - size) / (members - 1);
  return Z_95 * Math.sqrt(((share * (1 - share)) / (size + 4)) * unseen) * members;
}

/** The split is by lot: of `value` members about a share of `holdout` is held out. */
const splitMargin = (value: number, holdout: number): number =>
  holdout === 0 ? 0 : Z_95 * Math.sqrt(value * (holdout / WHOLE));

const limited = (margin: number, members: number): number => Math.min(members, Math.ceil(margin));
