import { describe, expect, it } from 'vitest';
import { approveCampaign } from '../../lambdas/campaigns/approve-campaign.ts';
import { cancelCampaign } from '../../lambdas/campaigns/cancel-campaign.ts';
import { createCampaign } from '../../lambdas/campaigns/create-campaign.ts';
import { editCampaign } from '../../lambdas/campaigns/edit-campaign.ts';
import { getCampaign } from '../../lambdas/campaigns/get-campaign.ts';
import { getHistory } from '../../lambdas/campaigns/get-history.ts';
import { getUpcoming } from '../../lambdas/campaigns/get-upcoming.ts';
import { pauseCampaign } from '../../lambdas/campaigns/pause-campaign.ts';
import { replaced } from '../../lambdas/campaigns/replaced.ts';
import { resumeCampaign } from '../../lambdas/campaigns/resume-campaign.ts';
import { advanceSend } from '../../lambdas/campaigns/sends/advance-send.ts';
import type { Resolved } from '../../lambdas/campaigns/sends/ports.ts';
import { queueDueSends } from '../../lambdas/campaigns/sends/queue-due-sends.ts';
import { startCampaign } from '../../lambdas/campaigns/start-campaign.ts';
import { ctxAt, MINUTE_MS, START, tickFor, type World, workOff, world } from './support/worlds.ts';

const SMS = { segment: 'cart', channel: 'sms', message: 'm' };
const DAILY = { ...SMS, schedule: { unit: 'day', time: '09:00', from: '2026-11-22' } };
const FIRST = Date.parse('2026-11-22T00:00:00.000Z');
const DAY_MS = 24 * 60 * MINUTE_MS;
const LARGE: Resolved = { state: 'ready', url: 's3://work/segments/cart/1/', members: 3000 };
const RUNNING = {
  state: 'running',
  counts: {
    audience: 10,
    sent: 4,
    failed: 0,
    skipped: 0,
    uncertain: 0,
    open: 6,
    reasons: { failed: {}, skipped: {} },
  },
} as const;

const created = (w: World, body: object) => createCampaign(w, ctxAt(START), body);
const stateOf = async (w: World, id: string, now = START) => (await getCampaign(w, now, id)).state;
/** Works the queue for `turns` messages, at one moment. */
async function advanced(w: World, now: number, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    const next = w.queue.sent.shift();
    if (next) await advanceSend(w, ctxAt(now, { actor: 'queue:sends' }), next.body);
  }
}
/** A campaign whose send is in the middle of it. */
async function running(body: object = SMS) {
  const w = world({ progress: () => RUNNING });
  const { id } = await created(w, body);
  await advanced(w, START, 12);
  expect(await stateOf(w, id)).toBe('sending');
  return { w, id };
}

