import { describe, expect, it } from 'vitest';
import type { Campaign, CampaignStatus, SendSummary } from '../../lambdas/campaigns/campaign.ts';
import { approve, cancel, pause, rescheduled, resume, start } from '../../lambdas/campaigns/lifecycle.ts';
import type { Schedule } from '../../lambdas/campaigns/schedule/schedule.ts';
import { sendIdOf } from '../../lambdas/campaigns/sends/send.ts';
import type { SendState } from '../../lambdas/campaigns/sends/send-state.ts';
import { stateOf } from '../../lambdas/campaigns/standing.ts';
import { campaignAt, without } from './support/campaigns.ts';

/** A Saturday, 21:00 in Seoul. */
const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const LATER = '2026-11-23T00:00:00.000Z';
const EVERY_SECOND_DAY: Schedule & { kind: 'recurring' } = {
  kind: 'recurring',
  cycle: { unit: 'day', every: 2 },
  time: '09:00',
  from: '2026-11-22',
  timeZone: 'Asia/Seoul',
};

const send = (state: SendState): SendSummary => ({
  id: `s-${state}`,
  state,
  scheduledFor: LATER,
  messages: 0,
  sent: 0,
});
const withOpen = (campaign: Campaign, state: SendState): Campaign => ({
  ...campaign,
  open: { [send(state).id]: send(state) },
});
const idle = (status: CampaignStatus, schedule: Schedule = { kind: 'at', at: LATER }): Campaign => ({
  ...(without(campaignAt(LATER), 'next', 'dueAt') as Campaign),
  status,
  schedule,
});
const recurring = start(idle('stopped', EVERY_SECOND_DAY), NOW);

describe('starting', () => {
  it('sends a draft at its time, or now, and has a cycle count from its first day', () => {
    expect(start(idle('draft'), NOW)).toMatchObject({
      status: 'scheduled',
      next: { at: LATER },
      dueAt: LATER,
    });
    expect(start(idle('draft', { kind: 'now' }), NOW).next).toEqual({ at: new Date(NOW).toISOString() });
    expect(recurring).toMatchObject({
      status: 'recurring',
      anchor: '2026-11-22',
      next: { at: '2026-11-22T00:00:00.000Z' },
      dueAt: '2026-11-22T00:00:00.000Z',
    });
  });

  it.each<[string, Campaign, RegExp]>([
    ['that is under way', campaignAt(LATER), /is scheduled: starting is for one that is draft or stopped/],
    ['that is paused', idle('paused', EVERY_SECOND_DAY), /is paused.*resume it/],
    [
      'whose time has gone by',
      idle('draft', { kind: 'at', at: '2026-11-21T11:00:00.000Z' }),
      /in the past; edit schedule.at/,
    ],
    [
      'whose end has gone by',
      idle('stopped', { ...EVERY_SECOND_DAY, until: '2026-11-20' }),
      /edit schedule.until/,
    ],
  ])('is refused for one %s', (_, campaign, message) => {
    expect(() => start(campaign, NOW)).toThrow(message);
  });
});

describe('pausing and resuming', () => {
  it('ends the cycle; the next one counts from the first matching time after the resume', () => {
    const paused = pause(recurring);
    expect(paused).toMatchObject({ status: 'paused' });
    expect(paused).not.toHaveProperty('next');
    expect(paused).not.toHaveProperty('anchor');
    // 09:00 of the 24th has gone by: the first matching time is that of the 25th, and the cycle counts from there.
    const resumed = resume(paused, Date.parse('2026-11-24T00:00:00.000Z'));
    expect(resumed).toMatchObject({
      status: 'recurring',
      anchor: '2026-11-25',
      next: { at: '2026-11-25T00:00:00.000Z' },
    });
  });

  it('of a campaign that goes out once are about its running send', () => {
    const running = withOpen(idle('scheduled'), 'sending');
    expect(pause(running)).toBe(running);
    const resting = withOpen(idle('scheduled'), 'paused');
    expect(stateOf(resting)).toBe('paused');
    expect(resume(resting, NOW)).toBe(resting);
  });

  it('may be repeated where they broke off half-way', () => {
    const half = withOpen(pause(recurring), 'sending');
    expect(pause(half)).toBe(half);
    const halfResumed = withOpen(recurring, 'paused');
    expect(resume(halfResumed, NOW)).toBe(halfResumed);
  });

  it('lets a resting send go on although the cycle has come to its end', () => {
    const over = withOpen(
      pause({ ...recurring, schedule: { ...EVERY_SECOND_DAY, until: '2026-11-22' } }),
      'paused',
    );
    const resumed = resume(over, Date.parse('2026-12-01T00:00:00.000Z'));
    expect(resumed.status).toBe('recurring');
    expect(resumed).not.toHaveProperty('next');
  });

  it('goes out at the one time that it was given in place of its cycle while it rested', () => {
    const once = { ...pause(recurring), schedule: { kind: 'at', at: LATER } } as const;
    expect(resume(once, NOW)).toMatchObject({ status: 'scheduled', next: { at: LATER }, dueAt: LATER });
    expect(resume({ ...once, schedule: { kind: 'now' } }, NOW).next).toEqual({
      at: new Date(NOW).toISOString(),
    });
    const over = { ...once, schedule: { kind: 'at', at: '2026-01-01T00:00:00.000Z' } } as const;
    expect(() => resume(over, NOW)).toThrow(/edit schedule.at first/);
    const rests = resume(withOpen(over, 'paused'), NOW);
    expect(rests.status).toBe('scheduled');
    expect(rests).not.toHaveProperty('next');
  });

  it.each<[string, () => unknown, RegExp]>([
    ['pausing a scheduled one', () => pause(campaignAt(LATER)), /is scheduled.*cancel it, or edit its time/],
    [
      'pausing a held one',
      () => pause(withOpen(idle('scheduled'), 'held')),
      /is held: pausing is for one that is recurring or sending$/,
    ],
    [
      'pausing a stopped one',
      () => pause(idle('stopped', EVERY_SECOND_DAY)),
      /is stopped: pausing is for one that is recurring or sending/,
    ],
    [
      'resuming a recurring one',
      () => resume(recurring, NOW),
      /is recurring: resuming is for one that is paused/,
    ],
    ['resuming a stopped one', () => resume(idle('stopped', EVERY_SECOND_DAY), NOW), /start it/],
    [
      'resuming one whose end has gone by',
      () => resume(idle('paused', { ...EVERY_SECOND_DAY, until: '2026-11-20' }), NOW),
      /edit schedule.until/,
    ],
  ])('refuses %s and tells the state it found', (_, act, message) => {
    expect(act).toThrow(
      expect.objectContaining({ code: 'conflict', message: expect.stringMatching(message) }),
    );
  });
});

