import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCampaign } from '../../../lambdas/campaigns/create-campaign.ts';
import { getCampaign } from '../../../lambdas/campaigns/get-campaign.ts';
import { advanceSend } from '../../../lambdas/campaigns/sends/advance-send.ts';
import { queueDueSends } from '../../../lambdas/campaigns/sends/queue-due-sends.ts';
import { NO_COUNTS } from '../../../lambdas/campaigns/sends/send.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import { progressOf } from '../support/memory-engine.ts';
import {
  ctxAt,
  MINUTE_MS,
  type Parts,
  READY,
  START,
  tickFor,
  type World,
  workOff,
  world,
} from '../support/worlds.ts';

const SMALLEST = {
  segment: 'cart',
  title: '안녕하세요 {{User.UserId}}님',
  message: '신제품을 소개합니다.',
  icon: 'https://example.com/icon.png',
  image: 'https://example.com/image.png',
};
const HOUR_MS = 60 * MINUTE_MS;

const posted = (w: World, now = START, more: object = {}) =>
  createCampaign(w, ctxAt(now, { idempotencyKey: 'k1' }), { ...SMALLEST, ...more });

const shown = (w: World, id: string, now = START) => getCampaign(w, now, id);

async function ended(parts: Parts) {
  const w = world(parts);
  const { id } = await posted(w);
  const now = await workOff(w, START);
  return { w, now, campaign: await shown(w, id, now) };
}

describe('an immediate campaign', () => {
  it('is resolved, imported and sent without waiting for a tick, and shows its way and its counts', async () => {
    const { w, now, campaign } = await ended({});
    const [send] = campaign.sends;
    expect(send?.history.map(({ state }) => state)).toEqual([
      'scheduled',
      'resolving',
      'importing',
      'sending',
      'completed',
    ]);
    expect(send?.counts).toMatchObject({ audience: 10, sent: 10, open: 0 });
    expect(campaign).toMatchObject({ state: 'completed', nextSendAt: null });
    expect(now - START).toBeLessThan(20_000);
    expect([...w.pinpoint.campaigns.values()]).toMatchObject([
      { request: { SegmentId: 'seg', tags: { 'repoint:campaign': campaign.id, 'repoint:send': send?.id } } },
    ]);
  });

  it('to nobody completes with an audience of 0 and bothers the engine with nothing', async () => {
    const { w, campaign } = await ended({ segments: [{ state: 'ready', url: 's3://work/x/', members: 0 }] });
    expect(campaign.sends[0]).toMatchObject({ state: 'completed', counts: { ...NO_COUNTS } });
    expect(w.pinpoint.imports.size + w.pinpoint.campaigns.size).toBe(0);
  });

  it('whose segment has a rule that can never be resolved asks for it once', async () => {
    const failed = { state: 'failed', reason: 'Athena refuses the SQL' } as const;
    const asked = async (isLasting: boolean) => {
      const whole = world({ segments: [{ ...failed, isLasting }] });
      let times = 0;
      const resolve: typeof whole.segments.resolve = (...question) => {
        times++;
        return whole.segments.resolve(...question);
      };
      const w = { ...whole, segments: { ...whole.segments, resolve } };
      const { id } = await posted(w);
      const now = await workOff(w, START);
      expect((await shown(w, id, now)).sends[0]).toMatchObject({ state: 'failed' });
      return times;
    };
    expect([await asked(true), await asked(false)]).toEqual([1, 3]);
  });

  it.each<[string, Parts, RegExp]>([
    [
      'resolved',
      { segments: [{ state: 'failed', reason: 'Athena: no such view' }] },
      /"cart" could not be resolved: Athena/,
    ],
    [
      'imported',
      { imports: [{ state: 'failed', reason: 'AccessDenied' }] },
      /could not be imported: AccessDenied/,
    ],
    ['sent', { progress: [{ ...progressOf(10, 4), state: 'failed', reason: 'INVALID' }] }, /INVALID/],
  ])('that cannot be %s fails and says why', async (_, parts, why) => {
    const { campaign } = await ended(parts);
    expect(campaign.state).toBe('failed');
    expect(campaign.sends[0]?.history.at(-1)).toMatchObject({
      state: 'failed',
      why: expect.stringMatching(why),
    });
  });

  it.each<[string, number, Parts]>([
    ['resolving', 2, { segments: [{ state: 'pending' }] }],
    ['importing', 2, { imports: [{ state: 'pending', lines: 0 }] }],
    ['sending', 72, { progress: [progressOf(10, 4)] }],
  ])('that shows no progress while %s fails after %d hours and says so', async (state, hours, parts) => {
    const { campaign, now } = await ended(parts);
    const why = new RegExp(`no progress for ${hours * 60}|${hours * 60 + 1} minutes while ${state}`);
    expect(campaign.sends[0]?.history.at(-1)?.why).toMatch(why);
    expect(now - START).toBeLessThan((hours + 1) * HOUR_MS);
  });

  it('goes on for as long as messages keep going out', async () => {
    const progress = Array.from({ length: 3_000 }, (_, sent) => progressOf(3_000, 3_000 - sent));
    const { campaign, now } = await ended({ progress: [...progress, progressOf(3_000, 0)] });
    expect(campaign.state).toBe('completed');
    expect(now - START).toBeGreaterThan(4 * HOUR_MS);
  });
});

