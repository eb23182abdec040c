import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { dateOf, dayNumber, dayText } from '../../lambdas/shared/iso-date.ts';
import { unlessOutOfRange } from '../../lambdas/shared/local-time.ts';

const EPOCH = Temporal.PlainDate.from('1970-01-01');
const digits = (max: number, length: number) =>
  fc.nat({ max }).map((value) => String(value).padStart(length, '0'));

describe('a day as text', () => {
  it('is the day that a calendar finds, and none where a calendar finds none', () => {
    fc.assert(
      fc.property(digits(9999, 4), digits(14, 2), digits(33, 2), (year, month, day) => {
        const text = `${year}-${month}-${day}`;
        const date = unlessOutOfRange(() => Temporal.PlainDate.from(text, { overflow: 'reject' }));
        expect(dayNumber(text)).toBe(date && EPOCH.until(date).days);
        if (date) expect(dayText(dayNumber(text) ?? 0)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('is nothing but ten characters', () => {
    for (const text of [
      '',
      '2026-01-1',
      '2026-01-011',
      '2026/01/01',
      '２０２６-01-01',
      '+026-01-01',
      '2026-01-0x',
      ' 2026-01-01',
    ])
      expect(dayNumber(text)).toBeUndefined();
  });
});

describe('a date as text', () => {
  it('is a day, or an instant with its zone', () => {
    expect(dateOf('2026-03-01')).toEqual({ day: 20513 });
    expect(dateOf('2026-03-01T08:00:00+09:00')).toEqual({ ms: Date.parse('2026-02-28T23:00:00Z') });
    for (const text of [
      '2026-03-01T08:00:00',
      '2026-02-30T08:00:00Z',
      '2026-03-01 08:00Z',
      '2026-03-01T25:00Z',
      'soon',
      '1772323200',
    ])
      expect(dateOf(text)).toBeUndefined();
  });
});
