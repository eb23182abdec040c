import { describe, expect, it } from 'vitest';
import { cancelCampaign } from '../../lambdas/campaigns/cancel-campaign.ts';
import { createCampaign } from '../../lambdas/campaigns/create-campaign.ts';
import { editCampaign } from '../../lambdas/campaigns/edit-campaign.ts';
import { getCampaign } from '../../lambdas/campaigns/get-campaign.ts';
import { listCampaigns } from '../../lambdas/campaigns/list-campaigns.ts';
import { pauseCampaign } from '../../lambdas/campaigns/pause-campaign.ts';
import { resumeCampaign } from '../../lambdas/campaigns/resume-campaign.ts';
import { startCampaign } from '../../lambdas/campaigns/start-campaign.ts';
import { notFound } from '../../lambdas/shared/errors.ts';
import { ctxAt, MINUTE_MS, START, tickFor, workOff, world } from './support/worlds.ts';

const SMALLEST = {
  segment: 'cart',
  title: '안녕하세요 {{User.UserId}}님',
  message: '신제품을 소개합니다.',
  icon: 'https://example.com/icon.png',
  image: 'https://example.com/image.png',
};
const DAY_MS = 24 * 60 * MINUTE_MS;

const post = (w = world(), body: unknown = SMALLEST, key?: string, now = START) =>
  createCampaign(w, ctxAt(now, key === undefined ? {} : { idempotencyKey: key }), body);

describe('creating a campaign', () => {
  it('answers the smallest request with a push that goes out now, named after its title', async () => {
    expect(await post()).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      version: 1,
      name: SMALLEST.title,
      state: 'scheduled',
      segment: 'cart',
      channel: 'push',
      nextSendAt: new Date(START).toISOString(),
      estimate: { recipients: 7, asOf: '2026-11-21T11:00:00.000Z' },
      warnings: [],
    });
  });

  it('takes a local time of the deployment and an SMS without a title', async () => {
    const sms = {
      segment: 'cart',
      channel: 'sms',
      message: '내일 9시',
      schedule: { at: '2026-11-22T09:00' },
    };
    expect(await post(world(), sms)).toMatchObject({
      name: '내일 9시',
      nextSendAt: '2026-11-22T00:00:00.000Z',
    });
  });

  it('is read with its defaults by the names that its author writes', async () => {
    const w = world();
    const written = { '#{회원 이름}': '고객', '{{User.UserAttributes.city}}': '서울' };
    const message = '#{회원 이름} {{User.UserAttributes.city}}';
    const { id } = await createCampaign(w, ctxAt(START), {
      segment: 'cart',
      title: 't',
      message,
      missing: 'default',
      defaults: written,
      draft: true,
    });
    expect(await getCampaign(w, START, id)).toMatchObject({ defaults: written });
  });

  it('keeps a draft until somebody starts it', async () => {
    const w = world();
    const { id, state, nextSendAt } = await post(w, { ...SMALLEST, draft: true });
    expect([state, nextSendAt]).toEqual(['draft', null]);
    await tickFor(w, START, 3);
    expect(w.pinpoint.campaigns.size).toBe(0);
    const now = START + 5 * MINUTE_MS;
    expect(await startCampaign(w, ctxAt(now), id)).toMatchObject({ nextSendAt: new Date(now).toISOString() });
    expect((await getCampaign(w, now, id)).sends).toHaveLength(1);
    await expect(startCampaign(w, ctxAt(now), id)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/is scheduled: starting is for one that is draft or stopped/),
    });
  });

  it('with one key twice is one campaign, also when it was edited meanwhile; with another body it is refused', async () => {
    const w = world();
    const first = await post(w, SMALLEST, 'k');
    expect(await post(w, SMALLEST, 'k')).toEqual(first);
    const reordered = Object.fromEntries(Object.entries(SMALLEST).reverse());
    expect(await post(w, reordered, 'k')).toEqual(first);
    await expect(post(w, { ...SMALLEST, message: 'other' }, 'k')).rejects.toMatchObject({
      code: 'unprocessable',
    });
    expect((await listCampaigns(w, {})).result).toHaveLength(1);
    await workOff(w, START);
    expect(w.pinpoint.campaigns.size).toBe(1);
  });

  it('with one key twice is one campaign although its time has gone by between, and what it names with it', async () => {
    const w = world();
    const body = { ...SMALLEST, schedule: { at: '2026-11-21T21:10' } };
    const first = await post(w, body, 'k');
    const gone = { ...w, segments: { ...w.segments, find: () => Promise.reject(notFound('gone')) } };
    expect(await post(gone, body, 'k', START + DAY_MS)).toMatchObject({
      id: first.id,
      estimate: { recipients: null },
    });
    await expect(post(w, SMALLEST, 'k', START + DAY_MS)).rejects.toMatchObject({ code: 'unprocessable' });
  });

  it('refuses what is wrong before anything is kept', async () => {
    const w = world();
    await expect(post(w, { ...SMALLEST, title: ' ', ratePerMinute: 0 })).rejects.toMatchObject({
      code: 'validation',
      problems: [{ field: 'title' }, { field: 'ratePerMinute' }],
    });
    expect((await listCampaigns(w, {})).result).toEqual([]);
  });
});

