import { describe, expect, it } from 'vitest';
import { createCampaign } from '../../lambdas/campaigns/create-campaign.ts';
import { getCampaign } from '../../lambdas/campaigns/get-campaign.ts';
import { listCampaigns } from '../../lambdas/campaigns/list-campaigns.ts';
import { check } from '../../lambdas/shared/validation.ts';
import { validateCreateCampaign } from '../../schemas/campaigns/generated/requests.js';
import { ctxAt, START, workOff, world } from './support/worlds.ts';

const SMALLEST = {
  segment: 'cart',
  title: '안녕하세요 {{User.UserId}}님',
  message: '신제품을 소개합니다.',
  icon: 'https://example.com/icon.png',
  image: 'https://example.com/image.png',
};

const post = (w = world(), body: unknown = SMALLEST, key?: string) =>
  Promise.resolve().then(() =>
    createCampaign(
      w,
      ctxAt(START, key === undefined ? {} : { idempotencyKey: key }),
      check(validateCreateCampaign, body),
    ),
  );

describe('creating a campaign', () => {
  it('answers the smallest request with a push that goes out now, named after its title', async () => {
    expect(await post()).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      name: SMALLEST.title,
      state: 'scheduled',
      segment: 'cart',
      channel: 'push',
      nextSendAt: new Date(START).toISOString(),
      estimate: { recipients: 7, asOf: '2026-11-21T11:00:00.000Z' },
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

  it.each([
    [{ ...SMALLEST, title: undefined }, 'title', 'title is missing'],
    [{ ...SMALLEST, segment: undefined }, 'segment', 'segment is missing'],
    [{ ...SMALLEST, colour: 'red' }, 'colour', 'colour is not a known field'],
    [{ ...SMALLEST, icon: 'http://example.com/i.png' }, 'icon', /must match pattern "\^https/],
    [{ ...SMALLEST, channel: 'fax' }, 'channel', /allowed: push, email, sms/],
    [{ ...SMALLEST, title: '{{Nobody}}' }, 'title', /no variable \{\{Nobody\}\}/],
    [{ ...SMALLEST, schedule: { at: 'soon' } }, 'schedule.at', /"soon"; allowed: .*Asia\/Seoul/],
    [{ ...SMALLEST, schedule: { at: '2026-11-21T12:00:00Z' } }, 'schedule.at', /in the past/],
  ])('is refused by field: %j', async (body, field, message) => {
    const sent = JSON.parse(JSON.stringify(body));
    await expect(post(world(), sent)).rejects.toMatchObject({
      code: 'validation',
      field,
      message: expect.stringMatching(message),
    });
  });

  it('names an unknown segment and the nearest', async () => {
    await expect(post(world(), { ...SMALLEST, segment: 'carts' })).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(/"carts"; nearest: cart/),
    });
  });

  it('with one key twice is one campaign; with the key and another body it is refused', async () => {
    const w = world();
    const first = await post(w, SMALLEST, 'k');
    expect(await post(w, SMALLEST, 'k')).toEqual(first);
    await expect(post(w, { ...SMALLEST, message: 'other' }, 'k')).rejects.toMatchObject({
      code: 'unprocessable',
    });
    expect((await listCampaigns(w, {})).result).toHaveLength(1);
    await workOff(w, START);
    expect(w.pinpoint.campaigns.size).toBe(1);
  });
});

describe('reading campaigns', () => {
  it('names an unknown one', async () => {
    await expect(getCampaign(world(), START, 'nope')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('reads the counts of a running send from the engine', async () => {
    const w = world({ progress: [] });
    const { id } = await post(w);
    const runs = [{ part: 'whole' as const, pinpointCampaignId: 'c', begun: true as const }];
    await w.sends.list(id).then(async ([send]) => {
      const stored = await w.sends.get(id, send?.id ?? '');
      if (stored)
        await w.sends.replace(stored, { ...stored.send, state: 'sending', runs });
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
  });

  it.each([
    [{ state: 'asleep' }, 'state', /allowed: draft, scheduled, stopped/],
    [{ limit: '0' }, 'limit', /from 1 to 100/],
  ])('refuses %j', async (query, field, message) => {
    await expect(listCampaigns(world(), query)).rejects.toMatchObject({
      field,
      message: expect.stringMatching(message),
    });
  });
});
