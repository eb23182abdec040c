import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Troubles } from '../../local/troubles.ts';

const strikes = (times: number, strike: () => boolean): number =>
  Array.from({ length: times }, strike).filter(Boolean).length;

describe('troubles', () => {
  it('strike the share that is ordered, evenly', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        (share, times) => {
          const troubles = new Troubles();
          troubles.order({ repeats: { sends: share }, missedTicks: { 'campaigns-tick': share } });
          const struck = strikes(times, () => troubles.repeats('repoint-local-sends'));
          expect(Math.abs(struck - share * times)).toBeLessThanOrEqual(1);
          expect(troubles.struck.repeats).toBe(struck);
          expect(strikes(times, () => troubles.missesTick('repoint-local-campaigns-tick'))).toBe(struck);
        },
      ),
    );
  });

  it('spare what is not named, and everything once other orders replace them', () => {
    const troubles = new Troubles();
    troubles.order({ repeats: { sends: 1 }, kills: { 'campaigns-tick': 1 }, failingQueries: 2 });
    expect(strikes(9, () => troubles.repeats('repoint-local-sends-dlq'))).toBe(0);
    expect(strikes(9, () => troubles.killAfterMs('repoint-local-campaigns-advance') !== undefined)).toBe(0);
    expect(strikes(9, () => troubles.killAfterMs('repoint-local-campaigns-tick') !== undefined)).toBe(9);
    expect(strikes(9, () => troubles.failsQuery())).toBe(2);
    troubles.order({});
    expect(strikes(9, () => troubles.repeats('repoint-local-sends'))).toBe(0);
    expect(strikes(9, () => troubles.killAfterMs('repoint-local-campaigns-tick') !== undefined)).toBe(0);
  });
});