describe('a recurring campaign', () => {
  it('waits for somebody to start it, then goes out in its cycle', async () => {
    const w = world();
    const { id, state, nextSendAt } = await created(w, DAILY);
    expect([state, nextSendAt]).toEqual(['stopped', null]);
    await tickFor(w, FIRST, 2);
    expect((await getCampaign(w, FIRST, id)).sends).toEqual([]);
    expect(await startCampaign(w, ctxAt(FIRST + MINUTE_MS), id)).toMatchObject({
      state: 'recurring',
      nextSendAt: new Date(FIRST + DAY_MS).toISOString(),
      estimate: { recipients: 7 },
    });
    await tickFor(w, FIRST + DAY_MS, 2);
    expect((await getCampaign(w, FIRST, id)).sends).toHaveLength(1);
  });

  it('completes after the last send that its end date leaves it', async () => {
    const w = world();
    const schedule = { ...DAILY.schedule, until: '2026-11-23' };
    const { id } = await created(w, { ...DAILY, schedule, start: true });
    await tickFor(w, FIRST, 2);
    expect(await stateOf(w, id)).toBe('recurring');
    await tickFor(w, FIRST + DAY_MS, 2);
    const done = await getCampaign(w, FIRST + DAY_MS, id);
    expect([done.state, done.sends.length, done.nextSendAt]).toEqual(['completed', 2, null]);
  });

  it('does not go out while it is paused, and counts anew once it is resumed', async () => {
    const w = world();
    const { id } = await created(w, { ...DAILY, schedule: { ...DAILY.schedule, every: 3 }, start: true });
    expect(await pauseCampaign(w, ctxAt(START), id)).toMatchObject({ state: 'paused', nextSendAt: null });
    await tickFor(w, FIRST, 2);
    expect((await getCampaign(w, FIRST, id)).sends).toEqual([]);
    const resumedAt = FIRST + DAY_MS + MINUTE_MS;
    const resumed = await resumeCampaign(w, ctxAt(resumedAt), id);
    expect(resumed).toMatchObject({
      state: 'recurring',
      nextSendAt: new Date(FIRST + 2 * DAY_MS).toISOString(),
    });
  });

  it('that is given one time while it is paused goes out at it once it is resumed', async () => {
    const w = world();
    const { id } = await created(w, { ...DAILY, start: true });
    await pauseCampaign(w, ctxAt(START), id);
    const at = new Date(FIRST + DAY_MS).toISOString();
    expect(await editCampaign(w, ctxAt(START), id, { schedule: { at } })).toMatchObject({ state: 'paused' });
    expect(await getUpcoming(w, ctxAt(START), id, {})).toEqual({
      state: 'paused',
      times: [at],
      onceIt: 'resumes',
    });
    expect(await resumeCampaign(w, ctxAt(START), id)).toMatchObject({ state: 'scheduled', nextSendAt: at });
    await tickFor(w, FIRST + DAY_MS, 2);
    expect(await stateOf(w, id)).toBe('completed');
  });

  it('that is to go out now, in the minute of its last send, goes out once more', async () => {
    const w = world();
    const { id } = await created(w, { ...DAILY, start: true });
    await tickFor(w, FIRST, 1);
    const at = new Date(FIRST + 50_000).toISOString();
    await editCampaign(w, ctxAt(FIRST + 50_000), id, { schedule: { at } });
    await tickFor(w, FIRST + MINUTE_MS, 2);
    const { state, sends } = await getCampaign(w, FIRST + 5 * MINUTE_MS, id);
    expect([state, ...sends.map((send) => send.state)]).toEqual(['completed', 'completed', 'completed']);
  });
});

describe('a running send', () => {
  it('rests with its campaign, and goes on with it', async () => {
    const { w, id } = await running();
    const rests = () => [...w.pinpoint.campaigns.values()].map(({ steering }) => steering.rests);
    expect(await pauseCampaign(w, ctxAt(START + 1000), id)).toMatchObject({ state: 'paused' });
    expect([await stateOf(w, id), ...rests()]).toEqual(['paused', true]);
    expect(await resumeCampaign(w, ctxAt(START + 2000), id)).toMatchObject({ state: 'sending' });
    expect([await stateOf(w, id), ...rests()]).toEqual(['sending', false]);
  });

  it('ends with its campaign: who has no message gets none', async () => {
    const { w, id } = await running();
    expect(await cancelCampaign(w, ctxAt(START + 1000), id)).toMatchObject({
      state: 'cancelled',
      nextSendAt: null,
    });
    const now = await workOff(w, START + 1000);
    const { state, sends } = await getCampaign(w, now, id);
    expect([state, sends[0]?.state]).toEqual(['cancelled', 'cancelled']);
    expect(sends[0]?.counts).toMatchObject({ sent: 4, skipped: 6, open: 0 });
    await expect(cancelCampaign(w, ctxAt(now), id)).rejects.toMatchObject({
      message: expect.stringMatching(/is cancelled/),
    });
  });

  it('rests with a recurring campaign that is paused in the middle of it', async () => {
    const w = world({ progress: () => RUNNING });
    const { id } = await created(w, { ...DAILY, start: true });
    await queueDueSends(w, ctxAt(FIRST, { actor: 'tick' }));
    await advanced(w, FIRST, 12);
    const paused = await pauseCampaign(w, ctxAt(FIRST + 1000), id);
    expect([paused.state, paused.nextSendAt]).toEqual(['paused', null]);
    expect((await getCampaign(w, FIRST, id)).sends.map(({ state }) => state)).toEqual(['paused']);
    const resumed = await resumeCampaign(w, ctxAt(FIRST + 2000), id);
    expect([resumed.state, resumed.nextSendAt]).toEqual(['sending', new Date(FIRST + DAY_MS).toISOString()]);
  });
});

