import { graphemes } from '../../shared/graphemes.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import type { Definition } from '../campaign.ts';
import { COUPON } from '../personalisation/variables.ts';
import type { CouponStore } from './ports.ts';

/** Codes of one pool are made alike: a few tell how long they are. */
const LOOKED_AT = 25;

/** What each member is given, at its longest: a code of the campaign's pool. Nothing without a pool, or with an empty one. */
export const longestCode =
  ({ free }: Pick<CouponStore, 'free'>) =>
  async ({ coupon }: Pick<Definition, 'coupon'>): Promise<DottedValues> => {
    const codes = coupon === undefined ? [] : await free(coupon.pool, LOOKED_AT, 0);
    const [longest] = codes.toSorted((a, b) => graphemes(b) - graphemes(a));
    return longest === undefined ? {} : { [COUPON]: [longest] };
  };