describe('the campaign’s row', () => {
  it('shows the figures of a running send, at most a minute or so old', async () => {
    const progress = Array.from({ length: 600 }, (_, sent) => progressOf(600, 600 - sent));
    const w = world({ progress: [...progress, progressOf(600, 0)] });
    const { id } = await posted(w);
    let now = START;
    for (let next = w.queue.sent.shift(); next; next = w.queue.sent.shift()) {
      now += next.delaySeconds * 1000;
      await advanceSend(w, ctxAt(now), next.body);
      const [send] = await w.sends.list(id);
      const shown = (await w.campaigns.get(id))?.open[send?.id ?? ''];
      if (send?.state !== 'sending' || !shown) continue;
      // A look every second at first, every fifteen in the end; each finds one message more.
      expect((send.counts?.sent ?? 0) - shown.sent).toBeLessThanOrEqual(60);
    }
    expect((await w.campaigns.get(id))?.last).toMatchObject({ state: 'completed', sent: 600 });
  });
});

describe('a step that breaks', () => {
  const breaking = (times: number, error: Error) => {
    const w = world();
    let left = times;
    const { createImport } = w.pinpoint;
    w.pinpoint.createImport = (...args) => (left-- > 0 ? Promise.reject(error) : createImport(...args));
    return w;
  };

  it('is tried again, later each time, until it works', async () => {
    const w = breaking(5, new Error('connection reset'));
    const { id } = await posted(w);
    const now = await workOff(w, START);
    expect(await shown(w, id)).toMatchObject({ state: 'completed', sends: [{ problem: null }] });
    expect(now - START).toBeGreaterThan((2 + 4 + 8 + 16 + 32) * 1000);
  });

  it('fails the send in the end, with the last problem', async () => {
    const w = breaking(Number.POSITIVE_INFINITY, new Error('connection reset'));
    const { id } = await posted(w);
    await workOff(w, START);
    expect((await shown(w, id)).sends[0]?.history.at(-1)?.why).toMatch(
      /no progress for 12\d minutes while importing, after \d+ tries: connection reset/,
    );
  });

  it('because the request is wrong fails the send at once', async () => {
    const w = breaking(1, new RepointError('unprocessable', 'Pinpoint refused: Name is too long'));
    const { id } = await posted(w);
    const now = await workOff(w, START);
    expect((await shown(w, id)).sends[0]?.history.at(-1)?.why).toBe('Pinpoint refused: Name is too long');
    expect(now - START).toBeLessThan(10_000);
  });
});

describe('a campaign for a later time', () => {
  const LATER = '2026-11-21T12:10:00Z';

  it('waits for its minute and goes out by the tick', async () => {
    const w = world();
    const { id, nextSendAt, state } = await posted(w, START, { schedule: { at: LATER } });
    expect({ nextSendAt, state }).toEqual({ nextSendAt: '2026-11-21T12:10:00.000Z', state: 'scheduled' });
    await tickFor(w, START, 9);
    expect(await shown(w, id)).toMatchObject({ state: 'scheduled', nextSendAt: '2026-11-21T12:10:00.000Z' });
    await tickFor(w, Date.parse(LATER), 1);
    expect(await shown(w, id)).toMatchObject({ state: 'completed' });
  });

  it('goes out once however many ticks come at once', async () => {
    const w = world();
    await posted(w, START, { schedule: { at: LATER } });
    const now = Date.parse(LATER);
    const queued = await Promise.all([1, 2, 3].map(() => queueDueSends(w, ctxAt(now))));
    expect(queued.reduce((sum, count) => sum + count)).toBe(1);
    await workOff(w, now);
    expect([w.pinpoint.imports.size, w.pinpoint.campaigns.size]).toEqual([1, 1]);
  });

  it.each([
    [5, 'completed'],
    [7, 'failed'],
  ])('after an outage of %d hours is %s', async (hours, state) => {
    const w = world();
    const { id } = await posted(w, START, { schedule: { at: LATER } });
    await tickFor(w, Date.parse(LATER) + hours * HOUR_MS, 1);
    const campaign = await shown(w, id);
    expect(campaign.state).toBe(state);
    if (state === 'failed')
      expect(campaign.sends[0]?.history.at(-1)?.why).toMatch(/^420 minutes late; less than 360/);
  });
});

