import { describe, expect, it } from 'vitest';
import {
  approveSend,
  cancelSend,
  changeRate,
  pauseSend,
  resumeSend,
} from '../../../lambdas/campaigns/sends/control.ts';
import type { SendState } from '../../../lambdas/campaigns/sends/send-state.ts';
import { progressOf } from '../support/memory-engine.ts';
import { ctxAt, tickFor, type World, world } from '../support/worlds.ts';
import { forSeconds, opened, sendOf, statesOf, until } from './support/steps.ts';

const HOUR_MS = 3_600_000;
const person = (now: number) => ctxAt(now, { actor: 'kim' });

/** A send in the middle of its messages; `go(open)` says how many are left. */
async function sending() {
  let left = 60;
  const w = world({ progress: () => progressOf(100, left) });
  await opened(w);
  const now = await until(w, 'sending');
  const later = await forSeconds(w, 5, now);
  const ref = { campaignId: 'c1', sendId: (await sendOf(w)).id };
  const [engine] = w.pinpoint.campaigns.values();
  if (!engine) throw new Error('no run');
  return { w, ref, engine, now: later, finish: () => (left = 0) };
}

describe('pausing and resuming', () => {
  it('has the engine rest at once, and go on where it was', async () => {
    const { w, ref, engine, now, finish } = await sending();
    const paused = await pauseSend(w, person(now), ref, 'wrong picture');
    expect(paused.history.at(-1)).toMatchObject({ state: 'paused', by: 'kim', why: 'wrong picture' });
    expect(engine.steering.rests).toBe(true);
    expect((await w.campaigns.get('c1'))?.open[ref.sendId]?.state).toBe('paused');
    const later = await forSeconds(w, 3600, now);
    expect((await sendOf(w)).state).toBe('paused');
    await resumeSend(w, person(later), ref);
    expect(engine.steering.rests).toBe(false);
    finish();
    await until(w, 'completed', later);
    expect(statesOf(await sendOf(w)).slice(-4)).toEqual(['sending', 'paused', 'sending', 'completed']);
  });

  it('may be asked for again, and changes nothing then', async () => {
    const { w, ref, now } = await sending();
    await pauseSend(w, person(now), ref);
    const once = await pauseSend(w, person(now + 1), ref);
    expect(statesOf(once).filter((state) => state === 'paused')).toHaveLength(1);
    await resumeSend(w, person(now), ref);
    expect(statesOf(await resumeSend(w, person(now), ref)).slice(-2)).toEqual(['paused', 'sending']);
  });

  it('works before anything was sent, and a late resume has missed it', async () => {
    const w = world({ segments: [{ state: 'pending' }] });
    const { id: sendId } = await opened(w);
    const ref = { campaignId: 'c1', sendId };
    const now = await until(w, 'resolving');
    await pauseSend(w, person(now), ref);
    await resumeSend(w, person(now + 10 * HOUR_MS), ref);
    expect(await sendOf(w)).toMatchObject({ state: 'resolving' });
    await pauseSend(w, person(now + 10 * HOUR_MS), ref);
    await resumeSend(w, person(now + 11 * HOUR_MS), ref);
    await forSeconds(w, 60, now + 18 * HOUR_MS);
    expect((await sendOf(w)).state).toBe('missed');
  });

  it('of two at once leaves the engine as the row has it', async () => {
    for (const first of ['pause', 'resume'] as const) {
      const { w, ref, engine, now } = await sending();
      if (first === 'resume') await pauseSend(w, person(now), ref);
      const both = [pauseSend(w, person(now), ref), resumeSend(w, person(now), ref)];
      await Promise.all(first === 'pause' ? both : both.reverse());
      await forSeconds(w, 60, now);
      expect(engine.steering.rests).toBe((await sendOf(w)).state === 'paused');
    }
  });

  it('is told to an engine that did not answer as soon as it does', async () => {
    const { w, ref, engine, now } = await sending();
    const { steer } = w.pinpoint;
    let broken = 2;
    w.pinpoint.steer = (...args) => (broken-- > 0 ? Promise.reject(new Error('throttled')) : steer(...args));
    expect((await pauseSend(w, person(now), ref)).state).toBe('paused');
    expect(engine.steering.rests).toBe(false);
    await forSeconds(w, 20, now);
    expect(engine.steering.rests).toBe(true);
  });

  it('holds a run back that an outdated word of ours let go', async () => {
    const { w, ref, engine, now } = await sending();
    await pauseSend(w, person(now), ref);
    engine.steering = { rests: false };
    await forSeconds(w, 60, now);
    expect(engine.steering.rests).toBe(true);
    expect((await sendOf(w)).state).toBe('paused');
  });
});

describe('a run that paused itself', () => {
  it('shows its send as paused with the reason, and goes on when it is resumed', async () => {
    const counts = { ...progressOf(1000, 400).counts, sent: 540, failed: 60 };
    const w = world({ progress: [{ state: 'paused', reason: 'FAILURES', counts }, progressOf(1000, 0)] });
    const { id: sendId } = await opened(w);
    const now = await until(w, 'paused');
    expect((await sendOf(w)).history.at(-1)?.why).toBe('more than 10 % failed: 60 of 600 messages');
    await forSeconds(w, 900, now);
    expect((await sendOf(w)).state).toBe('paused');
    await resumeSend(w, person(now), { campaignId: 'c1', sendId });
    await until(w, 'completed', now);
  });
});

