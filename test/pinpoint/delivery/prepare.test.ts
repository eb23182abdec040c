import { describe, expect, it } from 'vitest';
import { tally } from '../../../lambdas/pinpoint/delivery/outcomes.ts';
import type { RunPlan } from '../../../lambdas/pinpoint/runs/run.ts';
import { writtenStates } from './support/proof.ts';
import {
  ACTIVITY,
  finalStates,
  PLAN,
  START,
  type World,
  type WorldOptions,
  worldOf,
} from './support/world.ts';

const sentIds = (world: World): string[] => world.sent.map(({ identity }) => identity.endpointId);

/** A world whose queue was played to its end. */
async function delivered(options: WorldOptions): Promise<World> {
  const world = await worldOf(options);
  await world.lane();
  await world.drained();
  return world;
}

const skippedAs = (reason: string) => ({ status: 'skipped', reason });
const reasonsOf = async (world: World) => {
  const slices = await world.slices();
  return tally(slices[0]?.states ?? '', slices[0]?.legend).reasons;
};

describe('a recipient', () => {
  it('gets a message with the values of its own user and endpoint', async () => {
    const world = await delivered({ entries: 3 });
    expect(world.sent.map(({ content }) => [content['title'], content['body']])).toEqual([
      ['Hello u0', 'name0gold'],
      ['Hello u1', 'name1gold'],
      ['Hello u2', 'name2gold'],
    ]);
  });

  it('gets a message that carries what ties it to its run', async () => {
    const world = await delivered({ entries: 1 });
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

  it('is judged by status, opt-out, address, channel and user at delivery, and the ledger tells who was skipped and why', async () => {
    const world = await worldOf({ entries: 8 });
    const changes: [string, Record<string, string>][] = [
      ['e1', { OptOut: 'ALL' }],
      ['e2', { EndpointStatus: 'INACTIVE' }],
      ['e3', { Address: '' }],
      ['e4', { ChannelType: 'EMAIL' }],
      ['e6', { 'User.UserId': 'somebody else' }],
      ['e7', { 'User.UserId': 'u7' }],
    ];
    for (const [id, change] of changes) world.endpoints.set(id, { ...world.endpoints.get(id), ...change });
    world.endpoints.delete('e5');
    await world.lane();
    expect(sentIds(world)).toEqual(['e0', 'e7']);
    expect([...finalStates(world.ledger)].sort()).toEqual([
      ['e0', { status: 'sent', reason: 'SUCCESS' }],
      ['e1', skippedAs('ENDPOINT_OPT_OUT')],
      ['e2', skippedAs('ENDPOINT_INACTIVE')],
      ['e3', skippedAs('ENDPOINT_MISSING_ADDRESS')],
      ['e4', skippedAs('ENDPOINT_CHANNEL_CHANGED')],
      ['e5', skippedAs('ENDPOINT_DELETED')],
      ['e6', skippedAs('ENDPOINT_USER_CHANGED')],
      ['e7', { status: 'sent', reason: 'SUCCESS' }],
    ]);
  });

  it('shares its address with nobody else in a call', async () => {
    const world = await worldOf({ entries: 2 });
    world.endpoints.set('e1', world.endpoints.get('e0') ?? {});
    await world.lane();
    expect(world.sent).toHaveLength(1);
    expect(finalStates(world.ledger).get('e1')).toEqual(skippedAs('DUPLICATE_ADDRESS'));
  });

  it('gets its message when the other one of its address was filtered', async () => {
    const world = await worldOf({
      entries: 2,
      hook: (id) => (id === 'e0' ? { kind: 'skip', reason: 'NIGHT' } : { kind: 'keep' }),
    });
    world.endpoints.set('e1', world.endpoints.get('e0') ?? {});
    await world.lane();
    expect(sentIds(world)).toEqual(['e1']);
  });

  it('gets nothing where only others are allowed to', async () => {
    const world = await delivered({ entries: 3, recipients: ['TOKEN-e1', 'user:u2'] });
    expect(sentIds(world)).toEqual(['e1', 'e2']);
    expect(finalStates(world.ledger).get('e0')).toEqual(skippedAs('RECIPIENT_NOT_ALLOWED'));
  });

  it.each([
    ['user@example.com', ['*@example.com'], true],
    ['user@mail.example.com', ['*@example.com'], false],
    ['user@example.com', ['nobody'], false],
    ['user@example.com', [''], false],
    ['user@example.com', ['nobody', '*'], true],
  ] as const)('%s is allowed by %j: %s', async (address, recipients, allowed) => {
    const world = await worldOf({ entries: 1, recipients });
    world.endpoints.set('e0', { ...world.endpoints.get('e0'), Address: address });
    await world.lane();
    expect(world.sent).toHaveLength(allowed ? 1 : 0);
  });

  it('is left alone in its quiet time, and is counted for caps', async () => {
    const caps = { campaignKey: 'sale', limits: { total: 1 } };
    const world = await worldOf({
      entries: 2,
      plan: { quietTime: { Start: '18:00', End: '19:00' }, caps },
    });
    world.endpoints.set('e1', { ...world.endpoints.get('e1'), 'Demographic.Timezone': 'Asia/Seoul' });
    await world.lane();
    expect(sentIds(world)).toEqual(['e0']);
    expect(finalStates(world.ledger).get('e1')).toEqual(skippedAs('QUIET_TIME'));
    const again = { appId: PLAN.applicationId, ...caps, activityId: 'next' };
    expect((await world.caps.take(again, ['e1'], world.now)).get('e1')).toBe('CAMPAIGN_CAP');
  });
});

describe('caps', () => {
  const earlier = (world: World, campaignKey: string, limits: object, ids: string[]) =>
    world.caps.take(
      { appId: PLAN.applicationId, campaignKey, activityId: 'earlier', limits },
      ids,
      world.now,
    );

  it('skip whom the campaign or the application has no room for any more', async () => {
    const limits = { total: 1, appDaily: 1 };
    const world = await worldOf({ entries: 3, plan: { caps: { campaignKey: 'sale', limits } } });
    await earlier(world, 'sale', limits, ['e0']);
    await earlier(world, 'another', { appDaily: 1 }, ['e1']);
    await world.lane();
    expect(sentIds(world)).toEqual(['e2']);
    expect(finalStates(world.ledger).get('e0')).toEqual(skippedAs('CAMPAIGN_CAP'));
    expect(finalStates(world.ledger).get('e1')).toEqual(skippedAs('DAILY_CAP'));
  });

  it('count nobody whom the hook filtered, and nobody twice who is tried again', async () => {
    const caps = { campaignKey: 'sale', limits: { daily: 2 } };
    const world = await delivered({
      entries: 3,
      plan: { caps },
      hook: (id) => (id === 'e0' ? { kind: 'skip', reason: 'NIGHT' } : { kind: 'keep' }),
      answer: (_message, attempt) => (attempt < 3 ? { kind: 'transient', text: 'oops' } : { kind: 'sent' }),
    });
    expect(sentIds(world)).toEqual(['e1', 'e2']);
    const taking = (activityId: string) =>
      world.caps.take({ appId: PLAN.applicationId, ...caps, activityId }, ['e0', 'e1', 'e2'], world.now);
    expect([...(await taking('second')).keys()]).toEqual([]);
    expect([...(await taking('third')).keys()]).toEqual(['e1', 'e2']);
  });
});

describe('a campaign hook', () => {
  it('is asked about 50 endpoints at once, of which a call is then made', async () => {
    const world = await delivered({ entries: 120, hook: () => ({ kind: 'keep' }) });
    expect(world.calls.map(({ ids }) => ids.length)).toEqual([50, 50, 20]);
    expect([...world.asked.values()].every((times) => times === 1)).toBe(true);
  });

  it('is not asked about those who get nothing anyway', async () => {
    const world = await worldOf({ entries: 2, hook: () => ({ kind: 'keep' }) });
    world.endpoints.set('e0', { ...world.endpoints.get('e0'), OptOut: 'ALL' });
    await world.lane();
    expect([...world.asked.keys()]).toEqual(['e1']);
  });

  it('gets whole endpoints, with the attributes of their users', async () => {
    const seen: unknown[] = [];
    await delivered({
      entries: 1,
      hook: (_id, _times, endpoint) => {
        seen.push(endpoint);
        return { kind: 'keep' };
      },
    });
    expect(seen).toEqual([
      {
        ...{ Address: 'token-e0', ChannelType: 'GCM', EndpointStatus: 'ACTIVE', OptOut: 'NONE' },
        ...{ Attributes: { plan: ['gold'] }, Demographic: {}, Location: {} },
        User: { UserAttributes: { grade: ['grade-u0'] } },
      },
    ]);
  });

  it('skips for reasons of its own and for the engine’s', async () => {
    const reasons = ['NIGHT', 'FILTERED_BY_HOOK', 'QUIET_TIME'];
    const world = await delivered({
      entries: 4,
      hook: (id) => {
        const reason = reasons[Number(id.slice(1))];
        return reason === undefined ? { kind: 'keep' } : { kind: 'skip', reason };
      },
    });
    expect(sentIds(world)).toEqual(['e3']);
    expect(await reasonsOf(world)).toEqual({ NIGHT: 1, FILTERED_BY_HOOK: 1, QUIET_TIME: 1, SUCCESS: 1 });
  });

  it.each(['SUCCESS', 'FAILURE', 'UNKNOWN', 'HOOK_FAILURE'])(
    'skips whoever it skips, told apart from the engine’s own %s',
    async (reason) => {
      const world = await delivered({ entries: 1, hook: () => ({ kind: 'skip', reason }) });
      expect(finalStates(world.ledger).get('e0')).toEqual(skippedAs(`HOOK_${reason}`));
      expect(await writtenStates(world)).toEqual(new Map([['e0', skippedAs(`HOOK_${reason}`)]]));
    },
  );

  it('may give more than 100 reasons: those beyond share one name', async () => {
    const world = await delivered({
      entries: 130,
      hook: (id) => ({ kind: 'skip', reason: `REASON_${id.slice(1)}` }),
    });
    const reasons = await reasonsOf(world);
    expect(reasons).toMatchObject({ REASON_0: 1, REASON_99: 1, HOOK_OTHER: 30 });
    expect(Object.keys(reasons)).toHaveLength(101);
    expect([...finalStates(world.ledger)].every(([, { status }]) => status === 'skipped')).toBe(true);
    expect(await writtenStates(world)).toEqual(
      new Map([...world.endpoints.keys()].map((id) => [id, finalStates(world.ledger).get(id)])),
    );
  });

  it('lets an endpoint wait, and is asked again when its time has come', async () => {
    const at = START + 3 * 60 * 60_000;
    const world = await worldOf({
      entries: 4,
      hook: (id, times) =>
        id === 'e1' && times < 2 ? { kind: 'wait', notBefore: at + times * 60_000 } : { kind: 'keep' },
    });
    await world.lane();
    expect(sentIds(world)).toEqual(['e0', 'e2', 'e3']);
    await world.drained(at - 1);
    expect(sentIds(world)).not.toContain('e1');
    await world.drained();
    expect(world.asked.get('e1')).toBe(3);
    const late = world.calls.at(-1);
    expect(late?.ids).toEqual(['e1']);
    expect(late?.at).toBeGreaterThanOrEqual(at + 60_000);
    expect(late?.at).toBeLessThan(at + 61_000);
  });

  it('may name more than 100 times: nobody gets a message too early, nor much later', async () => {
    const waitOf = (id: string) => START + 60_000 + Number(id.slice(1)) * 1000;
    const world = await delivered({
      entries: 150,
      hook: (id) => ({ kind: 'wait', notBefore: waitOf(id) }),
    });
    expect(world.sent).toHaveLength(150);
    for (const { at, ids } of world.calls)
      for (const id of ids) {
        expect(at).toBeGreaterThanOrEqual(waitOf(id));
        expect(at).toBeLessThan(waitOf(id) + 60_000);
      }
  });

  it('that fails fails the endpoints it was asked about', async () => {
    const world = await delivered({
      entries: 2,
      hook: (id) => (id === 'e0' ? { kind: 'failed', text: 'no answer' } : { kind: 'keep' }),
    });
    expect(finalStates(world.ledger).get('e0')).toEqual({ status: 'failed', reason: 'HOOK_FAILURE' });
    expect(sentIds(world)).toEqual(['e1']);
  });

  it('may replace title, body and attributes of one message', async () => {
    const world = await delivered({
      entries: 3,
      hook: (id) =>
        id === 'e0'
          ? { kind: 'keep', titleOverride: 'Title', bodyOverride: 'Body' }
          : { kind: 'keep', ...(id === 'e1' ? { attributes: { plan: ['silver'] } } : {}) },
    });
    expect(world.sent.map(({ content }) => [content['title'], content['body']])).toEqual([
      ['Title', 'Body'],
      ['Hello u1', 'name1silver'],
      ['Hello u2', 'name2gold'],
    ]);
  });
});

describe('a custom delivery', () => {
  const plan: Partial<RunPlan> = {
    treatments: [
      {
        treatmentId: '0',
        activityId: ACTIVITY,
        message: { CustomMessage: { Data: 'data' } },
        customDelivery: { DeliveryUri: 'https://example.com/hook', EndpointTypes: ['GCM'] },
      },
    ],
  };

  it('gets whole endpoints, as a hook changed them', async () => {
    const world = await delivered({
      entries: 60,
      kind: 'custom',
      plan,
      hook: () => ({ kind: 'keep', attributes: { plan: ['silver'] } }),
    });
    expect(world.calls.map(({ ids }) => ids.length)).toEqual([50, 10]);
    expect(world.sent[0]).toMatchObject({
      content: { data: 'data', deliveryUri: 'https://example.com/hook', scheduledTime: PLAN.scheduledTime },
      endpoint: {
        Address: 'token-e0',
        ChannelType: 'GCM',
        Attributes: { plan: ['silver'] },
        User: { UserAttributes: { grade: ['grade-u0'] } },
      },
    });
  });
});
