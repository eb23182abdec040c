import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountPace } from '../../../lambdas/pinpoint/delivery/account-pace.ts';
import {
  Backoff,
  backoffMs,
  MAX_DELAY_SECONDS,
  RETRY_DELAYS,
  retryDelay,
  THROTTLED_ROUNDS,
} from '../../../lambdas/pinpoint/delivery/backoff.ts';
import { tally } from '../../../lambdas/pinpoint/delivery/outcomes.ts';
import { HORIZON_MS } from '../../../lambdas/pinpoint/delivery/pace.ts';
import { lostLanes } from '../../../lambdas/pinpoint/runs/lanes.ts';
import { memoryAccountRows } from './pace-world.ts';
import { proveNothingLostNothingTwice } from './support/proof.ts';
import { ACTIVITY, finalStates, LANE, laneOf, START, type World, worldOf } from './support/world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * 60 * SECOND;
const throttled = (retryAfterMs?: number) =>
  ({
    kind: 'throttled',
    text: 'slow down',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }) as const;

const countsOf = async (world: World) => {
  const [slice] = await world.slices();
  return tally(slice?.states ?? '', slice?.legend);
};

describe('what a provider says of a message', () => {
  it('decides alone whether it is tried again', async () => {
    const world = await worldOf({
      entries: 120,
      answer: ({ identity: { endpointId } }, attempt) => {
        if (endpointId === 'e3' && attempt < 3) return throttled();
        if (endpointId === 'e7' && attempt < 2) return { kind: 'transient', text: 'oops' };
        if (endpointId === 'e9') return { kind: 'uncertain', text: 'no answer' };
        if (endpointId === 'e11')
          return { kind: 'permanent', text: 'bad', gone: true, reason: 'FAILURE_PERMANENT' };
        if (endpointId === 'e13')
          return { kind: 'permanent', text: 'too long', gone: false, reason: 'CUSTOM_DELIVERY_FAILURE' };
        return { kind: 'sent' };
      },
    });
    await world.lane();
    await world.drained();
    expect([...world.attempts].filter(([, attempts]) => attempts > 1)).toEqual([
      ['e3', 3],
      ['e7', 2],
    ]);
    expect(await countsOf(world)).toMatchObject({ sent: 117, uncertain: 1, failed: 2, open: 0 });
    expect(finalStates(world.ledger).get('e13')).toEqual({
      status: 'failed',
      reason: 'CUSTOM_DELIVERY_FAILURE',
    });
    expect(world.deactivated).toEqual(['e11']);
  });

  it('is uncertain where it says nothing', async () => {
    const world = await worldOf({ entries: 3 });
    const push = world.deps().adapters['push'];
    const adapters = {
      push: {
        send: async (m: Parameters<NonNullable<typeof push>['send']>[0]) =>
          ((await push?.send(m)) ?? []).slice(0, 2),
      },
    };
    await world.lane(undefined, { ...world.deps(), adapters });
    expect(finalStates(world.ledger).get('e2')).toEqual({ status: 'uncertain', reason: 'UNKNOWN' });
    expect(await countsOf(world)).toMatchObject({ sent: 2, uncertain: 1 });
  });

  it('may name the token that takes an old one’s place', async () => {
    const world = await worldOf({
      entries: 2,
      answer: ({ identity }) => ({
        kind: 'sent',
        ...(identity.endpointId === 'e1' ? { updatedToken: 'fresh' } : {}),
      }),
    });
    await world.lane();
    expect(world.readdressed).toEqual([['e1', 'token-e1', 'fresh']]);
  });

  it('is in the ledger even when the endpoint cannot be updated', async () => {
    const world = await worldOf({ entries: 1, answer: () => ({ kind: 'sent', updatedToken: 'fresh' }) });
    const deps = world.deps();
    const readdress = () => Promise.reject(new Error('no table'));
    await world.lane(undefined, { ...deps, endpoints: { ...deps.endpoints, readdress } });
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
  });
});

describe('a transient failure', () => {
  it('is tried again four times, each time later, and is one then', async () => {
    const world = await worldOf({ entries: 2, answer: () => ({ kind: 'transient', text: 'oops' }) });
    await world.lane();
    await world.drained();
    expect(world.attempts.get('e0')).toBe(RETRY_DELAYS.length + 1);
    const gaps = world.calls.slice(1).map(({ at }, index) => at - (world.calls[index]?.at ?? 0));
    gaps.forEach((gap, index) => {
      const delayMs = (RETRY_DELAYS[index] ?? 0) * SECOND;
      expect(gap).toBeGreaterThanOrEqual(delayMs / 2);
      expect(gap).toBeLessThan(delayMs + 2 * SECOND);
    });
    expect(finalStates(world.ledger).get('e0')).toEqual({ status: 'failed', reason: 'TRANSIENT_FAILURE' });
    expect((await world.run()).state).toBe('COMPLETED');
  });

  it('of somebody who waited for their time has all its retries, whatever others used up before', async () => {
    const world = await worldOf({
      entries: 2,
      hook: (id, times) =>
        id === 'e1' && times === 0 ? { kind: 'wait', notBefore: START + 3_600 * SECOND } : { kind: 'keep' },
      answer: ({ identity: { endpointId } }, attempt) =>
        endpointId === 'e0' || attempt <= RETRY_DELAYS.length
          ? { kind: 'transient', text: 'oops' }
          : { kind: 'sent' },
    });
    await world.lane();
    await world.drained();
    expect(world.attempts.get('e0')).toBe(RETRY_DELAYS.length + 1);
    expect(finalStates(world.ledger).get('e1')?.status).toBe('sent');
  });
});