describe('cancelling and approving', () => {
  it.each(['draft', 'scheduled', 'stopped', 'recurring', 'paused'] as const)(
    'ends one that is %s',
    (status) => {
      const cancelled = cancel({ ...recurring, status });
      expect(stateOf(cancelled)).toBe('cancelled');
      expect(cancelled).not.toHaveProperty('next');
      expect(cancelled).not.toHaveProperty('dueAt');
    },
  );

  it('is refused once it has ended, and may be repeated while a send is open', () => {
    const cancelled = cancel(recurring);
    expect(() => cancel(cancelled)).toThrow(/is cancelled: cancelling is for/);
    expect(() => cancel({ ...recurring, status: 'completed' })).toThrow(/is completed/);
    const half = withOpen(cancelled, 'sending');
    expect(cancel(half)).toBe(half);
  });

  it('approves a held send, and nothing else', () => {
    const held = withOpen(idle('scheduled'), 'held');
    expect(approve(held)).toBe(held);
    expect(() => approve(campaignAt(LATER))).toThrow(/is scheduled: approving is for one that is held/);
  });
});

describe('another schedule', () => {
  const daily: Schedule = { ...EVERY_SECOND_DAY, cycle: { unit: 'day', every: 1 } };

  it('keeps what is under way going, and what rests at rest', () => {
    const [two, before] = [Date.parse('2026-11-22T01:00:00.000Z'), recurring.schedule];
    expect(rescheduled({ ...recurring, schedule: daily }, before, two).next).toEqual({
      at: '2026-11-23T00:00:00.000Z',
    });
    expect(rescheduled({ ...recurring, schedule: { kind: 'at', at: LATER } }, before, NOW)).toMatchObject({
      status: 'scheduled',
      next: { at: LATER },
    });
    expect(
      rescheduled({ ...campaignAt(LATER), schedule: daily }, { kind: 'at', at: LATER }, NOW),
    ).toMatchObject({
      status: 'recurring',
      anchor: '2026-11-22',
    });
    const stopped = idle('stopped', daily);
    expect(rescheduled(stopped, EVERY_SECOND_DAY, NOW)).toBe(stopped);
  });

  it('in a minute that has a send already goes out in the next one: a send is named after its minute', () => {
    const at = '2026-11-22T00:00:00.000Z';
    const now = Date.parse(at) + 50_000;
    const once = { ...recurring, schedule: { kind: 'now' } } as const;
    const last = { ...send('completed'), id: sendIdOf(recurring.id, at), scheduledFor: at };
    expect(rescheduled({ ...once, last }, EVERY_SECOND_DAY, now).next).toEqual({
      at: '2026-11-22T00:01:00.000Z',
    });
    expect(rescheduled(once, EVERY_SECOND_DAY, now).next).toEqual({ at: new Date(now).toISOString() });
  });

  it('counts on from where the cycle counts, unless its first day is another', () => {
    const resumed = { ...recurring, anchor: '2026-11-25' };
    const other = { ...EVERY_SECOND_DAY, time: '10:00' };
    expect(rescheduled({ ...resumed, schedule: other }, EVERY_SECOND_DAY, NOW).anchor).toBe('2026-11-25');
    const later = { ...EVERY_SECOND_DAY, from: '2026-12-01' };
    expect(rescheduled({ ...resumed, schedule: later }, EVERY_SECOND_DAY, NOW).anchor).toBe('2026-12-01');
  });
});
