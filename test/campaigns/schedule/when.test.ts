import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../lambdas/campaigns/schedule/when.ts';

const at = (text: string, zone = 'Asia/Seoul'): string | undefined => {
  const ms = instantOf(text, zone);
  return ms === undefined ? undefined : new Date(ms).toISOString();
};

describe('the time of a campaign', () => {
  it.each([
    ['2026-12-24T09:00', '2026-12-24T00:00:00.000Z'],
    ['2026-12-24 09:00:30', '2026-12-24T00:00:30.000Z'],
    ['2026-12-24T09:00Z', '2026-12-24T09:00:00.000Z'],
    ['2026-12-24T09:00:00.5+05:30', '2026-12-24T03:30:00.500Z'],
    ['2026-12-24T09:00+0900', '2026-12-24T00:00:00.000Z'],
  ])('%s is an instant, local time being the deployment zone’s', (text, instant) => {
    expect(at(text)).toBe(instant);
  });

  it('that does not exist is the first instant after the gap', () => {
    expect(at('2026-03-08T02:00', 'America/New_York')).toBe('2026-03-08T07:00:00.000Z');
    expect(at('2026-03-08T02:59', 'America/New_York')).toBe('2026-03-08T07:00:00.000Z');
  });

  it('that exists twice is the first of the two', () => {
    expect(at('2026-11-01T01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
  });

  it.each(['tomorrow', '2026-12-24', '2026-13-01T09:00', '2026-02-30T09:00', '2026-12-24T25:00', ''])(
    'is nothing when it is no such time: "%s"',
    (text) => {
      expect(at(text)).toBeUndefined();
    },
  );
});
