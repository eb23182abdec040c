import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayText, lakeTimestamp, parseInstant, sentTimestamp } from '../../lambdas/events/time.ts';

const instant = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });

describe('an instant', () => {
  it('is read back from every form that clients send', () => {
    fc.assert(
      fc.property(instant, (ms) => {
        const iso = new Date(ms).toISOString();
        expect(parseInstant(iso)).toBe(ms);
        expect(parseInstant(iso.replace('T', ' '))).toBe(ms);
        expect(parseInstant(iso.replace('Z', '+00:00'))).toBe(ms);
        expect(parseInstant(iso.slice(0, 19).concat('Z'))).toBe(Math.floor(ms / 1000) * 1000);
      }),
    );
  });

  it('is what Date.parse makes of it, or none, where a digit is changed', () => {
    const changes = fc.tuple(fc.integer({ min: 0, max: 22 }), fc.constantFrom(...'0123456789'));
    fc.assert(
      fc.property(instant, changes, (ms, [at, digit]) => {
        const iso = new Date(ms).toISOString();
        const text = /\d/.test(iso[at] ?? '') ? `${iso.slice(0, at)}${digit}${iso.slice(at + 1)}` : iso;
        const parsed = new Date(text);
        // V8 takes 24:00 and 30 February, and moves them on.
        const isMeant = parsed.getTime() >= 0 && parsed.toISOString() === text;
        expect(parseInstant(text)).toBe(isMeant ? parsed.getTime() : undefined);
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same whatever zone it is written in', () => {
    const minutes = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(fc.integer({ min: 86_400_000, max: Date.UTC(2100, 0) }), minutes, (ms, offset) => {
        const local = new Date(ms + offset * 60_000).toISOString().slice(0, 23);
        const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0');
        const rest = String(Math.abs(offset) % 60).padStart(2, '0');
        const sign = offset < 0 ? '-' : '+';
        expect(parseInstant(`${local}${sign}${hours}:${rest}`)).toBe(ms);
        expect(parseInstant(`${local}${sign}${hours}${rest}`)).toBe(ms);
      }),
    );
  });

  it('is epoch seconds or milliseconds by its size', () => {
    expect(parseInstant(1_470_034_812)).toBe(1_470_034_812_000);
    expect(parseInstant(1_470_034_812.123)).toBe(1_470_034_812_123);
    expect(parseInstant(1_470_034_812_123)).toBe(1_470_034_812_123);
  });

  it.each([
    '2026-11-21T09:00:00',
    '2026-11-21',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-13-01T00:00:00.000Z',
    '2026-00-01T00:00:00.000Z',
    '0070-01-01T00:00:00.000Z',
    '0070-01-01T00:00:00Z',
    '0999-01-01T00:00:00.000Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T09:00:00+25:00',
    '1969-12-31T23:59:59Z',
    '1470034812',
    'yesterday',
    '',
    -1,
    Number.MAX_SAFE_INTEGER,
  ])('is not %j', (value) => {
    expect(parseInstant(value)).toBeUndefined();
  });

  it('is written as the lake reads it', () => {
    fc.assert(
      fc.property(instant, (ms) => {
        const iso = new Date(ms).toISOString();
        expect(lakeTimestamp(ms)).toBe(`${iso.slice(0, 10)} ${iso.slice(11, 23)}`);
      }),
    );
  });

  it('is written the same whether it is cut out of what was sent or put together', () => {
    const form = fc.constantFrom<(iso: string, ms: number) => string | number>(
      (iso) => iso,
      (iso) => iso.toLowerCase(),
      (iso) => iso.replace('T', ' '),
      (iso) => iso.replace('Z', '+09:00'),
      (iso) => iso.replace('Z', '999Z'),
      (iso) => `${iso.slice(0, 19)}Z`,
      (_, ms) => ms,
    );
    fc.assert(
      fc.property(instant, form, (ms, write) => {
        const sent = write(new Date(ms).toISOString(), ms);
        const read = parseInstant(sent);
        if (read !== undefined) expect(sentTimestamp(sent, read)).toBe(lakeTimestamp(read));
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps its day text when many days have been asked for', () => {
    for (let day = 0; day < 10_000; day++)
      expect(dayText(day)).toBe(new Date(day * 86_400_000).toISOString().slice(0, 10));
  });
});
