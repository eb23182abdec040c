import { validateAddCouponCodes } from '../../../schemas/campaigns/generated/requests.js';
import { invalid } from '../../shared/errors.ts';
import type { HttpAnswer, Upload } from '../../shared/http.ts';
import { check } from '../../shared/validation.ts';
import { foundPool } from './pools.ts';
import type { PoolStore } from './ports.ts';
import { csvEntries, type Entry, judgedEntries, listEntries, MOST_CODES } from './upload.ts';

/**
 * Adds codes to a pool (spec §4): 200 when every line is a code, 207 with the reason of each line that is none. `known` are
 * codes that the pool had already, as after a repeat; nothing happens to them. When this answers, every accepted code is in
 * the pool and stays there until it is given.
 */
export async function addCodes(pools: PoolStore, name: string, upload: Upload): Promise<HttpAnswer> {
  const entries = upload.kind === 'csv' ? csvEntries(upload.text) : listEntries(listed(upload.body));
  checkSize(entries);
  const pool = await foundPool(pools, name);
  const { codes, refused } = judgedEntries(entries);
  const known = await pools.add(pool.name, [...codes.keys()]);
  const counts = { accepted: codes.size - known.size, known: known.size, rejected: refused.length };
  if (refused.length === 0) return { status: 200, body: { result: counts } };
  return { status: 207, body: { result: { ...counts, errors: refused } } };
}

const listed = (body: unknown): readonly unknown[] => check(validateAddCouponCodes, body).codes;

function checkSize({ length }: readonly Entry[]): void {
  if (length >= 1 && length <= MOST_CODES) return;
  const message = `An upload has 1 to ${MOST_CODES} codes; this one has ${length}`;
  throw invalid([{ field: 'codes', message }]);
}
