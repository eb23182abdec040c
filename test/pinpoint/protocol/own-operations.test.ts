import { DeleteCampaignCommand } from '@aws-sdk/client-pinpoint';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registryKillSwitch } from '../../../lambdas/pinpoint/delivery/kill-switch.ts';
import { OWN_OPERATION_SCHEMAS } from '../../../lambdas/pinpoint/protocol/own-operations.ts';
import { OPERATION_SCHEMAS } from '../../../lambdas/pinpoint/protocol/schemas.aws.ts';
import { startWorld, type World } from '../campaigns/support/world.ts';
import { raw } from '../support/client.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.sliceQueue.length = 0;
  world.slept.length = 0;
});

async function sending(method: 'GET' | 'PUT', body?: unknown) {
  const answer = await raw(
    world.handler,
    method,
    '/v1/sending',
    body === undefined ? undefined : JSON.stringify(body),
  );
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
}
const isOff = () => registryKillSwitch(world.registry, Date.now).isOff();

describe('operations of our own', () => {
  it('take no name and no route of a Pinpoint operation', () => {
    const own = OWN_OPERATION_SCHEMAS.flatMap(([, , name, { http }]) => [name, `${http[0]} ${http[1]}`]);
    const theirs = OPERATION_SCHEMAS.flatMap(([, , name, { http }]) => [name, `${http[0]} ${http[1]}`]);
    expect(theirs.filter((each) => (own as string[]).includes(each))).toEqual([]);
  });

  it('check their bodies as Pinpoint operations do', async () => {
    const wrong = await sending('PUT', { Enabled: 'no', Resaon: 'x' });
    expect(wrong.status).toBe(400);
    expect(wrong.body['Message']).toMatch(/Enabled is "no"; expected true or false; Resaon is not a member/);
    const empty = await sending('PUT', {});
    expect(empty.body['Message']).toBe('Enabled is missing');
    const post = await raw(world.handler, 'POST', '/v1/sending', '{}');
    expect(post.statusCode).toBe(405);
  });
});

describe('the kill switch', () => {
  it('is on until somebody switches it off', async () => {
    expect(await sending('GET')).toEqual({ status: 200, body: { Enabled: true, Reason: '' } });
    expect(await isOff()).toBe(false);
  });

  it('wants a reason for switching off, and a short one', async () => {
    for (const Reason of [undefined, ' ', 'x'.repeat(501)])
      expect(await sending('PUT', { Enabled: false, Reason })).toMatchObject({
        status: 400,
        body: { Message: expect.stringMatching(/^Reason /) },
      });
    expect(await isOff()).toBe(false);
  });

  it('halts everything, and tells who did it, when and why', async () => {
    const before = new Date().toISOString();
    const off = await sending('PUT', { Enabled: false, Reason: 'wrong prices' });
    expect(off).toMatchObject({
      status: 200,
      body: { Enabled: false, Reason: 'wrong prices', ChangedBy: 'iam', ChangedAt: expect.any(String) },
    });
    expect(String(off.body['ChangedAt']) >= before).toBe(true);
    expect(await sending('GET')).toEqual(off);
    expect(await isOff()).toBe(true);
    expect(world.sliceQueue).toEqual([]);
  });

  it('wakes every run that is not paused when it is switched on again, in whichever shard', async () => {
    await sending('PUT', { Enabled: false, Reason: 'wrong prices' });
    const running: string[] = [];
    for (let n = 0; n < 12; n++) running.push((await world.run((await world.create()).Id, 1)).activityId);
    const paused = await world.create();
    await world.run(paused.Id);
    await world.update(paused.Id, { IsPaused: true });
    const cancelled = await world.create();
    running.push((await world.run(cancelled.Id)).activityId);
    await world.client.send(
      new DeleteCampaignCommand({ ApplicationId: world.app, CampaignId: cancelled.Id }),
    );
    await world.beginRun((await world.create()).Id);
    world.sliceQueue.length = 0;
    expect(await sending('PUT', { Enabled: true })).toMatchObject({ status: 200, body: { Enabled: true } });
    expect(await isOff()).toBe(false);
    expect([...new Set(world.sliceQueue.map(({ activityId }) => activityId))].sort()).toEqual(running.sort());
    // Not before every worker looks at the switch again.
    expect(world.slept.every((ms) => ms > 2_000)).toBe(true);
    expect(world.slept).toHaveLength(1);
  });
});
