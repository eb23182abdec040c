import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  calendar,
  type Planned,
  type PlannedSend,
  upcoming,
} from '../../../lambdas/campaigns/schedule/calendar.ts';
import { addDays, recurrence } from './arbitraries.ts';
import { bruteOccurrences } from './brute-calendar.ts';

const DAY = 86_400_000;
const instant = (text: string): number => Date.parse(text);
const FROM = instant('2026-12-01T00:00Z');

const daily = (id: string, of: Partial<Planned> = {}): Planned => ({
  id,
  status: 'recurring',
  schedule: {
    kind: 'recurring',
    cycle: { unit: 'day', every: 1 },
    time: '09:00',
    from: '2026-12-01',
    timeZone: 'UTC',
  },
  ...of,
});
const once = (id: string, at: string, status = 'scheduled'): Planned => ({
  id,
  status,
  schedule: { kind: 'at', at },
});

describe('the calendar', () => {
  it('has the sends of all campaigns from the first instant to before the last, by time', () => {
    const planned = [
      daily('daily'),
      once('at the end', '2026-12-03T00:00:00.000Z'),
      once('at the beginning', '2026-12-01T00:00:00.000Z'),
      once('between', '2026-12-02T08:59:00.000Z'),
    ];
    expect(calendar(planned, { fromMs: FROM, toMs: FROM + 2 * DAY }, 100)).toEqual({
      sends: [
        { campaignId: 'at the beginning', at: FROM },
        { campaignId: 'daily', at: instant('2026-12-01T09:00Z') },
        { campaignId: 'between', at: instant('2026-12-02T08:59Z') },
        { campaignId: 'daily', at: instant('2026-12-02T09:00Z') },
      ],
      more: false,
    });
  });

  it.each(['draft', 'stopped', 'paused', 'cancelled', 'completed'])('leaves out what is %s', (status) => {
    const planned = [daily('a', { status }), once('b', '2026-12-01T00:00:00.000Z', status)];
    expect(calendar(planned, { fromMs: FROM, toMs: FROM + DAY }, 10)).toEqual({ sends: [], more: false });
  });

  it('counts from the anchor of a campaign that was resumed', () => {
    const schedule = { ...daily('').schedule, cycle: { unit: 'day', every: 3 } } as Planned['schedule'];
    const resumed = daily('resumed', { schedule, anchor: '2026-12-02' });
    expect(calendar([resumed], { fromMs: FROM, toMs: FROM + 6 * DAY }, 10).sends.map(({ at }) => at)).toEqual(
      [instant('2026-12-02T09:00Z'), instant('2026-12-05T09:00Z')],
    );
  });

  it('lists sends of one instant by campaign, however many there are and in whatever order they come', () => {
    const nine = instant('2026-12-01T09:00Z');
    const planned = ['f', 'e', 'd', 'c', 'b', 'a'].map((id) => daily(id));
    expect(calendar(planned, { fromMs: FROM, toMs: FROM + 9 * DAY }, 2)).toEqual({
      sends: [
        { campaignId: 'a', at: nine },
        { campaignId: 'b', at: nine },
      ],
      more: true,
    });
  });

  it('told page by page has each send once, also where several go out at one instant', () => {
    const many = fc.array(recurrence(10), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 40 }), (recurrences, limit) => {
        const planned = recurrences.map((of, index) => ({
          id: `c${index}`,
          status: 'recurring',
          schedule: { kind: 'recurring' as const, ...of, from: '2026-12-01', until: '2027-01-31' },
        }));
        const all = planned
          .flatMap(({ id, schedule }) =>
            bruteOccurrences(schedule, schedule.from, addDays(schedule.from, 31)).map((at) => ({
              campaignId: id,
              at,
            })),
          )
          .filter(({ at }) => at >= FROM && at < FROM + 30 * DAY)
          .sort((a, b) => a.at - b.at || (a.campaignId < b.campaignId ? -1 : 1));
        const period = { fromMs: FROM, toMs: FROM + 30 * DAY };
        const pages: PlannedSend[][] = [];
        for (let more = true; more; ) {
          const after = pages.at(-1)?.at(-1);
          const page = calendar(planned, { ...period, ...(after ? { after } : {}) }, limit);
          pages.push([...page.sends]);
          more = page.more;
        }
        expect(pages.flat()).toEqual(all);
        expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what comes next', () => {
  it('is so many sends strictly after now', () => {
    const { schedule } = daily('');
    const nine = instant('2026-12-01T09:00Z');
    expect(upcoming(schedule, undefined, nine, 2)).toEqual([nine + DAY, nine + 2 * DAY]);
    expect(upcoming(schedule, undefined, nine, 0)).toEqual([]);
  });

  it('is the one time of a schedule that has one, and none when it has gone by or is now', () => {
    const at = { kind: 'at', at: '2026-12-01T09:00:00.000Z' } as const;
    expect(upcoming(at, undefined, FROM, 5)).toEqual([instant(at.at)]);
    expect(upcoming(at, undefined, instant(at.at), 5)).toEqual([]);
    expect(upcoming({ kind: 'now' }, undefined, FROM, 5)).toEqual([]);
  });
});
