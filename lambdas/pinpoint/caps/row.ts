import { createHash } from 'node:crypto';
import { type CampaignCount, type CapRow, type Counted, NOTHING_COUNTED } from './limits.ts';

/**
 * A row as it is stored, short for there are as many as endpoints: campaigns and runs by the fingerprints below, moments
 * in base 36. A message of the last day is `<campaign><run><moment>`; a campaign's total is `<moment>.<run><run>…`.
 */
export interface CapItem {
  readonly recent?: readonly string[];
  readonly totals?: Readonly<Record<string, string>>;
}

/** Characters of a fingerprint: 48 bits. Two of a hundred runs are taken for one with a chance of 10⁻¹¹. */
const LENGTH = 8;

export const fingerprintOf = (id: string): string =>
  createHash('sha256').update(id).digest('base64url').slice(0, LENGTH);

const momentOf = (text: string): number => Number.parseInt(text, 36);

const recentOf = (text: string): Counted => ({
  campaign: text.slice(0, LENGTH),
  run: text.slice(LENGTH, 2 * LENGTH),
  at: momentOf(text.slice(2 * LENGTH)),
});

function totalOf(text: string): CampaignCount {
  const [at = '', runs = ''] = text.split('.');
  const count = runs.length / LENGTH;
  return {
    at: momentOf(at),
    runs: Array.from({ length: count }, (_, index) => runs.slice(index * LENGTH, (index + 1) * LENGTH)),
  };
}

export const rowOf = (item: CapItem | undefined): CapRow =>
  item === undefined
    ? NOTHING_COUNTED
    : {
        recent: (item.recent ?? []).map(recentOf),
        totals: new Map(
          Object.entries(item.totals ?? {}).map(([campaign, text]) => [campaign, totalOf(text)]),
        ),
      };

export function itemOf({ recent, totals }: CapRow): CapItem {
  const texts = [...totals].map(([campaign, { at, runs }]) => [
    campaign,
    `${at.toString(36)}.${runs.join('')}`,
  ]);
  return {
    ...(recent.length > 0
      ? { recent: recent.map(({ campaign, run, at }) => `${campaign}${run}${at.toString(36)}`) }
      : {}),
    ...(texts.length > 0 ? { totals: Object.fromEntries(texts) } : {}),
  };
}
