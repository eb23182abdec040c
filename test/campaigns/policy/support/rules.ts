import fc from 'fast-check';
import type { Rules } from '../../../../lambdas/campaigns/policy/judge.ts';
import { type PolicySettings, policySettings } from '../../../../lambdas/campaigns/policy/settings.ts';

export const SEOUL = 'Asia/Seoul';
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** The instant at which clocks in Seoul, which are never changed, show the local time. */
export const seoul = (local: string): number => Date.parse(`${local}+09:00`);

export const rules = (change: Partial<Rules> = {}): Rules => ({
  sendId: 'send-1',
  channel: 'push',
  purpose: 'advertising',
  nightWindow: { from: '21:00', until: '08:00' },
  night: 'hold',
  caps: {},
  timeZone: SEOUL,
  ...change,
});

export const settings = (change: Partial<PolicySettings> = {}): PolicySettings => ({
  ...policySettings(
    '{"country":"KR","label":true,"nightExemptions":false,"defaultCaps":{},"cappedPurposes":"all"}',
    SEOUL,
  ),
  ...change,
});

/** Zones with every kind of change: none, an hour, half an hour, at midnight, by Ramadan, far from UTC. */
export const ZONES = [
  SEOUL,
  'UTC',
  'America/New_York',
  'Europe/London',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Africa/Casablanca',
  'Asia/Beirut',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Asia/Kathmandu',
];

export const zone = fc.constantFrom(...ZONES);

/** Any instant of some years, the nights of clock changes more often than others. */
export const instant = fc.oneof(
  fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2035, 0) }),
  fc
    .tuple(
      fc.constantFrom(
        '2026-03-08',
        '2026-03-29',
        '2026-04-05',
        '2026-10-04',
        '2026-10-25',
        '2026-11-01',
        '2026-03-22',
        '2026-09-06',
      ),
      fc.integer({ min: -2 * DAY, max: 2 * DAY }),
    )
    .map(([date, offset]) => Date.parse(date) + offset),
);
