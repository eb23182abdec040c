import { describe, expect, it } from 'vitest';
import { cloneCampaign } from '../../lambdas/campaigns/clone-campaign.ts';
import { createCampaign } from '../../lambdas/campaigns/create-campaign.ts';
import { editCampaign } from '../../lambdas/campaigns/edit-campaign.ts';
import { getCampaign } from '../../lambdas/campaigns/get-campaign.ts';
import { getHistory } from '../../lambdas/campaigns/get-history.ts';
import { advanceSend } from '../../lambdas/campaigns/sends/advance-send.ts';
import { startCampaign } from '../../lambdas/campaigns/start-campaign.ts';
import { policyOf } from './support/parts.ts';
import { ctxAt, MINUTE_MS, START, tickFor, type World, workOff, world } from './support/worlds.ts';

const LATER = '2026-11-22T00:00:00.000Z';
const SMS = { segment: 'cart', channel: 'sms', message: 'first' };
const WEEKLY = {
  ...SMS,
  schedule: { unit: 'week', weekdays: ['mon'], time: '09:00', from: '2026-11-23' },
  start: true,
};

const created = (w: World, body: object) => createCampaign(w, ctxAt(START), body);
const edited = (w: World, id: string, patch: unknown, now = START) =>
  editCampaign(w, ctxAt(now, { actor: 'editor' }), id, patch);