describe('cancelling', () => {
  it('takes the run away at once, and its counts add up to the audience', async () => {
    const { w, ref, engine, now } = await sending();
    expect((await cancelSend(w, person(now), ref)).state).toBe('cancelled');
    expect(engine.removed).toBe(true);
    await forSeconds(w, 120, now);
    const { counts, dueAt } = await sendOf(w);
    expect(counts).toMatchObject({ audience: 100, sent: 40, skipped: 60, open: 0 });
    expect(counts?.reasons.skipped).toEqual({ CANCELLED: 60 });
    expect(dueAt).toBeUndefined();
    expect(await w.campaigns.get('c1')).toMatchObject({ status: 'cancelled', open: {}, last: { sent: 40 } });
  });

  it('before there is a run leaves none that sends', async () => {
    const w = world();
    const { id: sendId } = await opened(w);
    const now = await until(w, 'importing');
    const { createCampaign } = w.pinpoint;
    // The worker is about to make the run at this very moment.
    w.pinpoint.createCampaign = async (...args) => {
      await cancelSend(w, person(now), { campaignId: 'c1', sendId });
      return createCampaign(...args);
    };
    await forSeconds(w, 600, now);
    expect((await sendOf(w)).state).toBe('cancelled');
    for (const { begun } of w.pinpoint.campaigns.values()) expect(begun).toBe(false);
  });

  it('goes on after a crash between the decision and the engine', async () => {
    const { w, ref, engine, now } = await sending();
    const { remove } = w.pinpoint;
    w.pinpoint.remove = () => Promise.reject(new Error('crash'));
    await cancelSend(w, person(now), ref);
    w.queue.sent.length = 0;
    w.pinpoint.remove = remove;
    await tickFor(w, now, 5);
    expect(engine.removed).toBe(true);
    expect((await w.campaigns.get('c1'))?.open).toEqual({});
  });
});

describe('the rate', () => {
  it('is changed while the send runs, and kept for what follows', async () => {
    const { w, ref, engine, now } = await sending();
    await changeRate(w, person(now), ref, 600);
    expect(engine.steering).toEqual({ rests: false, ratePerMinute: 600 });
    await changeRate(w, person(now), ref, undefined);
    expect(engine.steering).toEqual({ rests: false });
  });

  it('of a paused send leaves it paused', async () => {
    const { w, ref, engine, now } = await sending();
    await pauseSend(w, person(now), ref);
    await changeRate(w, person(now), ref, 600);
    expect(engine.steering).toEqual({ rests: true, ratePerMinute: 600 });
  });
});

describe('a held send', () => {
  const held = async () => {
    const w = world({
      segments: [{ state: 'ready', url: 's3://work/x/', members: 3000 }],
      sizes: [1000, 900, 1100],
    });
    const { id: sendId } = await opened(w);
    return { w, now: await until(w, 'held'), ref: { campaignId: 'c1', sendId } };
  };

  it('says what it was compared with, and waits with nothing sent', async () => {
    const { w, now } = await held();
    await forSeconds(w, 3600, now);
    const send = await sendOf(w);
    expect(send.state).toBe('held');
    expect(send.history.at(-1)?.why).toBe(
      '3000 members; usual for the segment are 1000, and three times that is held',
    );
    expect(w.pinpoint.imports.size).toBe(0);
  });

  it('goes out when it is approved, also hours after its time', async () => {
    const { w, now, ref } = await held();
    const later = await forSeconds(w, 5.9 * 3600, now);
    await approveSend(w, person(later), ref, 'approve');
    await approveSend(w, person(later), ref, 'approve');
    await until(w, 'completed', later);
    expect(statesOf(await sendOf(w))).toEqual([
      'scheduled',
      'resolving',
      'held',
      'importing',
      'sending',
      'completed',
    ]);
  });

  it('ends when it is rejected, and is missed when nobody says anything for six hours', async () => {
    const rejected = await held();
    const send = await approveSend(rejected.w, person(rejected.now), rejected.ref, 'reject');
    expect(send.history.at(-1)).toMatchObject({ state: 'cancelled', why: 'rejected', by: 'kim' });
    const { w, now } = await held();
    await forSeconds(w, 6.2 * 3600, now);
    expect((await sendOf(w)).history.at(-1)).toMatchObject({
      state: 'missed',
      why: 'nobody approved it within 360 minutes',
    });
  });
});

describe('what cannot be done', () => {
  const verbs = {
    pause: pauseSend,
    resume: resumeSend,
    cancel: cancelSend,
    approve: (w: World, ctx: ReturnType<typeof ctxAt>, ref: { campaignId: string; sendId: string }) =>
      approveSend(w, ctx, ref, 'approve'),
    rate: (w: World, ctx: ReturnType<typeof ctxAt>, ref: { campaignId: string; sendId: string }) =>
      changeRate(w, ctx, ref, 600),
  };

  it.each<[keyof typeof verbs, SendState]>([
    ['pause', 'completed'],
    ['resume', 'completed'],
    ['cancel', 'completed'],
    ['approve', 'completed'],
    ['rate', 'completed'],
    ['approve', 'sending'],
  ])('%s a send that is %s is a conflict that says so', async (verb, state) => {
    const { w, ref, now, finish } = await sending();
    if (state === 'completed') {
      finish();
      await until(w, 'completed', now);
    }
    await expect(verbs[verb](w, person(now), ref)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`is ${state}`),
    });
  });

  it('names a send that there is not', async () => {
    const { w, now } = await sending();
    await expect(
      pauseSend(w, person(now), { campaignId: 'c1', sendId: 'c1-20300101T0000' }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});
