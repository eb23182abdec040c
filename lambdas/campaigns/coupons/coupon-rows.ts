/**
 * Rows of the table `coupons`, by `pk`; its index `shelves` (`shelf`, `place`) lists codes and pools.
 *
 *     pool#<name>                       the pool; on the shelf `pools`
 *     code#<pool>#<code>                a code; `owner` once it is given
 *     promise#<pool>#<campaign>#<user>  the code that was named for a member
 *     giving#<pool>#<campaign>          that the campaign gives codes of the pool; on the shelf `giving`
 */
import type { Claim } from './ports.ts';

export const SHELVES_INDEX = 'shelves';
export const POOLS_SHELF = 'pools';

export const poolKey = (name: string): string => `pool#${name}`;
export const codeKey = (pool: string, code: string): string => `code#${pool}#${code}`;
export const GIVING_SHELF = 'giving';
export const givingKey = ({ pool, campaignId }: Claim): string => `giving#${pool}#${campaignId}`;
/** The claim of a row on the shelf `giving`. */
export function claimOf(pk: string): Claim {
  const [, pool = '', ...campaignId] = pk.split('#');
  return { pool, campaignId: campaignId.join('#') };
}

/** Names of pools have no `#`, so that what comes after it is the code. */
export const codeOf = (pool: string, pk: string): string => pk.slice(codeKey(pool, '').length);
export const promiseKey = ({ pool, campaignId }: Claim, userId: string): string =>
  `promise#${pool}#${campaignId}#${userId}`;
/** Whom a code belongs to: one text, so that one condition compares it. */
export const ownerOf = ({ campaignId }: Claim, userId: string): string => `${campaignId}#${userId}`;
