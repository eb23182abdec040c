import { PinpointClient, SendMessagesCommand } from '@aws-sdk/client-pinpoint';
import { PinpointSMSVoiceV2Client, SendTextMessageCommand } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { GetAccountCommand, SESv2Client, SendBulkEmailCommand } from '@aws-sdk/client-sesv2';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { faults } from '../../../local/outbox/faults.ts';
import { type World, world } from './world.ts';

let here: World;
let push: PinpointClient;
let ses: SESv2Client;
let sms: PinpointSMSVoiceV2Client;
const connect = (): void => {
  const options = { endpoint: here.outbox.url, credentials: here.credentials, maxAttempts: 1 };
  push = new PinpointClient(options);
  ses = new SESv2Client(options);
  sms = new PinpointSMSVoiceV2Client(options);
};
beforeAll(async () => {
  here = await world();
  connect();
});
afterEach(async () => void (await here.api('/faults', {})));
afterAll(() => here.end());

let used = 0;
const fresh = (count: number): string[] => Array.from({ length: count }, () => `x${++used}`);

async function pushed(count: number) {
  const address = { ChannelType: 'GCM' as const, RawContent: '{"notification":{"title":"t","body":"b"}}' };
  const Addresses = Object.fromEntries(fresh(count).map((token) => [token, address]));
  const { MessageResponse } = await push.send(
    new SendMessagesCommand({
      ApplicationId: 'app-1',
      MessageRequest: { Addresses, MessageConfiguration: {} },
    }),
  );
  return Object.values(MessageResponse?.Result ?? {});
}

async function mailed(count: number): Promise<(string | undefined)[]> {
  const { BulkEmailEntryResults } = await ses.send(
    new SendBulkEmailCommand({
      FromEmailAddress: 'news@shop.example.com',
      DefaultContent: { Template: { TemplateContent: { Subject: 's', Html: 'h' }, TemplateData: '{}' } },
      BulkEmailEntries: fresh(count).map((name) => ({
        Destination: { ToAddresses: [`${name}@example.com`] },
      })),
    }),
  );
  return (BulkEmailEntryResults ?? []).map(({ Status }) => Status);
}

const texted = () =>
  sms.send(
    new SendTextMessageCommand({
      DestinationPhoneNumber: `+8210${String(++used).padStart(8, '0')}`,
      MessageBody: 'hi',
    }),
  );