describe('why somebody decided', () => {
  it('is in the history of the campaign and of its send', async () => {
    const { w, id } = await running(SMS);
    await pauseCampaign(w, ctxAt(START + 1000), id, { why: 'wrong price' });
    await resumeCampaign(w, ctxAt(START + 2000), id, { why: 'right price' });
    await cancelCampaign(w, ctxAt(START + 3000), id, { why: 'sold out' });
    const { result } = await getHistory(w, id, {});
    const told = result.map((entry) => ['what' in entry ? entry.what : entry.state, entry.why]);
    expect(told.filter(([, why]) => why !== null)).toEqual([
      ['cancelled', 'sold out'],
      ['cancelled', 'sold out'],
      ['sending', 'right price'],
      ['paused', 'wrong price'],
    ]);
    const stopped = await created(w, DAILY);
    await startCampaign(w, ctxAt(START), stopped.id, { why: 'agreed' });
    const [last] = (await getHistory(w, stopped.id, {})).result;
    expect(last).toMatchObject({ what: 'started', by: 'key-1', why: 'agreed' });
  });
});

describe('a held send', () => {
  const held = async () => {
    const w = world({ segments: [LARGE], sizes: [900, 1000, 1000] });
    const { id } = await created(w, SMS);
    await advanced(w, START, 6);
    expect(await stateOf(w, id)).toBe('held');
    return { w, id };
  };

  it('goes out once it is approved', async () => {
    const { w, id } = await held();
    await approveCampaign(w, ctxAt(START, { actor: 'boss' }), id, {});
    const now = await workOff(w, START);
    expect(await stateOf(w, id, now)).toBe('completed');
    const { result } = await getHistory(w, id, {});
    expect(result).toContainEqual(
      expect.objectContaining({ state: 'importing', by: 'boss', why: 'approved' }),
    );
  });

  it('goes out once it is approved, though the campaign’s row does not say yet that it is held', async () => {
    const { w, id } = await held();
    await replaced(w.campaigns, id, (campaign) => ({
      ...campaign,
      open: Object.fromEntries(
        Object.entries(campaign.open).map(([sendId, send]) => [sendId, { ...send, state: 'resolving' }]),
      ),
    }));
    expect((await approveCampaign(w, ctxAt(START), id, {})).state).toBe('sending');
    expect(await stateOf(w, id, await workOff(w, START))).toBe('completed');
  });

  it('ends when it is rejected', async () => {
    const { w, id } = await held();
    expect(await approveCampaign(w, ctxAt(START), id, { decision: 'reject', why: 'too many' })).toMatchObject(
      {
        state: 'cancelled',
      },
    );
    await workOff(w, START);
    expect(w.pinpoint.campaigns.size).toBe(0);
    await expect(approveCampaign(w, ctxAt(START), id, {})).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/is cancelled: approving is for one that is held/),
    });
  });
});

describe('the history of a campaign', () => {
  it('tells who did what and when, with what its sends went through, newest first and by pages', async () => {
    const w = world();
    const { id } = await created(w, { ...DAILY, start: true });
    await tickFor(w, FIRST, 2);
    await pauseCampaign(w, ctxAt(FIRST + 5 * MINUTE_MS, { actor: 'ann' }), id);
    await resumeCampaign(w, ctxAt(FIRST + 6 * MINUTE_MS, { actor: 'bob' }), id);
    const all = await getHistory(w, id, {});
    expect(all.next).toBeNull();
    const told = all.result.map((entry) => ('what' in entry ? `${entry.by} ${entry.what}` : entry.state));
    expect(told).toEqual([
      'bob resumed',
      'ann paused',
      'completed',
      'sending',
      'importing',
      'resolving',
      'scheduled',
      'key-1 created',
    ]);
    const pages: unknown[] = [];
    for (let after: string | null = '', turns = 0; after !== null && turns < 9; turns++) {
      const page: Awaited<ReturnType<typeof getHistory>> = await getHistory(w, id, {
        limit: '3',
        ...(after === '' ? {} : { after }),
      });
      pages.push(...page.result);
      after = page.next;
    }
    expect(pages).toEqual(all.result);
    await expect(getHistory(w, id, { after: 'x' })).rejects.toMatchObject({
      code: 'validation',
      field: 'after',
    });
    await expect(getHistory(w, id, { page: '2' })).rejects.toMatchObject({
      message: expect.stringMatching(/page is not a known parameter; allowed: limit, after/),
    });
  });
});
