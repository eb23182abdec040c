import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../lambdas/campaigns/campaign.ts';
import { newSend, type Send } from '../../lambdas/campaigns/sends/send.ts';
import type { SendState } from '../../lambdas/campaigns/sends/send-state.ts';
import {
  completedAt,
  nextSendAt,
  stateOf,
  summaryOf,
  watched,
  withSend,
} from '../../lambdas/campaigns/standing.ts';
import { campaignAt, without } from './support/campaigns.ts';

const AT = '2026-11-22T00:00:00.000Z';
const ENDED = '2026-11-22T00:10:00.000Z';

const sendOf = (campaign: Campaign, state: SendState, sent = 0): Send => ({
  ...newSend(campaign, AT, { at: Date.parse(AT), by: 'tick', windowMs: 1 }),
  state,
  history: [{ state, at: ENDED, by: 'tick' }],
  counts: {
    audience: 12,
    sent,
    failed: 1,
    skipped: 2,
    uncertain: 1,
    open: 0,
    reasons: { failed: {}, skipped: {} },
    asOf: ENDED,
  },
});
/** The campaign with one send of its own, `scheduled`. */
const begun = (more: Partial<Campaign> = {}): Campaign => {
  const campaign = { ...(without(campaignAt(AT), 'next') as Campaign), ...more };
  const send = sendOf(campaign, 'scheduled');
  return { ...campaign, open: { [send.id]: summaryOf(send) } };
};
const RECURRING = {
  status: 'recurring',
  schedule: {
    kind: 'recurring',
    cycle: { unit: 'day', every: 1 },
    time: '09:00',
    from: '2026-11-22',
    timeZone: 'UTC',
  },
} as const;

describe('the state a campaign is listed under', () => {
  it.each<[SendState, string]>([
    ['scheduled', 'scheduled'],
    ['resolving', 'sending'],
    ['held', 'held'],
    ['importing', 'sending'],
    ['sending', 'sending'],
    ['deciding', 'sending'],
    ['paused', 'paused'],
    ['completed', 'completed'],
    ['failed', 'failed'],
    ['missed', 'failed'],
    ['cancelled', 'cancelled'],
  ])('of one that goes out once, while its send is %s, is %s', (state, listed) => {
    const campaign = begun();
    expect(stateOf(withSend(campaign, sendOf(campaign, state)))).toBe(listed);
  });

  it.each<[SendState, string]>([
    ['failed', 'recurring'],
    ['missed', 'recurring'],
    ['completed', 'recurring'],
    ['sending', 'sending'],
  ])('of a cycle that goes on, while a send is %s, is %s', (state, listed) => {
    const campaign = begun({ ...RECURRING, next: { at: '2026-11-23T09:00:00.000Z' } });
    expect(stateOf(withSend(campaign, sendOf(campaign, state)))).toBe(listed);
  });

  it('of a cycle is completed after its last send', () => {
    const campaign = begun(RECURRING);
    expect(stateOf(campaign)).toBe('recurring');
    const done = withSend(campaign, sendOf(campaign, 'failed'));
    expect([stateOf(done), completedAt(done)]).toEqual(['completed', ENDED]);
  });

  it('shows of several sends the one that asks for somebody', () => {
    const campaign = begun(RECURRING);
    const [one = summaryOf(sendOf(campaign, 'sending'))] = Object.values(campaign.open);
    const both = {
      ...campaign,
      open: { a: { ...one, state: 'sending' }, b: { ...one, state: 'held' } },
    } as const;
    expect(stateOf(both)).toBe('held');
  });
});

describe('a send that is shown', () => {
  it('is counted once, when it has ended', () => {
    const campaign = begun();
    const ended = sendOf(campaign, 'completed', 8);
    const once = withSend(campaign, ended);
    expect(once).toMatchObject({
      open: {},
      done: { sends: 1, messages: 10, sent: 8 },
      last: { id: ended.id },
    });
    expect(withSend(once, ended)).toBe(once);
  });

  it('changes nothing when the campaign does not know it: it was left behind', () => {
    const campaign = campaignAt(AT);
    expect(withSend(campaign, sendOf(campaign, 'sending'))).toBe(campaign);
  });
});

describe('when the next message goes out', () => {
  it('is the send that waits, else the next occurrence', () => {
    expect(nextSendAt(begun())).toBe(AT);
    expect(nextSendAt(begun({ next: { at: '2026-11-23T00:00:00.000Z' } }))).toBe(AT);
    expect(nextSendAt(campaignAt(AT))).toBe(AT);
    expect(nextSendAt({ status: 'scheduled', open: {} })).toBeNull();
    expect(nextSendAt(begun({ status: 'cancelled' }))).toBeNull();
  });

  it('has the tick look at it, once its opened sends have rows', () => {
    const next = { at: '2026-11-23T00:00:00.000Z' };
    expect(watched(begun({ next, dueAt: ENDED })).dueAt).toBe(ENDED);
    expect(watched({ ...begun({ next, dueAt: ENDED }), open: {} }).dueAt).toBe(next.at);
    expect(watched({ ...begun({ dueAt: ENDED }), open: {} })).not.toHaveProperty('dueAt');
  });
});