/** Lets calls of the world's ports through until the given one, which crashes the process before or after it takes effect. */
function crashing(w: World, at: number, when: 'before' | 'after') {
  let calls = 0;
  const crash = new Error('crash');
  const port = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, name) {
        const method = Reflect.get(object, name);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          const mine = ++calls;
          if (mine > at || (mine === at && when === 'before')) throw crash;
          const answer = await method.apply(object, args);
          if (mine === at) throw crash;
          return answer;
        };
      },
    });
  const mortal = {
    ...w,
    campaigns: port(w.campaigns),
    sends: port(w.sends),
    queue: port(w.queue),
    segments: port(w.segments),
    versions: port(w.versions),
    pinpoint: port(w.pinpoint),
  };
  return { mortal, crashed: () => calls >= at };
}

describe('a crash', () => {
  // A dead process catches nothing and writes nothing: every later call of the mortal world throws too.
  it('between any two calls, with every queued message lost, leads to exactly one import and one campaign', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let at = 1, crashed = true; crashed; at++) {
        const w = world();
        const fuse = crashing(w, at, when);
        let now = START;
        try {
          await createCampaign(fuse.mortal, ctxAt(now, { idempotencyKey: 'k1' }), SMALLEST);
          while (w.queue.sent.length > 0) {
            const next = w.queue.sent.shift();
            now += (next?.delaySeconds ?? 0) * 1000;
            await advanceSend(fuse.mortal, ctxAt(now), next?.body ?? { campaignId: '' });
          }
        } catch {
          w.queue.sent.length = 0;
        }
        crashed = fuse.crashed();
        // The caller got no answer and asks again with the same key; the ticks go on.
        const { id } = await posted(w, now + 1000);
        await tickFor(w, now + 1000, 10);
        const label = `${when} call ${at}`;
        expect([label, (await shown(w, id)).state]).toEqual([label, 'completed']);
        expect([label, w.pinpoint.imports.size, w.pinpoint.campaigns.size]).toEqual([label, 1, 1]);
        const listed = await w.campaigns.list({ state: 'completed', limit: 10 });
        expect([label, listed.lines.length]).toEqual([label, 1]);
        expect(await queueDueSends(w, ctxAt(now + 24 * HOUR_MS))).toBe(0);
        if (crashed) expect(at).toBeLessThan(200);
      }
    }
  });

  it('or not: doubled, late and reordered messages make no second import or campaign', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { minLength: 30, maxLength: 60 }), async (picks) => {
        const w = world({ segments: [{ state: 'pending' }, { state: 'pending' }, READY] });
        const { id } = await posted(w);
        const history = [...w.queue.sent];
        let now = START;
        for (const pick of picks) {
          now += 1000;
          const before = w.queue.sent.length;
          const chosen = [history.at(pick), history.at(-1)].flatMap((message) => message ?? []);
          await Promise.all(chosen.map(({ body }) => advanceSend(w, ctxAt(now), body)));
          history.push(...w.queue.sent.slice(before));
        }
        await tickFor(w, now, 5);
        expect((await shown(w, id)).state).toBe('completed');
        expect([w.pinpoint.imports.size, w.pinpoint.campaigns.size]).toEqual([1, 1]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a send', () => {
  it('has one chain of messages, also when a tick adds one', async () => {
    const w = world({
      segments: [...Array.from({ length: 200 }, () => ({ state: 'pending' as const })), READY],
    });
    await posted(w);
    let now = START;
    for (let minute = 0; minute < 5; minute++) {
      now += 2 * MINUTE_MS;
      await queueDueSends(w, ctxAt(now));
      const waiting = w.queue.sent.splice(0);
      for (const { body } of waiting) await advanceSend(w, ctxAt(now), body);
      expect(w.queue.sent.length).toBeLessThanOrEqual(1);
    }
  });
});
