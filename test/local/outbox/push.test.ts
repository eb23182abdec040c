import { type AddressConfiguration, PinpointClient, SendMessagesCommand } from '@aws-sdk/client-pinpoint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onPhone } from '../../../local/outbox/push/phone.ts';
import { type World, world } from './world.ts';

let here: World;
let client: PinpointClient;
beforeAll(async () => {
  here = await world();
  client = new PinpointClient({ endpoint: here.outbox.url, credentials: here.credentials });
});
afterAll(() => here.end());

const raw = (campaign: string, messageId: string) =>
  JSON.stringify({
    fcmV1Message: {
      message: {
        notification: { title: '안녕하세요 u1님', body: '신제품', image: 'https://shop.example.com/a.png' },
        data: {
          'pinpoint.campaign.campaign_id': campaign,
          'pinpoint.campaign.campaign_activity_id': 'act-1',
          'pinpoint.campaign.treatment_id': '0',
          'pinpoint.message_id': messageId,
          'pinpoint.user_id': 'u1',
          'pinpoint.deeplink': 'shop://item/1',
        },
      },
    },
  });

const sent = async (addresses: Record<string, Partial<AddressConfiguration>>, MessageConfiguration = {}) => {
  const Addresses = Object.fromEntries(
    Object.entries(addresses).map(([token, more]) => [token, { ChannelType: 'GCM', ...more } as const]),
  );
  const { MessageResponse } = await client.send(
    new SendMessagesCommand({ ApplicationId: 'app-1', MessageRequest: { Addresses, MessageConfiguration } }),
  );
  return MessageResponse?.Result ?? {};
};
const latest = async (to: string) =>
  ((await here.api(`?to=${to}`)).body['messages'] as Record<string, unknown>[])[0];

describe('push by token', () => {
  test('each address is answered by itself, and only what a phone got is in the outbox', async () => {
    const RawContent = raw('c-results', 'm1');
    const tokens = ['good', 'bad-token-1', 'throttled-1', 'old-1'];
    const addresses = Object.fromEntries(tokens.map((token) => [token, { RawContent }]));
    const result = await sent(addresses);
    expect(result['good']).toMatchObject({ DeliveryStatus: 'SUCCESSFUL', StatusCode: 200 });
    expect(result['bad-token-1']).toMatchObject({ DeliveryStatus: 'PERMANENT_FAILURE', StatusCode: 410 });
    expect(result['throttled-1']).toMatchObject({ DeliveryStatus: 'THROTTLED', StatusCode: 429 });
    expect(result['old-1']).toMatchObject({ DeliveryStatus: 'SUCCESSFUL', UpdatedToken: 'new-1' });
    expect((await sent({ 'throttled-1': { RawContent } }))['throttled-1']?.DeliveryStatus).toBe('SUCCESSFUL');
    const { body } = await here.api('?campaign=c-results');
    const messages = body['messages'] as { to: string }[];
    expect(messages.map(({ to }) => to).sort()).toEqual(['good', 'old-1', 'throttled-1']);
  });

  test('raw content reaches the phone as it is, with the campaign it belongs to', async () => {
    const result = await sent({ raw: { RawContent: raw('c-raw', 'm-raw') } });
    expect(await latest('raw')).toMatchObject({
      channel: 'push',
      channelType: 'GCM',
      at: '2026-11-21T09:00:00.000Z',
      title: '안녕하세요 u1님',
      body: '신제품',
      image: 'https://shop.example.com/a.png',
      url: 'shop://item/1',
      applicationId: 'app-1',
      campaignId: 'c-raw',
      activityId: 'act-1',
      treatmentId: '0',
      messageId: 'm-raw',
      userId: 'u1',
      providerMessageId: result['raw']?.MessageId,
    });
  });

  test('overrides and substitutions of an address win over the message', async () => {
    await sent(
      {
        plain: { Substitutions: { name: ['민지'] } },
        overridden: {
          TitleOverride: '{{name}}님',
          BodyOverride: '다른 글',
          Substitutions: { name: ['준호'] },
        },
        apple: { ChannelType: 'APNS', Substitutions: { name: ['Ana'] } },
      },
      {
        DefaultPushNotificationMessage: {
          Title: 'Hi {{name}}',
          Body: '{{greeting}}, {{unknown}}',
          Substitutions: { name: ['you'], greeting: ['Hello'] },
          Data: { 'pinpoint.message_id': 'm9' },
        },
        GCMMessage: { ImageUrl: 'https://shop.example.com/g.png' },
        APNSMessage: { MediaUrl: 'https://shop.example.com/a.png' },
      },
    );
    expect(await latest('plain')).toMatchObject({
      title: 'Hi 민지',
      body: 'Hello, {{unknown}}',
      image: 'https://shop.example.com/g.png',
      messageId: 'm9',
    });
    expect(await latest('overridden')).toMatchObject({ title: '준호님', body: '다른 글' });
    expect(await latest('apple')).toMatchObject({
      channelType: 'APNS',
      title: 'Hi Ana',
      image: 'https://shop.example.com/a.png',
      messageId: 'm9',
    });
  });

  test('what FCM and APNs would refuse is a permanent failure of that address', async () => {
    const result = await sent({
      'not-json': { RawContent: '{' },
      'not-text': { RawContent: '{"data":{"n":1}}' },
      'too-big': { RawContent: JSON.stringify({ data: { text: 'x'.repeat(4096) } }) },
      'no-aps': { ChannelType: 'APNS', RawContent: '{"data":{}}' },
    });
    expect(Object.values(result).map(({ DeliveryStatus }) => DeliveryStatus)).toEqual(
      Array(4).fill('PERMANENT_FAILURE'),
    );
  });

  test('more than 100 addresses and what it does not know are refused', async () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`t${index}`, {}]));
    await expect(sent(many)).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringContaining('101 addresses'),
    });
    await expect(sent({ x: {} }, { SMSMessage: { Body: 'x' } })).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringContaining('MessageConfiguration.SMSMessage'),
    });
    await expect(sent({ x: { ChannelType: 'EMAIL' } })).rejects.toMatchObject({
      name: 'BadRequestException',
    });
  });

  test('a nested APNs payload shows the same campaign keys as a flat one', () => {
    const flat = { aps: { alert: 'hi' }, 'pinpoint.campaign.campaign_id': 'c' };
    const nested = { aps: { alert: { body: 'hi' } }, data: { pinpoint: { campaign: { campaign_id: 'c' } } } };
    for (const payload of [flat, nested])
      expect(onPhone('APNS', payload)).toMatchObject({
        body: 'hi',
        data: { 'pinpoint.campaign.campaign_id': 'c' },
      });
  });
});