describe('a provider that throttles', () => {
  it('leaves a message all its tries for transient failures', async () => {
    const world = await worldOf({
      entries: 1,
      answer: (_message, attempt) => {
        if (attempt <= 10) return throttled();
        return attempt <= 10 + RETRY_DELAYS.length ? { kind: 'transient', text: 'oops' } : { kind: 'sent' };
      },
    });
    await world.lane();
    await world.drained();
    expect(world.sent).toHaveLength(1);
  });

  it('is left alone for longer each time in a row, and then gets every message once', async () => {
    let open = false;
    const world = await worldOf({
      entries: 1000,
      answer: () => (open ? { kind: 'sent' } : throttled()),
    });
    await world.lane();
    const naps = [...world.naps];
    expect(naps.length).toBeGreaterThan(2);
    for (const [index, nap] of naps.slice(1).entries()) expect(nap).toBeGreaterThan(naps[index] ?? 0);
    open = true;
    await world.drained();
    expect(world.sent).toHaveLength(1000);
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
  });

  it('does not fail anybody within a day', async () => {
    const world = await worldOf({
      entries: 3,
      account: (clock) => ({ callLimit: async () => 2, take: async () => ({ startAt: clock() }) }),
      answer: () => (world.now < START + DAY ? throttled(20 * SECOND) : { kind: 'sent' }),
    });
    await world.lane();
    await world.drained();
    expect(world.sent).toHaveLength(3);
    expect(world.now - START).toBeLessThan(DAY + 20 * 60 * SECOND);
  });

  it('for ever fails everybody in the end, and the run is over', async () => {
    const world = await worldOf({ entries: 2, perSlice: 1, answer: () => throttled(5 * SECOND) });
    await world.lane();
    await world.drained();
    expect(finalStates(world.ledger).get('e1')).toEqual({ status: 'failed', reason: 'THROTTLED' });
    expect(world.attempts.get('e1')).toBe(THROTTLED_ROUNDS + 1);
    expect((await world.run()).state).toBe('COMPLETED');
  });

  it.each([
    ['next slice', 100],
    ['next call', 300],
  ])('is not called again before the time it named, for the %s neither', async (_what, perSlice) => {
    const world = await worldOf({
      entries: 300,
      perSlice,
      answer: () => (world.now < START + 40 * SECOND ? throttled(40 * SECOND) : { kind: 'sent' }),
    });
    await world.lane();
    expect(world.calls).toHaveLength(1);
    await world.drained();
    expect(world.calls[1]?.at).toBeGreaterThan(START + 40 * SECOND);
    expect(world.sent).toHaveLength(300);
  });

  it('ends no lane for good: it comes back with its slice and goes on to those nobody began with', async () => {
    const world = await worldOf({
      entries: 400,
      perSlice: 200,
      answer: (_message, attempt) =>
        world.calls.length === 1 && attempt === 1 ? throttled(10 * SECOND) : { kind: 'sent' },
    });
    await world.lane();
    expect(world.queue.map(({ message }) => message)).toEqual([{ ...laneOf(1), goesOn: true }]);
    await world.drained();
    expect(world.sent).toHaveLength(400);
  });

  it.each([1e15, Number.MAX_VALUE, Number.POSITIVE_INFINITY])(
    'may ask for %d milliseconds without harm',
    async (retryAfterMs) => {
      const world = await worldOf({
        entries: 250,
        answer: () => (world.calls.length === 1 ? throttled(retryAfterMs) : { kind: 'sent' }),
      });
      await world.lane();
      await world.drained();
      expect(world.sent).toHaveLength(250);
      expect(world.now - START).toBeLessThan(2 * MAX_DELAY_SECONDS * SECOND);
    },
  );

  it('does so for some messages of each call without holding up the others for long', async () => {
    const world = await worldOf({
      entries: 1000,
      answer: ({ identity }, attempt) =>
        identity.endpointId.endsWith('7') && attempt < 3 ? throttled() : { kind: 'sent' },
    });
    await world.lane();
    expect(world.sent).toHaveLength(900);
    expect(world.now - START).toBeLessThan(4 * SECOND);
    await world.drained();
    expect(world.sent).toHaveLength(1000);
  });
});

