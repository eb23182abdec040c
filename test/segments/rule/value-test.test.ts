import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import type { ValueTest } from '../../../lambdas/segments/rule/test.ts';
import { type AttributeValue, meets } from '../../../lambdas/segments/rule/value-test.ts';

/** 00:30 on November 22 in Seoul, still the 21st in UTC. */
const MOMENT = { now: Date.parse('2026-11-21T15:30:00.000Z'), timeZone: 'Asia/Seoul' };
const scalar = fc.oneof(fc.string({ maxLength: 4 }), fc.integer(), fc.boolean());
const value: fc.Arbitrary<AttributeValue | undefined> = fc.option(
  fc.oneof(scalar, fc.array(fc.string({ maxLength: 3 }), { maxLength: 4 })),
  { nil: undefined },
);
const has = (
  found: AttributeValue | undefined,
  operator: ValueTest['operator'],
  bound: unknown,
  moment = MOMENT,
) => meets({ operator, bound } as ValueTest, found, moment);

describe('what must hold of an attribute', () => {
  it('isNot is the opposite of is for every member, those without the attribute included', () => {
    fc.assert(
      fc.property(value, scalar, (found, wanted) => {
        expect(has(found, 'isNot', wanted)).toBe(!has(found, 'is', wanted));
      }),
    );
  });

  it('in is is of any of them', () => {
    fc.assert(
      fc.property(value, fc.array(scalar, { minLength: 1, maxLength: 3 }), (found, wanted) => {
        expect(has(found, 'in', wanted)).toBe(wanted.some((one) => has(found, 'is', one)));
      }),
    );
  });

  it('a member without the attribute meets only isNot and exists: false', () => {
    for (const [operator, bound] of [
      ['exists', true],
      ['is', 1],
      ['in', [1]],
      ['atLeast', 0],
      ['atMost', 10],
      ['contains', 'x'],
      ['inMonth', 'this'],
      ['inTheLastDays', 1],
      ['inTheNextDays', 1],
    ] as const)
      expect(has(undefined, operator, bound)).toBe(false);
    expect(has(undefined, 'exists', false)).toBe(true);
    expect(has(undefined, 'isNot', 1)).toBe(true);
  });

  it('numbers are bounded as numbers, never as text', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (found, bound) => {
        expect(has(found, 'atLeast', bound)).toBe(found >= bound);
        expect(has(found, 'atMost', bound)).toBe(found <= bound);
        expect(has(String(found), 'atLeast', bound)).toBe(false);
        expect(has(found, 'is', String(bound))).toBe(false);
      }),
    );
  });

  it('a list is and contains each of its elements and no part of one; a text contains its parts', () => {
    expect(has(['bags', 'shoes'], 'is', 'shoes')).toBe(true);
    expect(has(['bags', 'shoes'], 'isNot', 'shoes')).toBe(false);
    expect(has(['bags', 'shoes'], 'contains', 'shoe')).toBe(false);
    expect(has(['bags', 'shoes'], 'contains', 'shoes')).toBe(true);
    expect(has('running shoes', 'contains', 'shoes')).toBe(true);
    expect(has(['2026-01-01', '2026-11-22'], 'inMonth', 11)).toBe(true);
    expect(has([], 'isNot', 'shoes')).toBe(true);
  });
});

describe('dates', () => {
  it('that are instants compare as instants, whatever their zone', () => {
    const joined = '2026-03-01T08:00:00+09:00';
    expect(has(joined, 'atLeast', '2026-02-28T23:00:00Z')).toBe(true);
    expect(has(joined, 'atMost', '2026-02-28T22:59:59Z')).toBe(false);
    expect(has('soon', 'atLeast', '2026-01-01')).toBe(false);
    expect(has('2026-02-30', 'exists', true)).toBe(true);
    expect(has('2026-02-30', 'atLeast', '2026-01-01')).toBe(false);
  });

  it('of which one is a day compare by days of the deployment’s zone', () => {
    // 00:30 on March 2 in Seoul.
    const joined = '2026-03-01T15:30:00Z';
    expect(has(joined, 'atMost', '2026-03-01')).toBe(false);
    expect(has(joined, 'atMost', '2026-03-02')).toBe(true);
    expect(has(joined, 'atLeast', '2026-03-02')).toBe(true);
    expect(has(joined, 'atMost', '2026-03-01', { ...MOMENT, timeZone: 'UTC' })).toBe(true);
    expect(has('2026-03-02', 'atLeast', joined)).toBe(true);
  });

  it('have the month that it is, the next one, or a number', () => {
    expect(has('1990-11-30', 'inMonth', 'this')).toBe(true);
    expect(has('1990-12-01', 'inMonth', 'next')).toBe(true);
    expect(has('1990-11-30', 'inMonth', 11)).toBe(true);
    expect(has('1990-10-31', 'inMonth', 'this')).toBe(false);
    // December in Seoul, November in UTC.
    const turn = { now: Date.parse('2026-11-30T15:30:00Z'), timeZone: 'Asia/Seoul' };
    expect(has('1990-12-05', 'inMonth', 'this', turn)).toBe(true);
    expect(has('1990-01-05', 'inMonth', 'next', turn)).toBe(true);
    expect(has('11', 'inMonth', 11)).toBe(false);
  });

  it('within so many days count today, and each day as the calendar does', () => {
    const days = fc.integer({ min: 1, max: 400 });
    fc.assert(
      fc.property(fc.integer({ min: -500, max: 500 }), days, (ahead, within) => {
        const day = Temporal.PlainDate.from('2026-11-22').add({ days: ahead }).toString();
        expect(has(day, 'inTheLastDays', within)).toBe(ahead <= 0 && ahead > -within);
        expect(has(day, 'inTheNextDays', within)).toBe(ahead >= 0 && ahead < within);
      }),
    );
  });

  it('lie on the local day that a calendar of the zone says', () => {
    const zone = fc.constantFrom('Asia/Seoul', 'America/New_York', 'Australia/Lord_Howe', 'UTC', '+05:30');
    fc.assert(
      fc.property(fc.integer({ min: -2e12, max: 4e12 }), zone, (ms, timeZone) => {
        const instant = new Date(ms).toISOString();
        const day = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString();
        const moment = { ...MOMENT, timeZone };
        expect(has(instant, 'atLeast', day, moment) && has(instant, 'atMost', day, moment)).toBe(true);
        expect(has(day, 'inTheNextDays', 1, { now: ms, timeZone })).toBe(true);
      }),
    );
  });
});
