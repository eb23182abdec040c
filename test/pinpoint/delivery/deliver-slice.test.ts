import { describe, expect, it } from 'vitest';
import { deliverSlice } from '../../../lambdas/pinpoint/delivery/deliver-slice.ts';
import { tally } from '../../../lambdas/pinpoint/delivery/outcomes.ts';
import { RETRY_DELAYS } from '../../../lambdas/pinpoint/delivery/slice-work.ts';
import { ACTIVITY, finalStates, MESSAGE, PLAN, type World, worldOf } from './support/world.ts';

const countsOf = async (world: World) => tally((await world.runs.slice(ACTIVITY, 1))?.states ?? '');

/** Plays the queue until it is empty. */
async function drained(world: World): Promise<void> {
  for (let next = world.queue.shift(); next; next = world.queue.shift()) {
    world.advance(next.delaySeconds * 1000);
    await deliverSlice(world.deps(), world.ctx(), next.message);
  }
}

describe('a slice', () => {
  it('renders each message with the values of its own user and endpoint', async () => {
    const world = await worldOf({ entries: 3 });
    await deliverSlice(world.deps(), world.ctx(), MESSAGE);
    expect(world.sent.map(({ content }) => [content['title'], content['body']])).toEqual([
      ['Hello u0', 'name0gold'],
      ['Hello u1', 'name1gold'],
      ['Hello u2', 'name2gold'],
    ]);
  });

  it('reads status, opt-out, address and channel at delivery, and tells in the ledger who was skipped and why', async () => {
    const world = await worldOf({ entries: 6 });
    const changes: [string, Record<string, string>][] = [
      ['e1', { OptOut: 'ALL' }],
      ['e2', { EndpointStatus: 'INACTIVE' }],
      ['e3', { Address: '' }],
      ['e4', { ChannelType: 'EMAIL' }],
    ];
    for (const [id, change] of changes) world.endpoints.set(id, { ...world.endpoints.get(id), ...change });
    world.endpoints.delete('e5');
    await deliverSlice(world.deps(), world.ctx(), MESSAGE);
    expect(world.sent.map(({ identity }) => identity.endpointId)).toEqual(['e0']);
    const reasons = [...finalStates(world.ledger)].map(([id, { status, reason }]) => [id, status, reason]);
    expect(reasons.sort()).toEqual([
      ['e0', 'sent', 'SUCCESS'],
      ['e1', 'skipped', 'ENDPOINT_OPT_OUT'],
      ['e2', 'skipped', 'ENDPOINT_INACTIVE'],
      ['e3', 'skipped', 'ENDPOINT_MISSING_ADDRESS'],
      ['e4', 'skipped', 'ENDPOINT_CHANNEL_CHANGED'],
      ['e5', 'skipped', 'ENDPOINT_DELETED'],
    ]);
  });

  it('sends one message to an address that two endpoints of a call share', async () => {
    const world = await worldOf({ entries: 2 });
    world.endpoints.set('e1', world.endpoints.get('e0') ?? {});
    await deliverSlice(world.deps(), world.ctx(), MESSAGE);
    expect(world.sent).toHaveLength(1);
    expect(finalStates(world.ledger).get('e1')).toEqual({ status: 'skipped', reason: 'DUPLICATE_ADDRESS' });
  });

  it('tries only throttled and transient positions again, after a pause', async () => {
    const world = await worldOf({
      entries: 120,
      answer: ({ identity: { endpointId } }, attempt) => {
        if (endpointId === 'e3' && attempt < 3) return { kind: 'throttled', text: 'slow down' };
        if (endpointId === 'e7' && attempt < 2) return { kind: 'transient', text: 'oops' };
        if (endpointId === 'e9') return { kind: 'uncertain', text: 'no answer' };
        if (endpointId === 'e11')
          return { kind: 'permanent', text: 'bad', gone: true, reason: 'FAILURE_PERMANENT' };
        return { kind: 'sent' };
      },
    });
    await deliverSlice(world.deps(), world.ctx(), MESSAGE);
    expect(world.queue).toEqual([{ message: MESSAGE, delaySeconds: RETRY_DELAYS[0] }]);
    await drained(world);
    expect([...world.attempts].filter(([, attempts]) => attempts > 1)).toEqual([
      ['e3', 3],
      ['e7', 2],
    ]);
    expect(await countsOf(world)).toMatchObject({ sent: 118, uncertain: 1, failed: 1, open: 0 });
    expect(world.deactivated).toEqual(['e11']);
  });

  it('gives up on a position that stays throttled, and says so', async () => {
    const world = await worldOf({
      entries: 2,
      answer: ({ identity }) =>
        identity.endpointId === 'e1' ? { kind: 'throttled', text: 'never' } : { kind: 'sent' },
    });
    await deliverSlice(world.deps(), world.ctx(), MESSAGE);
    await drained(world);
    expect(world.attempts.get('e1')).toBe(RETRY_DELAYS.length + 1);
    expect(finalStates(world.ledger).get('e1')).toEqual({ status: 'failed', reason: 'THROTTLED' });
    expect((await world.runs.get(ACTIVITY))?.state).toBe('COMPLETED');
  });

  it('is handed back before the time runs out, and taken up where it was left', async () => {
    const world = await worldOf({ entries: 350 });
    const deps = world.deps();
    const push = deps.adapters['push'];
    const slow = {
      ...deps,
      adapters: {
        push: {
          async send(messages: Parameters<NonNullable<typeof push>['send']>[0]) {
            world.advance(25_000);
            return push?.send(messages) ?? [];
          },
        },
      },
    };
    await deliverSlice(slow, world.ctx(60_000), MESSAGE);
    expect(world.sent).toHaveLength(200);
    await drained(world);
    expect(world.sent).toHaveLength(350);
    expect(await countsOf(world)).toMatchObject({ sent: 350, uncertain: 0 });
  });

  it('skips whoever is left when its run is cancelled in the middle', async () => {
    const world = await worldOf({ entries: 250 });
    const deps = world.deps();
    let grants = 0;
    const cancelling = {
      ...deps,
      grants: {
        async take(activityId: string, now: number) {
          grants += 1;
          if (grants === 2) await world.runs.move(ACTIVITY, ['RUNNING'], 'CANCELLED');
          return deps.grants.take(activityId, now);
        },
      },
    };
    await deliverSlice(cancelling, world.ctx(), MESSAGE);
    expect(await countsOf(world)).toMatchObject({ sent: 100, skipped: 150, open: 0 });
    expect(finalStates(world.ledger).get('e249')).toEqual({ status: 'skipped', reason: 'CANCELLED' });
  });

  it('of a paused run goes back to the queue and is finished after the pause', async () => {
    const world = await worldOf({ entries: 5 });
    await world.runs.move(ACTIVITY, ['RUNNING'], 'PAUSED');
    await deliverSlice(world.deps(), world.ctx(), MESSAGE);
    expect(world.sent).toHaveLength(0);
    await world.runs.move(ACTIVITY, ['PAUSED'], 'RUNNING');
    await drained(world);
    expect(world.sent).toHaveLength(5);
  });

  it('closes its run when it is the last one', async () => {
    const world = await worldOf({ entries: 5 });
    await deliverSlice(world.deps(), world.ctx(), MESSAGE);
    expect(await world.runs.get(ACTIVITY)).toMatchObject({ state: 'COMPLETED', doneSlices: 1 });
  });

  it('is delivered once, however often its message comes', async () => {
    const world = await worldOf({ entries: 5 });
    for (let n = 0; n < 3; n++) await deliverSlice(world.deps(), world.ctx(), MESSAGE);
    expect(world.sent).toHaveLength(5);
    expect(world.queue).toHaveLength(0);
  });

  it('carries what ties a message to its run', async () => {
    const world = await worldOf({ entries: 1 });
    await deliverSlice(world.deps(), world.ctx(), MESSAGE);
    const [record] = world.ledger;
    expect(world.sent[0]?.identity).toEqual({
      messageId: record?.message_id,
      applicationId: PLAN.applicationId,
      campaignId: PLAN.campaignId,
      activityId: ACTIVITY,
      treatmentId: '0',
      endpointId: 'e0',
      userId: 'u0',
    });
    expect(record).toMatchObject({ status: 'sent', reason: 'SUCCESS', channel: 'GCM', day: '2026-11-01' });
  });
});