describe('a campaign that says the same to the same segment within a day', () => {
  it('is made, and warned of', async () => {
    const w = world();
    const { id } = await post(w);
    const again = await post(w, { ...SMALLEST, name: 'another' }, undefined, START + MINUTE_MS);
    expect(again.warnings).toEqual([expect.stringContaining(id)]);
    expect((await post(w, { ...SMALLEST, message: 'other' })).warnings).toEqual([]);
    expect((await post(w, SMALLEST, undefined, START + 2 * DAY_MS)).warnings).toEqual([]);
  });

  it('is warned of when it is started, resumed or edited to say so, for that is when it goes out twice', async () => {
    const w = world();
    const draft = await post(w, { ...SMALLEST, draft: true });
    const later = START + 3 * DAY_MS;
    const { id } = await post(w, { ...SMALLEST, message: 'other' }, undefined, later);
    const edited = await editCampaign(w, ctxAt(later), draft.id, { message: 'other' });
    expect(edited.warnings).toEqual([expect.stringContaining(id)]);
    expect((await startCampaign(w, ctxAt(later), draft.id)).warnings).toEqual([expect.stringContaining(id)]);
    expect((await post(w, SMALLEST, undefined, later)).warnings).toEqual([]);
  });

  it('is warned of a cycle that says it every day, however long it has been doing so', async () => {
    const w = world();
    const schedule = { unit: 'day', time: '09:00' };
    const { id } = await post(w, { ...SMALLEST, schedule, start: true });
    const later = START + 40 * DAY_MS;
    await tickFor(w, later, 1);
    expect((await post(w, SMALLEST, undefined, later)).warnings).toEqual([expect.stringContaining(id)]);
    await pauseCampaign(w, ctxAt(later), id);
    const inDays = { ...SMALLEST, schedule: { at: new Date(later + 5 * DAY_MS).toISOString() } };
    const [, again] = [await post(w, inDays, undefined, later), await resumeCampaign(w, ctxAt(later), id)];
    expect(again.warnings).toEqual([expect.stringContaining('within 24 hours')]);
  });

  it('is made although nobody can tell what is alike', async () => {
    const w = world();
    const likenesses = { ...w.likenesses, alike: () => Promise.reject(new Error('too many requests')) };
    expect(await createCampaign({ ...w, likenesses }, ctxAt(START), SMALLEST)).toMatchObject({
      state: 'scheduled',
      warnings: [],
    });
  });

  it('is not warned of one that was cancelled, nor of itself when it is posted again', async () => {
    const w = world();
    const { id } = await post(w, { ...SMALLEST, schedule: { at: '2026-11-21T22:00' } }, 'k');
    expect((await post(w, { ...SMALLEST, schedule: { at: '2026-11-21T22:00' } }, 'k')).warnings).toEqual([]);
    await cancelCampaign(w, ctxAt(START), id);
    expect((await post(w)).warnings).toEqual([]);
  });
});

describe('reading a campaign', () => {
  it('names an unknown one', async () => {
    await expect(getCampaign(world(), START, 'nope')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('speaks the words of the request', async () => {
    const w = world();
    const { id } = await post(w, { ...SMALLEST, ratePerMinute: 'max', schedule: { at: '2026-11-22T09:00' } });
    expect(await getCampaign(w, START, id)).toMatchObject({
      ...SMALLEST,
      name: SMALLEST.title,
      purpose: 'informational',
      ratePerMinute: 'max',
      schedule: { at: '2026-11-22T00:00:00.000Z' },
      state: 'scheduled',
      createdBy: 'key-1',
      sends: [],
    });
  });

  it('reads the counts of a running send from the engine', async () => {
    const w = world({ progress: [] });
    const { id } = await post(w);
    const runs = [{ part: 'whole' as const, pinpointCampaignId: 'c', begun: true as const }];
    await w.sends.list(id).then(async ([send]) => {
      const stored = await w.sends.get(id, send?.id ?? '');
      if (stored) await w.sends.replace(stored, { ...stored.send, state: 'sending', runs });
    });
    w.pinpoint.progress = async () => ({
      state: 'running',
      counts: {
        audience: 4,
        sent: 1,
        failed: 0,
        skipped: 1,
        uncertain: 0,
        open: 2,
        reasons: { failed: {}, skipped: { ENDPOINT_OPT_OUT: 1 } },
      },
    });
    const { state, sends } = await getCampaign(w, START, id);
    expect(state).toBe('sending');
    expect(sends[0]).toMatchObject({
      progress: 0.5,
      counts: { skipped: 1, asOf: new Date(START).toISOString() },
    });
    w.pinpoint.progress = () => Promise.reject(new Error('the engine does not answer'));
    expect(await getCampaign(w, START, id)).toMatchObject({ state: 'sending', sends: [{ counts: null }] });
  });
});
