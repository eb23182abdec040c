import { describe, expect, it } from 'vitest';
import type { LaneDeps } from '../../../lambdas/pinpoint/delivery/run-lane.ts';
import { cancelRun } from '../../../lambdas/pinpoint/runs/cancel-run.ts';
import { proveNothingLostNothingTwice } from './support/proof.ts';
import { ACTIVITY, finalStates, LANE, type World, type WorldOptions, worldOf } from './support/world.ts';

/** A worker whose first write to the ledger fails. */
function withoutLedgerOnce(world: World): LaneDeps {
  const deps = world.deps();
  let writes = 0;
  return {
    ...deps,
    ledger: {
      async write(lane, records) {
        writes += 1;
        if (writes === 1) throw new Error('The stream is busy');
        await deps.ledger.write(lane, records);
      },
    },
  };
}

describe('a ledger that takes nothing for a while', () => {
  it('makes nobody uncertain whose end is known, and loses nobody who was put off', async () => {
    const world = await worldOf({
      entries: 3,
      answer: ({ identity: { endpointId } }, attempt) =>
        endpointId === 'e1' && attempt === 1 ? { kind: 'throttled', text: 'slow' } : { kind: 'sent' },
    });
    await expect(world.lane(LANE, withoutLedgerOnce(world))).rejects.toThrow('busy');
    await world.finished();
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
    expect(world.sent).toHaveLength(3);
  });
});

describe('what a provider told of addresses', () => {
  it('is taken up though the ledger takes nothing', async () => {
    const world = await worldOf({
      entries: 3,
      answer: ({ identity: { endpointId } }) =>
        endpointId === 'e1'
          ? { kind: 'permanent', text: 'dead', gone: true, reason: 'FAILURE_PERMANENT' }
          : { kind: 'sent', updatedToken: `new-${endpointId}` },
    });
    await expect(world.lane(LANE, withoutLedgerOnce(world))).rejects.toThrow('busy');
    expect(world.deactivated).toEqual(['e1']);
    expect(world.readdressed.map(([id]) => id)).toEqual(['e0', 'e2']);
    await world.finished();
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
  });
});

describe('a member whose message cannot be rendered', () => {
  it('has failed, and the others of the slice get theirs', async () => {
    const message = { GCMMessage: { Body: '{{#if Attributes.bad}}{{add Attributes.bad 1}}{{/if}}x' } };
    const world = await worldOf({
      entries: 3,
      plan: { treatments: [{ treatmentId: '0', activityId: ACTIVITY, message }] },
    });
    world.endpoints.set('e1', { ...world.endpoints.get('e1'), 'Attributes.bad': ['yes'] });
    await world.lane();
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
    expect(world.sent).toHaveLength(2);
    expect(finalStates(world.ledger).get('e1')).toEqual({ status: 'failed', reason: 'RENDERING_FAILURE' });
  });
});

describe('a run whose every message comes to nothing', () => {
  it.each<[string, Partial<WorldOptions>]>([
    ['the hook fails', { hook: () => ({ kind: 'failed', text: 'broken' }) }],
    ['the provider has a transient failure each time', { answer: () => ({ kind: 'transient', text: '' }) }],
    ['the provider gives no answer', { answer: () => ({ kind: 'uncertain', text: 'timeout' }) }],
  ])('pauses itself where %s', async (_why, options) => {
    const world = await worldOf({ entries: 3000, perSlice: 1000, ...options });
    await world.lane();
    await world.drained();
    expect(await world.run()).toMatchObject({ state: 'RUNNING', paused: 'FAILURES' });
    expect(finalStates(world.ledger).size).toBeLessThan(1200);
  });
});

describe('a run that only skips', () => {
  it('is cancelled within seconds all the same', async () => {
    let world: World | undefined;
    let asked = 0;
    world = await worldOf({
      entries: 1000,
      hookMs: 1000,
      hook: () => {
        asked += 1;
        return { kind: 'skip', reason: 'NOT_YOU' };
      },
    });
    const deps = world.deps();
    const lane = {
      ...deps,
      askHook: async (...given: Parameters<LaneDeps['askHook']>) => {
        if (asked >= 100 && (await world?.run())?.state === 'RUNNING')
          await cancelRun(deps, ACTIVITY, world?.now ?? 0);
        return deps.askHook(...given);
      },
    };
    await world.lane(LANE, lane);
    const reasons = [...finalStates(world.ledger).values()].map(({ reason }) => reason);
    expect(reasons).toHaveLength(1000);
    expect(reasons.filter((reason) => reason === 'NOT_YOU').length).toBeLessThanOrEqual(350);
    expect(reasons).toContain('CANCELLED');
  });
});
