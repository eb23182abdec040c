import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openingAt } from '../../../lambdas/campaigns/sends/lateness.ts';

const HOUR = 3_600_000;
const WINDOW = 6 * HOUR;
const days = (from: number, count: number) =>
  Array.from({ length: count }, (_, day) => (from + day) * 24 * HOUR);

describe('what is done with the occurrences of a campaign', () => {
  it.each([
    ['nothing before the first', [10], 9, { missed: [], next: 10 }],
    ['the one that is due', [10, 34], 10, { send: 10, missed: [], next: 34 }],
    ['one less than six hours late', [10, 34], 15.999, { send: 10, missed: [], next: 34 }],
    ['one six hours late is missed', [10, 34], 16, { missed: [10], next: 34 }],
    ['of two in the window the latest', [10, 12, 34], 13, { send: 12, missed: [10], next: 34 }],
    ['the last of a campaign', [10], 11, { send: 10, missed: [] }],
  ])('%s', (_, left, now, expected) => {
    const inMs = (hours: number) => hours * HOUR;
    const { missed, ...others } = expected as { missed: number[]; send?: number; next?: number };
    const rest = Object.fromEntries(Object.entries(others).map(([name, hours]) => [name, inMs(hours)]));
    expect(openingAt(left.map(inMs), inMs(now), WINDOW)).toEqual({ ...rest, missed: missed.map(inMs) });
  });

  it('sends at most one, misses all others that are due, and forgets none, however long the outage was', () => {
    fc.assert(
      fc.property(
        fc.nat(400),
        fc.nat(400 * 24),
        fc.integer({ min: 1, max: 72 }),
        (count, nowHours, window) => {
          const [now, all] = [nowHours * HOUR, days(0, count)];
          const sent: number[] = [];
          const missed: number[] = [];
          let left = all;
          for (let turn = 0; turn <= 10 && (left[0] ?? Number.POSITIVE_INFINITY) <= now; turn++) {
            const opening = openingAt(left, now, window * HOUR);
            if (opening.send !== undefined) sent.push(opening.send);
            missed.push(...opening.missed);
            left = left.filter((at) => at >= (opening.next ?? Number.POSITIVE_INFINITY));
          }
          const due = all.filter((at) => at <= now);
          const latest = due.at(-1);
          expect(sent).toEqual(latest !== undefined && now - latest < window * HOUR ? [latest] : []);
          expect([...missed, ...sent].sort((a, b) => a - b)).toEqual(due);
          expect(left).toEqual(all.filter((at) => at > now));
        },
      ),
    );
  });
});
