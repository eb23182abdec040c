import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CapRow,
  type Counted,
  capLimitsOf,
  expiryOf,
  judge,
  NOTHING_COUNTED,
  type Taking,
} from '../../../lambdas/pinpoint/caps/limits.ts';
import type { CapLimits } from '../../../lambdas/pinpoint/caps/ports.ts';
import { fingerprintOf, itemOf, rowOf } from '../../../lambdas/pinpoint/caps/row.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 22);

describe('what caps a campaign', () => {
  it('is its own value before the application’s, and 0 is none', () => {
    expect(capLimitsOf({ Daily: 1, Total: 2 }, { Daily: 3, Total: 4 })).toEqual({
      daily: 1,
      total: 2,
      appDaily: 3,
    });
    expect(capLimitsOf({}, { Daily: 3, Total: 4 })).toEqual({ total: 4, appDaily: 3 });
    expect(capLimitsOf({ Daily: 0, Total: 0 }, { Daily: 3, Total: 4 })).toEqual({ total: 4, appDaily: 3 });
    expect(capLimitsOf({ Daily: 1 }, undefined)).toEqual({ daily: 1 });
  });

  it('is nothing without a limit: then there is nothing to count', () => {
    for (const [campaign, app] of [
      [undefined, undefined],
      [{}, {}],
      [{ Daily: 0 }, { Total: 0 }],
    ] as const)
      expect(capLimitsOf(campaign, app)).toBeUndefined();
  });
});

const CAMPAIGNS = ['a', 'b', 'c'].map(fingerprintOf);
const RUNS = Array.from({ length: 12 }, (_, n) => fingerprintOf(`run-${n}`));
const limit = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });
const history = fc.record({
  appDaily: limit,
  campaigns: fc.tuple(...CAMPAIGNS.map(() => fc.record({ Daily: limit, Total: limit }))),
  takes: fc.array(
    fc.record({
      campaign: fc.nat({ max: CAMPAIGNS.length - 1 }),
      run: fc.nat({ max: RUNS.length - 1 }),
      after: fc.oneof(
        fc.constantFrom(0, 1, DAY - 1, DAY, DAY + 1, 400 * DAY),
        fc.integer({ min: 0, max: 12 * HOUR }),
      ),
    }),
    { minLength: 1, maxLength: 60 },
  ),
});

function rowAfter(taking: Taking, now: number, row: CapRow = NOTHING_COUNTED): CapRow {
  const verdict = judge(row, taking, now);
  if (verdict.kind !== 'count') throw new Error(`It was ${verdict.kind}`);
  return verdict.next;
}

/** A campaign that counted nothing for 400 days began anew after that. */
function sinceGap(messages: readonly Counted[], now: number): readonly Counted[] {
  const times = [...messages.map(({ at }) => at), now];
  const gap = times.findLastIndex((at, index) => at - (times[index - 1] ?? at) >= 400 * DAY);
  return messages.slice(Math.max(gap, 0));
}

/** What somebody would say who remembers every message that was counted. */
function remembered(all: readonly Counted[], { campaign, run, limits }: Taking, now: number): string {
  const own = all.filter((each) => each.campaign === campaign);
  const inDay = all.filter(({ at }) => at > now - DAY);
  const ownInDay = inDay.filter((each) => each.campaign === campaign);
  const ever = limits.total === undefined ? [] : sinceGap(own, now);
  const isDaily = limits.daily !== undefined || limits.appDaily !== undefined;
  if ([...ever, ...(isDaily ? ownInDay : [])].some((each) => each.run === run)) return 'counted';
  if (limits.total !== undefined && ever.length >= limits.total) return 'CAMPAIGN_CAP';
  const [messages, daily] = limits.daily === undefined ? [inDay, limits.appDaily] : [ownInDay, limits.daily];
  return daily !== undefined && messages.length >= daily ? 'DAILY_CAP' : 'count';
}

describe('counting', () => {
  it('judges as somebody would who remembers every message', () => {
    fc.assert(
      fc.property(history, ({ appDaily, campaigns, takes }) => {
        const all: Counted[] = [];
        let row = NOTHING_COUNTED;
        let now = NOW;
        for (const { campaign, run, after } of takes) {
          now += after;
          const limits = capLimitsOf(campaigns[campaign], { Daily: appDaily });
          if (!limits) continue;
          const taking = { campaign: CAMPAIGNS[campaign] ?? '', run: RUNS[run] ?? '', limits };
          const verdict = judge(row, taking, now);
          const said = verdict.kind === 'refused' ? verdict.status : verdict.kind;
          expect(said).toBe(remembered(all, taking, now));
          if (verdict.kind !== 'count') continue;
          // The next one is judged by what was stored, as it was stored.
          row = rowOf(itemOf(verdict.next));
          all.push({ ...taking, at: now });
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('does not refuse at another’s slower clock what it counted before', () => {
    const taking = { campaign: 'a', run: '1', limits: { daily: 1 } };
    const row = rowAfter(taking, NOW);
    expect(judge(row, taking, NOW - HOUR)).toEqual({ kind: 'counted' });
    expect(judge(row, { ...taking, run: '2' }, NOW - HOUR)).toMatchObject({ status: 'DAILY_CAP' });
  });

  it.each<[string, CapLimits, number]>([
    ['the messages of a day', { daily: 1, appDaily: 5 }, 100],
    ['the totals of 400 days', { daily: 1, total: 1 }, 16_000],
  ])('keeps no more than %s, however long it goes on', (_what, limits, characters) => {
    let row = NOTHING_COUNTED;
    for (let day = 0; day < 2_000; day++) {
      const id = fingerprintOf(`campaign-${day}`);
      row = rowAfter({ campaign: id, run: id, limits }, NOW + day * DAY, row);
    }
    expect(JSON.stringify(itemOf(row)).length).toBeLessThan(characters);
  });
});

describe('a row', () => {
  const rowOfOne = (limits: CapLimits): CapRow => rowAfter({ campaign: 'a', run: '1', limits }, NOW);

  it('expires 25 hours after its last write when it counts days alone, else after 400 days', () => {
    expect(expiryOf(rowOfOne({ daily: 1, appDaily: 2 }), NOW)).toBe((NOW + 25 * HOUR) / 1000);
    expect(expiryOf(rowOfOne({ daily: 1, total: 2 }), NOW)).toBe((NOW + 400 * DAY) / 1000);
  });

  it('expires in whole seconds, never too early', () => {
    expect(expiryOf(rowOfOne({ daily: 1 }), NOW + 1)).toBe((NOW + 25 * HOUR) / 1000 + 1);
  });
});