describe('an account without room', () => {
  it('for a whole call gets a smaller one, and what is left goes out soon after there is room again', async () => {
    const toldUntil = (at: number) => ({ perSecond: 1000, left24h: at < START + 10 * MINUTE ? 130 : 1e6 });
    const quotas = new Map<number, ReturnType<typeof toldUntil>>();
    const world = await worldOf({
      entries: 300,
      perSlice: 150,
      account: (clock) => {
        const minute = () => Math.floor((clock() - START) / MINUTE);
        const of = async () => {
          const told = quotas.get(minute()) ?? {
            ...toldUntil(clock()),
            ...(quotas.size > 0 && clock() < START + 10 * MINUTE ? { left24h: 0 } : {}),
          };
          quotas.set(minute(), told);
          return told;
        };
        return accountPace({ of }, rows, clock);
      },
    });
    const rows = memoryAccountRows();
    await world.lane();
    await world.drained(START + 10 * MINUTE);
    expect(world.sent).toHaveLength(130);
    expect(world.queue.every(({ delaySeconds }) => delaySeconds <= 60)).toBe(true);
    await world.drained();
    expect(world.sent).toHaveLength(300);
    expect(world.now).toBeLessThan(START + 12 * MINUTE);
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
  });

  it('lets nobody take its lanes for lost', async () => {
    const world = await worldOf({
      entries: 400,
      perSlice: 100,
      account: (clock) => ({
        callLimit: async (_kind, callSize) => callSize,
        take: async () => (world.now < START + 14 * MINUTE ? { waitSeconds: 300 } : { startAt: clock() }),
      }),
    });
    for (let lanes = 0; lanes < 2; lanes++) await world.lane();
    expect(world.queue).toHaveLength(2);
    for (const minute of [1, 2, 4]) {
      const lost = lostLanes(await world.run(), await world.slices(), START + minute * MINUTE);
      // Nobody has begun with the other two slices: lanes for them are all that is missing.
      expect(lost).toEqual([LANE, LANE]);
    }
    for (let lanes = 0; lanes < 2; lanes++) await world.lane();
    expect(lostLanes(await world.run(), await world.slices(), START + MINUTE)).toEqual([]);
    await world.drained();
    expect(world.sent).toHaveLength(400);
  });

  it('puts a lane off, which goes on with its slice and those nobody began with', async () => {
    let refusals = 3;
    const world = await worldOf({
      entries: 300,
      perSlice: 100,
      account: (clock) => ({
        callLimit: async (_kind, callSize) => Math.min(50, callSize),
        take: async () => (refusals-- > 0 ? { waitSeconds: 900 } : { startAt: clock() + HORIZON_MS }),
      }),
    });
    await world.lane();
    expect(world.queue).toEqual([
      { message: { ...laneOf(1), goesOn: true }, delaySeconds: 900, at: START + 900 * SECOND },
    ]);
    await world.drained();
    expect(world.sent).toHaveLength(300);
    expect(world.calls.every(({ ids }) => ids.length <= 50)).toBe(true);
    expect((await world.runs.get(ACTIVITY))?.state).toBe('COMPLETED');
  });
});

describe('delays', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('are between half of the whole and the whole', () => {
    fc.assert(
      fc.property(fc.nat(1500), random, (n, chance) => {
        const [least, some, most] = [0, chance, 1].map((each) => backoffMs(n, () => each));
        expect(least).toBe((most ?? 0) / 2);
        expect(some).toBeGreaterThanOrEqual(least ?? 0);
        expect(some).toBeLessThanOrEqual(most ?? 0);
        expect(most).toBeLessThanOrEqual(60 * SECOND);
        const seconds = retryDelay(n, () => chance);
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(seconds).toBeLessThanOrEqual(MAX_DELAY_SECONDS);
      }),
    );
  });

  it('of all throttled rounds together are more than a day', () => {
    let seconds = 0;
    for (let round = 0; round < THROTTLED_ROUNDS; round++) seconds += retryDelay(round, () => 0);
    expect(seconds * SECOND).toBeGreaterThan(DAY);
  });

  it('end with the first call that is not throttled', () => {
    let now = 0;
    const backoff = new Backoff({ clock: () => now, random: () => 1 });
    const restsAfter = (...outcomes: Parameters<Backoff['took']>[0][]) =>
      outcomes.map((outcome) => {
        now += backoff.restMs;
        backoff.took(outcome);
        return backoff.restMs;
      });
    const sent = { kind: 'sent' } as const;
    expect(restsAfter([throttled()], [throttled()], [throttled(), sent], [throttled()])).toEqual([
      250, 500, 1000, 1000,
    ]);
    expect(restsAfter([], [throttled()], [sent], [throttled()])).toEqual([0, 2000, 0, 250]);
  });
});
