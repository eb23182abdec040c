import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filingOf } from '../../lambdas/events/filing.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const received = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) });
const utcDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);

describe('the partition of an event', () => {
  it('is the day it occurred on, from seven days before the day of arrival to one after', () => {
    fc.assert(
      fc.property(
        received,
        fc.integer({ min: -7, max: 1 }),
        fc.integer({ min: 0, max: DAY_MS - 1 }),
        (at, days, inDay) => {
          const occurred = Math.floor(at / DAY_MS) * DAY_MS + days * DAY_MS + inDay;
          expect(filingOf(occurred, at)).toMatchObject({ filed: 'occurred', day: utcDay(occurred) });
        },
      ),
    );
  });

  it('is the day of arrival otherwise, and then the event is late', () => {
    fc.assert(
      fc.property(
        received,
        fc.integer({ min: 8, max: 4000 }),
        fc.integer({ min: 0, max: DAY_MS - 1 }),
        (at, days, inDay) => {
          const occurred = Math.floor(at / DAY_MS) * DAY_MS - days * DAY_MS + inDay;
          expect(filingOf(occurred, at)).toEqual({ filed: 'received', day: utcDay(at), late: true });
        },
      ),
    );
  });

  it('does not change what late means: older than 72 hours', () => {
    const at = Date.UTC(2026, 10, 21, 12);
    expect(filingOf(at - 72 * HOUR_MS, at).late).toBe(false);
    expect(filingOf(at - 72 * HOUR_MS - 1, at)).toMatchObject({ late: true, filed: 'occurred' });
  });
});
