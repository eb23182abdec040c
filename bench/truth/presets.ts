/** Asks the lake for the members of each preset, as a resolution does, and tells where they are not who the oracle says. */
import { compileRule } from '../../lambdas/segments/compile/compile-rule.ts';
import { plainOf } from '../../lambdas/segments/rule/plain-of.ts';
import type { Query } from './compare.ts';
import { type Asked, askedOf, type Deed, membersOf, mostViewed } from './presets-oracle.ts';

/** Longer than either file reaches back. */
export const RETENTION_DAYS = 400;
const CATEGORIES = 2;

export interface Verdict {
  readonly asked: Asked;
  /** By the files. */
  readonly expected: number;
  /** By the lake. */
  readonly found: number;
  /** The first few ids that only one of them names. */
  readonly differing: readonly string[];
}

const SHOWN = 5;

/** Every preset that behaviour decides, of everything done so far. */
export async function judgedPresets(query: Query, deeds: readonly Deed[], now: number): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const asked of askedOf(mostViewed(deeds, CATEGORIES))) {
    const expected = membersOf(asked, deeds, now);
    const found = await membersInLake(query, asked, now);
    const [told, seen] = [new Set(expected), new Set(found)];
    const differing = [...expected.filter((who) => !seen.has(who)), ...found.filter((who) => !told.has(who))];
    const twice = found.length - seen.size;
    verdicts.push({
      asked,
      expected: expected.length,
      found: found.length,
      differing: [...differing.slice(0, SHOWN), ...(twice > 0 ? [`${twice} named twice`] : [])],
    });
  }
  return verdicts;
}

async function membersInLake(query: Query, asked: Asked, now: number): Promise<string[]> {
  const rule = plainOf(asked, { segment: () => undefined });
  const { select } = compileRule(rule, { now, timeZone: 'Asia/Seoul', retentionDays: RETENTION_DAYS });
  return (await query(select)).map(([userId]) => userId ?? '');
}

export const wordsOf = ({ asked: { preset, with: given } }: Verdict): string =>
  given === undefined ? preset : `${preset} ${JSON.stringify(given)}`;