describe('opening a push', () => {
  test('the app tells the collector which message was opened, and by whom', async () => {
    await sent({ tapped: { RawContent: raw('c-open', 'm-open') } });
    const { id } = (await latest('tapped')) as { id: string };
    here.nowMs += 60_000;
    const { status, body } = await here.api(`/${id}/play`, { action: 'open' });
    expect(status).toBe(200);
    expect(body['activity']).toEqual({ open: '2026-11-21T09:01:00.000Z' });
    const call = here.collected.at(-1);
    expect(call?.headers['x-api-key']).toBe('write-only');
    expect(call?.events).toEqual([
      {
        event_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/),
        name: 'message_open',
        occurred_at: '2026-11-21T09:01:00.000Z',
        source: 'client',
        user_id: 'u1',
        properties: {
          message_id: 'm-open',
          campaign_id: 'c-open',
          activity_id: 'act-1',
          treatment_id: '0',
          channel: 'GCM',
        },
      },
    ]);
  });

  test('the user is known from the name of a push endpoint, too', async () => {
    const data = { 'pinpoint.message_id': 'm', 'pinpoint.endpoint_id': 'push:kim:7:0a1b2c3d' };
    await sent({ named: { RawContent: JSON.stringify({ data }) } });
    expect(await latest('named')).toMatchObject({ userId: 'kim:7', endpointId: 'push:kim:7:0a1b2c3d' });
  });

  test('nobody is known without a user id: the app has an id of its own', async () => {
    await sent({
      nameless: { RawContent: '{"notification":{"title":"t"},"data":{"pinpoint.message_id":"m"}}' },
    });
    const { id } = (await latest('nameless')) as { id: string };
    await here.api(`/${id}/play`, { action: 'open' });
    const event = here.collected.at(-1)?.events[0];
    expect(event).not.toHaveProperty('user_id');
    expect(event?.['anonymous_id']).toMatch(/^app-[0-9a-f]{24}$/);
  });

  test('a share of a campaign opens, the same messages each time and each only once', async () => {
    for (const page of [0, 1, 2])
      await sent(
        Object.fromEntries(
          Array.from({ length: 100 }, (_, index) => [
            `s${page * 100 + index}`,
            { RawContent: raw('c-share', `m${page}-${index}`) },
          ]),
        ),
      );
    const play = async (share: number) =>
      Number((await here.api('/play', { action: 'open', campaign: 'c-share', share })).body['played']);
    const third = await play(0.3);
    expect(third).toBeGreaterThan(50);
    expect(third).toBeLessThan(130);
    expect(await play(0.3)).toBe(0);
    expect(await play(1)).toBe(300 - third);
    const { body } = await here.api('/count?campaign=c-share');
    expect(body).toMatchObject({
      messages: 300,
      open: 300,
      byCampaign: { 'c-share': { messages: 300, open: 300 } },
    });
  });

  test('nothing else can be played on a push', async () => {
    const { id } = (await latest('raw')) as { id: string };
    expect(await here.api(`/${id}/play`, { action: 'bounce' })).toMatchObject({
      status: 409,
      body: { code: 'conflict', field: 'action' },
    });
  });
});