describe('editing a campaign', () => {
  it('changes what is given, takes away what is null, and leaves the rest', async () => {
    const w = world();
    const { id } = await created(w, { ...SMS, schedule: { at: LATER }, ratePerMinute: 60, name: 'n' });
    const answer = await edited(w, id, {
      message: 'second',
      ratePerMinute: null,
      schedule: { at: '2026-11-23T09:00' },
    });
    expect(answer).toMatchObject({ version: 2, state: 'scheduled', nextSendAt: '2026-11-23T00:00:00.000Z' });
    const view = await getCampaign(w, START, id);
    expect(view).toMatchObject({ message: 'second', name: 'n', changedBy: 'editor', createdBy: 'key-1' });
    expect(view).not.toHaveProperty('ratePerMinute');
  });

  it('of a version that somebody else edited meanwhile is refused, if it says which one it is of', async () => {
    const w = world();
    const { id } = await created(w, { ...SMS, schedule: { at: LATER } });
    expect(await edited(w, id, { version: 1, name: 'one' })).toMatchObject({ version: 2 });
    await expect(edited(w, id, { version: 1, message: 'two' })).rejects.toMatchObject({
      code: 'conflict',
      field: 'version',
      message: expect.stringMatching(/is version 2 by now.*read it again/),
    });
    await expect(edited(w, id, { version: 'x' })).rejects.toMatchObject({ code: 'validation' });
    expect(await edited(w, id, { message: 'two' })).toMatchObject({ version: 3 });
  });

  it('is no version when nothing is different', async () => {
    const w = world();
    const { id } = await created(w, { ...SMS, schedule: { at: LATER } });
    expect(await edited(w, id, { message: 'first' })).toMatchObject({ version: 1 });
    expect((await getHistory(w, id, {})).result).toHaveLength(1);
  });

  it('has a send that began say what it said then, and later ones what was edited', async () => {
    const w = world();
    const { id } = await created(w, WEEKLY);
    const monday = Date.parse('2026-11-23T00:00:00.000Z');
    await tickFor(w, monday, 1);
    await edited(w, id, { message: 'second' }, monday + MINUTE_MS);
    await tickFor(w, monday + 7 * 24 * 60 * MINUTE_MS, 2);
    const said = [...w.pinpoint.campaigns.values()].map(
      ({ request }) => request.MessageConfiguration?.SMSMessage?.Body,
    );
    expect(said).toEqual(['first', 'second']);
    expect((await getCampaign(w, START, id)).sends.map(({ version }) => version)).toEqual([1, 2]);
  });

  it('freezes label and opt-out text anew', async () => {
    const w = { ...world(), policy: policyOf({ label: false, optOutText: undefined }) };
    const { id } = await created(w, { ...SMS, purpose: 'advertising', schedule: { at: LATER } });
    expect((await getCampaign(w, START, id)).notices).toEqual({ label: false, optOutText: null });
    await edited({ ...w, policy: policyOf() }, id, { name: 'other' });
    expect((await getCampaign(w, START, id)).notices).toEqual({
      label: true,
      optOutText: '무료수신거부 080-000-0000',
    });
  });

  it.each([
    ['when the variants say something else', { variants: [{ message: 'a' }, { message: 'c' }] }],
    ['when nobody is to win any more', { winner: null }],
  ])('forgets who won %s', async (_, patch) => {
    const w = world();
    const winner = { testShare: 20, metric: 'clicks' };
    const { id } = await created(w, { ...WEEKLY, winner, variants: [{ message: 'a' }, { message: 'b' }] });
    const stored = await w.campaigns.get(id);
    if (!stored) throw new Error('not created');
    await w.campaigns.replace({ ...stored, chosen: { variantId: '1', at: LATER, why: 'b won' } });
    await edited(w, id, { name: 'other' });
    expect((await getCampaign(w, START, id)).chosen).toMatchObject({ variantId: '1' });
    await edited(w, id, patch);
    expect((await getCampaign(w, START, id)).chosen).toBeNull();
  });

  it('that changes no time leaves what is due to go out, in whatever order a database gives its fields back', async () => {
    const w = world();
    const { id } = await created(w, { ...WEEKLY, start: true });
    const stored = await w.campaigns.get(id);
    if (!stored?.next) throw new Error('not started');
    const turned = Object.fromEntries(Object.entries(stored.schedule).reverse());
    await w.campaigns.replace({ ...stored, schedule: turned as unknown as typeof stored.schedule });
    const due = Date.parse(stored.next.at);
    await editCampaign(w, ctxAt(due + 30_000), id, { name: 'other' });
    expect((await getCampaign(w, due, id)).sends.map(({ scheduledFor }) => scheduledFor)).toEqual([
      stored.next.at,
    ]);
  });

  it('of one that goes out once is refused once its send has begun, but for name and rate', async () => {
    const w = world({ progress: [{ state: 'running', counts: NOTHING }] });
    const { id } = await created(w, SMS);
    await expect(edited(w, id, { message: 'late', ratePerMinute: 60 })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(
        /its send has begun, and message cannot be changed.*name, ratePerMinute/,
      ),
    });
    expect(await edited(w, id, { ratePerMinute: 60 })).toMatchObject({ version: 2 });
  });

  it('has a running send go at the other rate', async () => {
    const w = world({ progress: () => ({ state: 'running', counts: NOTHING }) });
    const { id } = await created(w, { ...SMS, ratePerMinute: 600 });
    for (let turn = 0; turn < 12; turn++) await step(w);
    expect([...w.pinpoint.campaigns.values()].map(({ steering }) => steering.ratePerMinute)).toEqual([600]);
    await edited(w, id, { ratePerMinute: 1200 }, START + MINUTE_MS);
    expect([...w.pinpoint.campaigns.values()].map(({ steering }) => steering.ratePerMinute)).toEqual([1200]);
    await edited(w, id, { ratePerMinute: null }, START + MINUTE_MS);
    expect([...w.pinpoint.campaigns.values()].map(({ steering }) => steering.ratePerMinute)).toEqual([
      undefined,
    ]);
  });

  it('changes the rate of a running send although its template is gone', async () => {
    const w = world({ progress: () => ({ state: 'running', counts: NOTHING }) });
    const { id } = await created(w, { segment: 'cart', template: { name: 'welcome' }, ratePerMinute: 600 });
    const none = { template: async () => 'There is no such template', pool: async () => undefined };
    const gone = { ...w, named: none };
    const changed = await editCampaign(gone, ctxAt(START), id, { ratePerMinute: 'max', name: 'faster' });
    expect(changed).toMatchObject({ version: 2, name: 'faster' });
    expect(await getCampaign(w, START, id)).toMatchObject({
      ratePerMinute: 'max',
      template: { name: 'welcome' },
    });
    await expect(editCampaign(gone, ctxAt(START), id, { ratePerMinute: 0 })).rejects.toMatchObject({
      field: 'ratePerMinute',
    });
  });

  it.each<[unknown, string, RegExp]>([
    [{ colour: 'red' }, 'validation', /colour is not a field that can be changed; allowed: segment, name/],
    [{ draft: true }, 'validation', /draft is not a field/],
    [{ segment: null }, 'validation', /segment is missing/],
    [{ message: ' ' }, 'validation', /message is blank/],
    [
      { schedule: null },
      'validation',
      /schedule is null, and campaign \w+ is scheduled: it would go out at once/,
    ],
    [{ segment: 'carts' }, 'not_found', /"carts"; nearest: cart/],
    [[], 'validation', /the body is/],
  ])('refuses %j', async (patch, code, message) => {
    const w = world();
    const { id } = await created(w, { ...SMS, schedule: { at: LATER } });
    await expect(edited(w, id, patch)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('tells everything that is wrong at once, unknown fields and hidden texts too', async () => {
    const w = world();
    const { id } = await created(w, { ...WEEKLY, variants: [{ message: 'a' }, { message: 'b' }] });
    const patch = { colour: 'red', message: 'nobody would get it', holdout: 101, ratePerMinute: 0 };
    await expect(edited(w, id, patch)).rejects.toMatchObject({
      problems: ['colour', 'message', 'holdout', 'ratePerMinute'].map((field) => ({ field })),
    });
  });

  it('refuses a text that every variant says in its own way', async () => {
    const w = world();
    const { id } = await created(w, { ...WEEKLY, variants: [{ message: 'a' }, { message: 'b' }] });
    await expect(edited(w, id, { message: 'nobody would get it' })).rejects.toMatchObject({
      field: 'message',
    });
  });

  it('refuses one that has ended, and one that there is not', async () => {
    const w = world();
    const { id } = await created(w, SMS);
    await workOff(w, START);
    await expect(edited(w, id, { name: 'x' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/is completed.*clone it/),
    });
    await expect(edited(w, 'nope', { name: 'x' })).rejects.toMatchObject({ code: 'not_found' });
  });
});

const NOTHING = {
  audience: 10,
  sent: 1,
  failed: 0,
  skipped: 0,
  uncertain: 0,
  open: 9,
  reasons: { failed: {}, skipped: {} },
};

/** One message of the queue, at once. */
async function step(w: World): Promise<void> {
  const next = w.queue.sent.shift();
  if (next) await advanceSend(w, ctxAt(START, { actor: 'queue:sends' }), next.body);
}

describe('cloning a campaign', () => {
  it('makes a draft of its own that says the same, whatever became of the first', async () => {
    const w = world();
    const first = await created(w, { ...SMS, schedule: { at: LATER } });
    await tickFor(w, Date.parse(LATER), 2);
    const clone = await cloneCampaign(w, ctxAt(Date.parse(LATER)), first.id, {});
    expect(clone).toMatchObject({ state: 'draft', nextSendAt: null, name: 'first (copy)', version: 1 });
    expect(clone.id).not.toBe(first.id);
    expect(await getCampaign(w, START, clone.id)).toMatchObject({
      message: 'first',
      schedule: { at: LATER },
    });
    await expect(startCampaign(w, ctxAt(Date.parse(LATER) + 5 * MINUTE_MS), clone.id)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/in the past; edit schedule.at/),
    });
  });

  it('goes out at once when its time was taken away while it was a draft', async () => {
    const w = world();
    const { id } = await created(w, { ...SMS, draft: true, schedule: { at: LATER } });
    await edited(w, id, { schedule: null });
    expect(await startCampaign(w, ctxAt(START), id)).toMatchObject({
      state: 'scheduled',
      nextSendAt: new Date(START).toISOString(),
    });
  });

  it('goes out when it is told to, with what is given in place of its own', async () => {
    const w = world();
    const first = await created(w, { ...SMS, schedule: { at: LATER } });
    const body = { name: 'again', message: 'second', schedule: null, draft: false };
    const clone = await cloneCampaign(w, ctxAt(START, { idempotencyKey: 'k' }), first.id, body);
    expect(clone).toMatchObject({
      state: 'scheduled',
      name: 'again',
      nextSendAt: new Date(START).toISOString(),
    });
    const again = await cloneCampaign(w, ctxAt(START, { idempotencyKey: 'k' }), first.id, body);
    expect(again.id).toBe(clone.id);
    const [entry] = (await getHistory(w, clone.id, {})).result.filter((found) => 'what' in found);
    expect(entry).toMatchObject({ what: 'cloned', of: first.id });
  });

  it('tells everything that is wrong with what is given', async () => {
    const w = world();
    const first = await created(w, { ...SMS, schedule: { at: LATER } });
    await expect(
      cloneCampaign(w, ctxAt(START), first.id, { message: ' ', ratePerMinute: 0 }),
    ).rejects.toMatchObject({ problems: [{ field: 'message' }, { field: 'ratePerMinute' }] });
  });
});
