import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Caps,
  type Contact,
  type Contacts,
  daysOf,
  hasCaps,
  isCounted,
  NO_CONTACTS,
  REMEMBERED_MS,
  withContact,
} from '../../../lambdas/campaigns/policy/caps.ts';
import { type Judgement, judge } from '../../../lambdas/campaigns/policy/judge.ts';
import { DAY, HOUR, instant, rules, seoul, zone } from './support/rules.ts';

const MEMBER = { advertising: true, night: true };
const NOON = seoul('2026-11-22T12:00');

/** What becomes of sends one after the other: who gets a message is counted, as delivery does. */
function judgeAll(
  sends: readonly (Contact & { readonly id: string })[],
  caps: Caps,
  timeZone = 'Asia/Seoul',
): { said: string[]; messages: Contact[] } {
  let contacts: Contacts = NO_CONTACTS;
  const messages = new Map<string, Contact>();
  const said = sends.map(({ id, at, channel }) => {
    const judgement: Judgement = judge(MEMBER, rules({ sendId: id, channel, caps, timeZone }), contacts, at);
    if (judgement.kind !== 'send') return judgement.kind === 'skip' ? judgement.reason : judgement.kind;
    if (isCounted(contacts, id, daysOf(timeZone, at))) return 'send';
    contacts = withContact(contacts, id, { at, channel });
    messages.set(id, { at, channel });
    return 'send';
  });
  return { said, messages: [...messages.values()] };
}

const sends = (...times: [id: string, at: number, channel?: Contact['channel']][]) =>
  times.map(([id, at, channel = 'push']) => ({ id, at, channel }));

type Limits = { readonly perDay?: number; readonly perWeek?: number };

/** Local dates as days since 1970. */
function datesOf(all: readonly Contact[], timeZone: string): number[] {
  const format = new Intl.DateTimeFormat('sv', { timeZone });
  return all.map(({ at }) => Date.parse(`${format.format(at)}T00:00Z`) / DAY);
}

/** The most of them in any `days` days that end with one of them. */
const most = (dates: readonly number[], days: number): number =>
  Math.max(0, ...dates.map((end) => dates.filter((date) => date <= end && end - date < days).length));

describe('caps', () => {
  it('count one message a send, however often it is asked about', () => {
    const { said } = judgeAll(sends(['a', NOON], ['a', NOON + 1], ['b', NOON + 2], ['a', NOON + 3]), {
      perDay: 1,
    });
    expect(said).toEqual(['send', 'send', 'DAILY_CAP_MEMBER', 'send']);
  });

  it('of a day end at the member’s midnight', () => {
    const [late, early] = [seoul('2026-11-22T23:59:59.999'), seoul('2026-11-23T00:00')];
    expect(judgeAll(sends(['a', late], ['b', early]), { perDay: 1 }).said).toEqual(['send', 'send']);
    // In London both are the afternoon of one day.
    expect(judgeAll(sends(['a', late], ['b', early]), { perDay: 1 }, 'Europe/London').said).toEqual([
      'send',
      'DAILY_CAP_MEMBER',
    ]);
  });

  it('do not stop what goes out each day, or each week, at one hour, a little earlier than the last time', () => {
    const daily = sends(['a', NOON + 5_000], ['b', NOON + DAY], ['c', NOON + 2 * DAY - 5_000]);
    expect(judgeAll(daily, { perDay: 1 }).said).toEqual(['send', 'send', 'send']);
    const weekly = sends(['a', NOON + HOUR], ['b', NOON + 6 * DAY], ['c', NOON + 7 * DAY - HOUR]);
    expect(judgeAll(weekly, { perWeek: 1 }).said).toEqual(['send', 'WEEKLY_CAP_MEMBER', 'send']);
  });

  it('of a channel hold beside those over all channels', () => {
    const caps: Caps = { perDay: 2, channels: { sms: { perDay: 1 } } };
    const three = sends(['a', NOON, 'sms'], ['b', NOON, 'sms'], ['c', NOON, 'push'], ['d', NOON, 'email']);
    expect(judgeAll(three, caps).said).toEqual(['send', 'DAILY_CAP_MEMBER', 'send', 'DAILY_CAP_MEMBER']);
  });

  it('move a send that waits into the day it goes out: what has filled that day refuses it', () => {
    const tomorrow = NOON + DAY;
    const { said } = judgeAll(sends(['a', NOON], ['b', tomorrow], ['a', tomorrow]), { perDay: 1 });
    expect(said).toEqual(['send', 'send', 'DAILY_CAP_MEMBER']);
  });

  it('are none where nothing is limited', () => {
    expect(hasCaps({})).toBe(false);
    expect(hasCaps({ channels: { sms: {} } })).toBe(false);
    expect(hasCaps({ channels: { sms: { perWeek: 1 } } })).toBe(true);
  });

  const limit = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined });
  const limits = fc.record({ perDay: limit, perWeek: limit });
  const channel = fc.constantFrom('push' as const, 'sms' as const, 'email' as const);
  const history = fc.record({
    start: instant,
    timeZone: zone,
    caps: fc.record({ perDay: limit, perWeek: limit, channels: fc.record({ sms: limits, push: limits }) }),
    steps: fc.array(
      fc.record({
        id: fc.integer({ min: 0, max: 40 }),
        channel,
        after: fc.oneof(fc.constantFrom(0, DAY, 7 * DAY), fc.integer({ min: -2 * HOUR, max: 2 * DAY })),
      }),
      { maxLength: 60 },
    ),
  });

  it('are never exceeded: in no day and in no seven days, by channel or overall, whatever the order of sends', () => {
    fc.assert(
      fc.property(history, ({ start, timeZone, caps, steps }) => {
        let now = start;
        const asked = steps.map(({ id, channel: by, after }) => {
          now += after;
          // A send has one channel.
          return { id: `${by}-${id}`, channel: by, at: now };
        });
        const { messages } = judgeAll(asked, caps as Caps, timeZone);
        const check = (all: readonly Contact[], { perDay = 99, perWeek = 99 }: Limits): void => {
          const dates = datesOf(all, timeZone);
          expect(most(dates, 1)).toBeLessThanOrEqual(perDay);
          expect(most(dates, 7)).toBeLessThanOrEqual(perWeek);
        };
        const { channels, ...overall } = caps;
        check(messages, overall as Limits);
        for (const [by, of] of Object.entries(channels))
          check(
            messages.filter((message) => message.channel === by),
            of as Limits,
          );
      }),
      { numRuns: 300 },
    );
  });

  it('remember eight days and no more', () => {
    const all = Array.from({ length: 50 }, (_, day) => day);
    const kept = all.reduce<Contacts>(
      (contacts, day) => withContact(contacts, `send-${day}`, { at: NOON + day * DAY, channel: 'push' }),
      NO_CONTACTS,
    );
    expect(kept.size).toBe(REMEMBERED_MS / DAY);
  });
});
