import { apportion } from '../../shared/apportion.ts';
import { WHOLE } from '../content.ts';
import type { Shares } from './shares.ts';

/** Which part of a send's audience a run goes to. `share` is the winner rule's `testShare`, in buckets of 0.01 %. */
export type SplitPart =
  | { readonly of: 'whole' }
  | { readonly of: 'test'; readonly share: number }
  | { readonly of: 'rest'; readonly share: number; readonly variantId: string }
  /** A later send of a campaign whose winner is chosen: all but the holdout get it. */
  | { readonly of: 'chosen'; readonly variantId: string };

/**
 * The value of the tag `repoint:split` of a run (docs/pinpoint-api.md): `<skip>,<holdout>,<variant 0>,<variant 1>,…` in
 * buckets. Every run names all variants, those that get nobody with 0, so that a TreatmentId means the same variant in each
 * run of the campaign. The test tells the holdout; the rest skips it with the tested, so that nobody is counted twice.
 */
export function splitTag({ variants, holdout }: Shares, part: SplitPart): string {
  const audience = WHOLE - holdout;
  switch (part.of) {
    case 'whole':
      return [0, holdout, ...variants.map(({ weight }) => weight)].join(',');
    case 'test':
      return [0, holdout, ...testedBuckets(variants, part.share)].join(',');
    case 'rest':
      return [holdout + part.share, 0, ...only(variants, part.variantId, audience - part.share)].join(',');
    case 'chosen':
      return [0, holdout, ...only(variants, part.variantId, audience)].join(',');
  }
}

const only = (variants: Shares['variants'], variantId: string, buckets: number): number[] =>
  variants.map(({ id }) => (id === variantId ? buckets : 0));

/** A tested share by the variants' weights, in whole buckets. */
export const testedBuckets = (variants: Shares['variants'], share: number): number[] =>
  apportion(
    share,
    variants.map(({ weight }) => weight),
  );
