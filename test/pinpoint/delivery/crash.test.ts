import { describe, expect, it } from 'vitest';
import { type DeliverDeps, deliverSlice } from '../../../lambdas/pinpoint/delivery/deliver-slice.ts';
import { tally } from '../../../lambdas/pinpoint/delivery/outcomes.ts';
import { LEASE_MS } from '../../../lambdas/pinpoint/delivery/slice-work.ts';
import { Fault, failingOnce } from '../runs/support/faults.ts';
import { ACTIVITY, finalStates, MESSAGE, type World, worldOf } from './support/world.ts';

/** Three calls. */
const ENTRIES = 205;
const CALL = 100;
const SKIPPED = [{ e: 'gone', u: 'u-gone', c: 'GCM', r: 'ENDPOINT_OPT_OUT' }];

const wrapped = (deps: DeliverDeps, wrap: <Port extends object>(port: Port) => Port): DeliverDeps => ({
  ...deps,
  runs: wrap(deps.runs),
  objects: wrap(deps.objects),
  endpoints: wrap(deps.endpoints),
  grants: wrap(deps.grants),
  ledger: wrap(deps.ledger),
  registry: wrap(deps.registry),
  sliceQueue: wrap(deps.sliceQueue),
  adapters: { push: wrap(deps.adapters['push'] as DeliverDeps['adapters'][string]) },
});

/** Healthy workers take up what is left, as redelivery and the tick see to it. */
async function finished(world: World): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    const slice = await world.runs.slice(ACTIVITY, 1);
    if (slice?.done) return;
    world.advance(LEASE_MS + 1000);
    await deliverSlice(world.deps(), world.ctx(), MESSAGE);
  }
  throw new Error('The slice never ended');
}

async function proveNothingLostNothingTwice(world: World): Promise<number> {
  expect(Math.max(0, ...world.attempts.values())).toBeLessThanOrEqual(1);
  const states = finalStates(world.ledger);
  expect(states.size).toBe(ENTRIES + SKIPPED.length);
  const slice = await world.runs.slice(ACTIVITY, 1);
  const counts = tally(slice?.states ?? '');
  expect(counts.open).toBe(0);
  expect(counts.sent + counts.uncertain).toBe(ENTRIES);
  expect(counts.uncertain).toBeLessThanOrEqual(CALL);
  // Whoever the provider has not seen is not told to have got anything.
  for (const [id, { status }] of states) if (status === 'sent') expect(world.attempts.get(id)).toBe(1);
  for (const id of world.attempts.keys()) expect(['sent', 'uncertain']).toContain(states.get(id)?.status);
  return counts.uncertain;
}

describe.each(['before', 'after'] as const)('a worker killed %s any of its calls', (moment) => {
  it('loses nobody, sends to nobody twice, and leaves at most the call in flight uncertain', async () => {
    const uncertain: number[] = [];
    for (let at = 1; ; at++) {
      const world = await worldOf({ entries: ENTRIES, skipped: SKIPPED });
      const fault = new Fault(at, moment);
      const deps = wrapped(world.deps(), (port) => fault.on(port));
      await deliverSlice(deps, world.ctx(), MESSAGE).catch(() => undefined);
      await finished(world);
      uncertain.push(await proveNothingLostNothingTwice(world));
      if (!fault.struck) break;
    }
    // The matrix went through the whole slice: three calls, each of which can be caught in flight.
    expect(uncertain.length).toBeGreaterThan(15);
    expect(uncertain.filter((count) => count > 0).length).toBeGreaterThanOrEqual(6);
    expect(uncertain.at(-1)).toBe(0);
  });
});

describe('a worker that meets an error at any of its calls and lives on', () => {
  it('loses nobody and sends to nobody twice', async () => {
    for (let at = 1; ; at++) {
      const world = await worldOf({ entries: ENTRIES, skipped: SKIPPED });
      const shared = { calls: 0 };
      const deps = wrapped(world.deps(), (port) => failingOnce(port, shared, at));
      await deliverSlice(deps, world.ctx(), MESSAGE).catch(() => undefined);
      await finished(world);
      await proveNothingLostNothingTwice(world);
      if (shared.calls < at) break;
    }
  });

  it('gives the slice back at once, so that the next worker need not wait for the lease', async () => {
    const world = await worldOf({ entries: ENTRIES });
    const deps = world.deps();
    const failing = { ...deps, grants: { take: () => Promise.reject(new Error('no table')) } };
    await expect(deliverSlice(failing, world.ctx(), MESSAGE)).rejects.toThrow('no table');
    await deliverSlice(deps, world.ctx(), MESSAGE);
    expect(world.sent).toHaveLength(ENTRIES);
  });
});

describe('two workers on one slice', () => {
  it('send each message once when they start together', async () => {
    const world = await worldOf({ entries: ENTRIES });
    await Promise.all([1, 2, 3].map(() => deliverSlice(world.deps(), world.ctx(), MESSAGE)));
    expect(world.sent).toHaveLength(ENTRIES);
    expect(new Set(world.sent.map(({ address }) => address)).size).toBe(ENTRIES);
  });

  it('keep from sending twice when one sleeps through its lease in the middle of a call', async () => {
    const world = await worldOf({ entries: ENTRIES, skipped: SKIPPED });
    const slow = world.deps();
    const push = slow.adapters['push'];
    let other: Promise<void> | undefined;
    const sleeping = {
      ...slow,
      adapters: {
        push: {
          async send(messages: Parameters<NonNullable<typeof push>['send']>[0]) {
            // The lease runs out while the provider works; another worker takes over and finishes.
            world.advance(LEASE_MS + 1);
            other ??= deliverSlice(world.deps(), world.ctx(), MESSAGE);
            await other;
            return push?.send(messages) ?? [];
          },
        },
      },
    };
    await deliverSlice(sleeping, world.ctx(), MESSAGE);
    await other;
    expect(new Set(world.sent.map(({ address }) => address)).size).toBe(ENTRIES);
    await proveNothingLostNothingTwice(world);
  });
});
