import type { Problem } from '../../shared/errors.ts';
import { type Variant, WHOLE } from '../content.ts';

/** What a request says of its split: `weight` and `holdout` in percent of the audience, in steps of 0.01. */
export interface SharesRequest {
  readonly variants?: readonly { readonly name?: string; readonly weight?: number }[];
  readonly holdout?: number;
}

export type VariantShare = Pick<Variant, 'id' | 'name' | 'weight'>;

/** Who gets what, in buckets of 0.01 %: variants and holdout together are the whole audience. */
export interface Shares {
  readonly variants: readonly VariantShare[];
  readonly holdout: number;
}

const FEWEST = 2;
/** Pinpoint had five; spec §4 asks for eleven. */
const MOST = 11;
const BUCKETS_PER_PERCENT = WHOLE / 100;
/** Beyond what binary fractions cost: 33.33 × 100 is 3332.9999999999995. */
const ROUNDING = 1e-6;

/** A percentage in buckets; undefined when it is no number or has more than two decimals. */
export function bucketsOf(percent: number): number | undefined {
  const buckets = Math.round(percent * BUCKETS_PER_PERCENT);
  return Math.abs(percent * BUCKETS_PER_PERCENT - buckets) < ROUNDING ? buckets : undefined;
}

export const percentOf = (buckets: number): number => buckets / BUCKETS_PER_PERCENT;

/** Everything wrong with a request's split, at once. Without `variants` it has one, and only the holdout is judged. */
export function shareProblems({ variants, holdout }: SharesRequest): Problem[] {
  const holdoutProblems = stepProblems('holdout', holdout ?? 0, 0, 99.99);
  const unread = weightProblems(variants ?? []);
  // Of shares that cannot be read there is no sum.
  const sum = holdoutProblems.length + unread.length > 0 ? [] : sumProblems(variants ?? [], holdout ?? 0);
  return [
    ...holdoutProblems,
    ...(variants === undefined ? [] : [...countProblems(variants.length), ...nameProblems(variants)]),
    ...unread,
    ...sum,
  ];
}

/** The request's split, nothing left to guess. The request has no `shareProblems`. */
export function sharesOf({ variants = [{}], holdout: percent = 0 }: SharesRequest): Shares {
  const holdout = bucketsOf(percent) ?? 0;
  const equal = equalShares(WHOLE - holdout, variants.length);
  return {
    holdout,
    variants: variants.map(({ name, weight }, index) => ({
      id: String(index),
      name: name ?? madeName(index),
      weight: weight === undefined ? (equal[index] ?? 0) : (bucketsOf(weight) ?? 0),
    })),
  };
}

/** Equal parts of a number of buckets; the first ones have one more where it does not divide. */
function equalShares(buckets: number, parts: number): number[] {
  const each = Math.floor(buckets / parts);
  return Array.from({ length: parts }, (_, index) => each + (index < buckets % parts ? 1 : 0));
}

/** A, B, … K. */
const madeName = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);

function countProblems(count: number): Problem[] {
  if (count >= FEWEST && count <= MOST) return [];
  const message = `variants has ${count}; allowed: ${FEWEST} to ${MOST}, or none for a single message`;
  return [{ field: 'variants', message }];
}

/** Results are told by name, so that no two may have the same, a made one included. */
function nameProblems(variants: readonly { readonly name?: string }[]): Problem[] {
  const names = variants.map(({ name }, index) => name ?? madeName(index));
  return names.flatMap((name, index) => {
    if (names.indexOf(name) === index) return [];
    const field = `variants.${index}.name`;
    return [{ field, message: `${field} is "${name}", the name of another variant` }];
  });
}

function weightProblems(variants: readonly { readonly weight?: number }[]): Problem[] {
  const weightless = variants.filter(({ weight }) => weight === undefined).length;
  return variants.flatMap(({ weight }, index) => {
    const field = `variants.${index}.weight`;
    if (weight !== undefined) return stepProblems(field, weight, 0.01, 100);
    if (weightless === variants.length) return [];
    return [{ field, message: `${field} is missing; give every variant a weight, or none for equal shares` }];
  });
}

function stepProblems(field: string, percent: number, least: number, most: number): Problem[] {
  const allowed = percent >= least && percent <= most && bucketsOf(percent) !== undefined;
  const message = `${field} is ${percent}; allowed: ${least} to ${most} percent in steps of 0.01`;
  return allowed ? [] : [{ field, message }];
}

function sumProblems(variants: readonly { readonly weight?: number }[], holdout: number): Problem[] {
  const heldOut = bucketsOf(holdout) ?? 0;
  if (variants[0]?.weight === undefined) return [];
  const sum = variants.reduce((total, { weight = 0 }) => total + (bucketsOf(weight) ?? 0), heldOut);
  if (sum === WHOLE) return [];
  const weights = `the weights${heldOut > 0 ? ` and the holdout of ${holdout}` : ''}`;
  return [
    { field: 'variants', message: `${weights} are ${percentOf(sum)} percent together; they must be 100` },
  ];
}
