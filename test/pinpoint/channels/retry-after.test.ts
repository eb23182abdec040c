import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomeOfError } from '../../../lambdas/pinpoint/channels/failure.ts';
import { retryAfterMs } from '../../../lambdas/pinpoint/channels/retry-after.ts';

const date = fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

describe('how long a provider asks to wait', () => {
  it('is a number of seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400 }), (seconds) => {
        expect(retryAfterMs({ 'retry-after': String(seconds) })).toBe(seconds * 1000);
      }),
    );
  });

  it("is a date by the provider's own clock, and never in the past", () => {
    fc.assert(
      fc.property(date, fc.integer({ min: -3_600, max: 3_600 }), (at, seconds) => {
        const later = new Date(Math.floor(at.getTime() / 1000) * 1000 + seconds * 1000);
        const headers = { date: at.toUTCString(), 'retry-after': later.toUTCString() };
        expect(retryAfterMs(headers)).toBe(Math.max(0, seconds) * 1000);
      }),
    );
  });

  it.each([
    {},
    { 'retry-after': 'soon' },
    { 'retry-after': '-1' },
    { 'retry-after': new Date(0).toUTCString() },
  ])('is unknown from %j', (headers) => {
    expect(retryAfterMs(headers)).toBeUndefined();
  });

  it('comes with the outcome of a throttled call', () => {
    const error = Object.assign(new Error('Rate Exceeded.'), {
      name: 'TooManyRequestsException',
      $metadata: { httpStatusCode: 429 },
      $response: { headers: { 'retry-after': '3' } },
    });
    expect(outcomeOfError(error)).toMatchObject({ kind: 'throttled', retryAfterMs: 3_000 });
    expect(outcomeOfError(Object.assign(error, { $response: undefined }))).not.toHaveProperty('retryAfterMs');
  });
});