describe('ordered faults', () => {
  test('meet the share that was ordered, evenly, until the count is used up', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
        fc.integer({ min: 0, max: 300 }),
        (percent, count, messages) => {
          const orders = faults();
          const share = percent / 100;
          orders.order({ channel: 'push', kind: 'throttled', share, ...(count !== undefined && { count }) });
          const met = Array.from({ length: messages }, () => orders.next('push')).filter(
            (fault) => fault !== undefined,
          );
          expect(met.length).toBe(Math.min(count ?? messages, Math.floor((messages * percent) / 100)));
          expect(orders.next('email')).toBeUndefined();
        },
      ),
    );
  });

  test.each([
    ['throttled', 'THROTTLED', 429],
    ['transient', 'TEMPORARY_FAILURE', 503],
    ['permanent', 'PERMANENT_FAILURE', 400],
    ['gone', 'PERMANENT_FAILURE', 410],
  ])(
    'by push, %s is %s %i of some addresses, which get nothing',
    async (kind, DeliveryStatus, StatusCode) => {
      const before = here.outbox.counts({ channel: 'push' }).messages;
      const { status, body } = await here.api('/faults', { channel: 'push', kind, share: 0.2, count: 3 });
      expect([status, body]).toEqual([200, { faults: [{ channel: 'push', kind, share: 0.2, count: 3 }] }]);
      const results = [...(await pushed(10)), ...(await pushed(10))];
      expect(results.filter((result) => result.DeliveryStatus === DeliveryStatus)).toMatchObject(
        Array(3).fill({ DeliveryStatus, StatusCode }),
      );
      expect(results.filter((result) => result.DeliveryStatus === 'SUCCESSFUL')).toHaveLength(17);
      expect(here.outbox.counts({ channel: 'push' }).messages - before).toBe(17);
    },
  );

  test('by push, an address may have a new token, and gets its message', async () => {
    await here.api('/faults', { channel: 'push', kind: 'updatedToken', count: 1 });
    const results = await pushed(2);
    expect(results.map(({ DeliveryStatus }) => DeliveryStatus)).toEqual(['SUCCESSFUL', 'SUCCESSFUL']);
    expect(results.map(({ UpdatedToken }) => UpdatedToken)).toEqual([
      expect.stringMatching(/^new-x\d+$/),
      undefined,
    ]);
  });

  test.each([
    ['throttled', 'ACCOUNT_THROTTLED'],
    ['transient', 'TRANSIENT_FAILURE'],
    ['permanent', 'MESSAGE_REJECTED'],
  ])('by e-mail, %s is the status %s of some entries', async (kind, status) => {
    await here.api('/faults', { channel: 'email', kind, share: 0.5 });
    expect(await mailed(4)).toEqual(['SUCCESS', status, 'SUCCESS', status]);
  });

  test.each([
    ['throttled', { name: 'ThrottlingException' }],
    [
      'permanent',
      { name: 'ConflictException', Reason: 'DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION' },
    ],
    ['gone', { name: 'ConflictException', Reason: 'DESTINATION_PHONE_NUMBER_OPTED_OUT' }],
  ])('by SMS, %s is an error', async (kind, error) => {
    await here.api('/faults', { channel: 'sms', kind, count: 1 });
    await expect(texted()).rejects.toMatchObject(error);
    await expect(texted()).resolves.toMatchObject({ MessageId: expect.any(String) });
  });

  test('an order replaces the one of its channel alone; {} ends them all', async () => {
    await here.api('/faults', { channel: 'push', kind: 'throttled' });
    await here.api('/faults', { channel: 'email', kind: 'throttled' });
    await here.api('/faults', { channel: 'push', kind: 'gone' });
    expect((await pushed(1))[0]?.StatusCode).toBe(410);
    expect(await mailed(1)).toEqual(['ACCOUNT_THROTTLED']);
    expect((await here.api('/faults', {})).body).toEqual({ faults: [] });
    expect((await pushed(1))[0]?.StatusCode).toBe(200);
    expect(await mailed(1)).toEqual(['SUCCESS']);
  });

  test.each<{ order: unknown }>([
    { order: { channel: 'fax', kind: 'throttled' } },
    { order: { channel: 'push', kind: 'slow' } },
    { order: { channel: 'email', kind: 'gone' } },
    { order: { channel: 'sms', kind: 'transient' } },
    { order: { channel: 'push', kind: 'gone', share: 1.2 } },
    { order: { channel: 'push', kind: 'gone', share: -0.1 } },
    { order: { channel: 'push', kind: 'gone', count: 0 } },
    { order: { channel: 'push', kind: 'gone', count: 1.5 } },
    { order: { channel: 'push', kind: 'gone', after: 3 } },
    { order: { channel: 'push' } },
    { order: [] },
  ])('$order is refused', async ({ order }) => {
    expect(await here.api('/faults', order)).toMatchObject({ status: 400, body: { code: 'validation' } });
    expect((await here.api('/faults', {})).body).toEqual({ faults: [] });
  });
});

describe('the e-mail quota', () => {
  const account = async () => (await ses.send(new GetAccountCommand({}))).SendQuota;

  test('is what was ordered, and counts what was sent in 24 hours, also before a restart', async () => {
    const before = (await account())?.SentLast24Hours ?? 0;
    expect(await here.api('/quota', { email: { maxSendRate: 14, max24HourSend: 50_000 } })).toMatchObject({
      status: 200,
      body: { email: { maxSendRate: 14, max24HourSend: 50_000 } },
    });
    await here.api('/faults', { channel: 'email', kind: 'throttled', share: 0.5 });
    await mailed(4);
    expect(await account()).toEqual({ MaxSendRate: 14, Max24HourSend: 50_000, SentLast24Hours: before + 2 });
    await here.restart();
    connect();
    expect((await account())?.SentLast24Hours).toBe(before + 2);
    here.nowMs += 24 * 60 * 60 * 1000 + 1;
    expect((await account())?.SentLast24Hours).toBe(0);
  });

  test('keeps what an order does not name', async () => {
    const { MaxSendRate } = (await account()) ?? {};
    await here.api('/quota', { email: { max24HourSend: -1 } });
    expect(await account()).toMatchObject({ MaxSendRate, Max24HourSend: -1 });
  });

  test.each([
    {},
    { email: { maxSendRate: -1 } },
    { email: { max24HourSend: 0.5 } },
    { email: { max24HourSend: -2 } },
    { email: { rate: 1 } },
    { sms: {} },
  ])('%j is refused', async (order) => {
    expect((await here.api('/quota', order)).status).toBe(400);
  });
});

describe('what makes no sense is refused', () => {
  test('a limit below zero plays nothing', async () => {
    await pushed(2);
    for (const limit of [-1, 0.5])
      expect(await here.api('/play', { action: 'open', channel: 'push', limit })).toMatchObject({
        status: 400,
      });
    expect(here.outbox.counts({ channel: 'push' }).open).toBeUndefined();
  });

  test('so does a path that is not UTF-8', async () => {
    expect(await here.api('/%E0%A4%A')).toMatchObject({ status: 400, body: { code: 'validation' } });
  });
});
