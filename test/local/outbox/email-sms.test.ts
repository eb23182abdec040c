import { PinpointSMSVoiceV2Client, SendTextMessageCommand } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import {
  GetAccountCommand,
  SESv2Client,
  SendBulkEmailCommand,
  SendEmailCommand,
} from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type World, world } from './world.ts';

let here: World;
let ses: SESv2Client;
let sms: PinpointSMSVoiceV2Client;
const connect = (): void => {
  const options = { endpoint: here.outbox.url, credentials: here.credentials, maxAttempts: 1 };
  ses = new SESv2Client(options);
  sms = new PinpointSMSVoiceV2Client(options);
};
beforeAll(async () => {
  here = await world(true);
  connect();
});
afterAll(() => here.end());

const b64 = (text: string): string => Buffer.from(text).toString('base64url');
const bulk = (to: readonly string[], values: object, template = {}, campaign = 'c-mail') =>
  ses.send(
    new SendBulkEmailCommand({
      FromEmailAddress: 'Shop <news@shop.example.com>',
      ConfigurationSetName: 'repoint-local',
      DefaultEmailTags: [{ Name: 'campaign_id', Value: campaign }],
      DefaultContent: {
        Template: {
          TemplateContent: { Subject: '{{subject}}', Html: '{{html}}', Text: '{{text}}', ...template },
          TemplateData: '{"text":""}',
        },
      },
      BulkEmailEntries: to.map((address, index) => ({
        Destination: { ToAddresses: [address] },
        ReplacementTags: [
          { Name: 'message_id', Value: `m${index}` },
          { Name: 'endpoint', Value: b64('email:u1') },
          { Name: 'user', Value: b64('u1') },
        ],
        ReplacementEmailContent: {
          ReplacementTemplate: { ReplacementTemplateData: JSON.stringify(values) },
        },
      })),
    }),
  );
const messages = async (query: string) =>
  (await here.api(query)).body['messages'] as Record<string, unknown>[];
const about = (address: string) =>
  here.published.filter(({ detail }) =>
    (detail as { mail?: { destination: string[] } }).mail?.destination.includes(address),
  );

describe('e-mail', () => {
  const HTML =
    '<p>안녕 & <b>{{not a variable}}</b> <a href="https://shop.example.com/?a=1&amp;b=2">go</a></p>';

  test('parts go in unescaped and come out as the mailbox gets them', async () => {
    const { BulkEmailEntryResults } = await bulk(['a@example.com'], { subject: '세일 <1>', html: HTML });
    expect(BulkEmailEntryResults).toEqual([{ Status: 'SUCCESS', MessageId: expect.any(String) }]);
    expect((await messages('?to=a@example.com'))[0]).toMatchObject({
      channel: 'email',
      title: '세일 <1>',
      html: HTML,
      from: 'Shop <news@shop.example.com>',
      campaignId: 'c-mail',
      messageId: 'm0',
      endpointId: 'email:u1',
      userId: 'u1',
      context: { campaign_id: 'c-mail', message_id: 'm0' },
      providerMessageId: BulkEmailEntryResults?.[0]?.MessageId,
    });
  });

  test('it arrives by itself, tagged, in the event that SES would publish', async () => {
    await here.outbox.flush();
    expect(about('a@example.com')).toMatchObject([
      {
        source: 'aws.ses',
        'detail-type': 'Email Delivered',
        resources: ['arn:aws:ses:ap-northeast-2:000000000000:configuration-set/repoint-local'],
        detail: {
          eventType: 'Delivery',
          delivery: { recipients: ['a@example.com'] },
          mail: {
            destination: ['a@example.com'],
            source: 'Shop <news@shop.example.com>',
            timestamp: '2026-11-21T09:00:00.000Z',
            tags: {
              campaign_id: ['c-mail'],
              message_id: ['m0'],
              'ses:configuration-set': ['repoint-local'],
              'ses:from-domain': ['shop.example.com'],
            },
          },
        },
      },
    ]);
  });

  test('what was not told before the end is told after the next start, once somebody listens', async () => {
    await here.outbox.pause();
    await bulk(['late@example.com'], { subject: 's', html: 'h' });
    await here.outbox.flush();
    expect(about('late@example.com')).toEqual([]);
    await here.restart();
    connect();
    await here.outbox.flush();
    expect(about('late@example.com').map((event) => event['detail-type'])).toEqual(['Email Delivered']);
    await here.restart();
    connect();
    await here.outbox.flush();
    expect(about('late@example.com')).toHaveLength(1);
  });

  test('opening and clicking are played, the click on the link of the e-mail', async () => {
    const [message] = await messages('?to=a@example.com');
    await here.api(`/${message?.['id']}/play`, { action: 'open' });
    await here.api(`/${message?.['id']}/play`, { action: 'click' });
    expect(about('a@example.com').map((event) => [event['detail-type'], event.detail])).toMatchObject([
      ['Email Delivered', {}],
      ['Email Opened', { eventType: 'Open', open: { timestamp: expect.any(String) } }],
      ['Email Clicked', { eventType: 'Click', click: { link: 'https://shop.example.com/?a=1&b=2' } }],
    ]);
  });

  test('bounce@ bounces and complaint@ complains, and a bounced e-mail cannot be opened', async () => {
    await bulk(['bounce@example.com', 'complaint@example.com'], { subject: 's', html: 'h' });
    await here.outbox.flush();
    expect(about('bounce@example.com')).toMatchObject([
      {
        'detail-type': 'Email Bounced',
        detail: {
          bounce: { bounceType: 'Permanent', bouncedRecipients: [{ emailAddress: 'bounce@example.com' }] },
        },
      },
    ]);
    expect(about('complaint@example.com').map((event) => event['detail-type'])).toEqual([
      'Email Delivered',
      'Email Complaint Received',
    ]);
    const [bounced] = await messages('?to=bounce@example.com');
    expect((await here.api(`/${bounced?.['id']}/play`, { action: 'open' })).status).toBe(409);
  });

  test('a missing value is a rendering failure: taken, told by an event, never in the mailbox', async () => {
    const { BulkEmailEntryResults } = await bulk(['gap@example.com'], { html: 'h' });
    expect(BulkEmailEntryResults?.[0]?.Status).toBe('SUCCESS');
    expect(about('gap@example.com')).toMatchObject([
      { 'detail-type': 'Email Rendering Failed', detail: { eventType: 'Rendering Failure' } },
    ]);
    expect(await messages('?to=gap@example.com')).toEqual([]);
  });

  test('entries are judged one by one', async () => {
    const to = ['throttled@example.com', 'rejected@example.com', 'no address', 'fine@example.com'];
    const { BulkEmailEntryResults } = await bulk(to, { subject: 's', html: 'h' });
    expect(BulkEmailEntryResults?.map(({ Status }) => Status)).toEqual([
      'ACCOUNT_THROTTLED',
      'MESSAGE_REJECTED',
      'INVALID_PARAMETER',
      'SUCCESS',
    ]);
    const again = await bulk(['throttled@example.com'], { subject: 's', html: 'h' });
    expect(again.BulkEmailEntryResults?.[0]?.Status).toBe('SUCCESS');
  });

  test('more than 50 entries, tags SES would not take and unknown parameters are refused', async () => {
    const values = { subject: 's', html: 'h' };
    await expect(bulk(Array(51).fill('a@example.com'), values)).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringContaining('51 entries'),
    });
    await expect(bulk(['a@example.com'], values, {}, 'not a tag!')).rejects.toThrow(/not a tag!/);
    await expect(
      ses.send(new SendEmailCommand({ Content: { Raw: { Data: Buffer.from('x') } }, Destination: {} })),
    ).rejects.toMatchObject({ name: 'BadRequestException', message: expect.stringContaining('Raw') });
  });

  test('simple e-mail and the account work too', async () => {
    const { MessageId } = await ses.send(
      new SendEmailCommand({
        FromEmailAddress: 'news@shop.example.com',
        Destination: { ToAddresses: ['simple@example.com'] },
        Content: { Simple: { Subject: { Data: '제목' }, Body: { Text: { Data: 'text' } } } },
        EmailTags: [{ Name: 'campaign_id', Value: 'c-simple' }],
      }),
    );
    expect(await messages('?q=제목')).toMatchObject([{ providerMessageId: MessageId, body: 'text' }]);
    const account = await ses.send(new GetAccountCommand({}));
    expect(account.SendingEnabled).toBe(true);
    expect(account.SendQuota?.SentLast24Hours).toBeGreaterThan(0);
  });

  test('the page shows it without letting it run', async () => {
    await bulk(['evil@example.com'], {
      subject: '"><script>alert(1)</script>',
      html: '<script>alert(2)</script>',
    });
    const [message] = await messages('?to=evil@example.com');
    const response = await here.page(`/${message?.['id']}/view`);
    const text = await response.text();
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'nonce-/);
    expect(text).toContain('<iframe sandbox=""');
    expect(text).not.toContain('<script>alert');
  });
});

describe('SMS', () => {
  const text = (DestinationPhoneNumber: string, more = {}) =>
    sms.send(
      new SendTextMessageCommand({
        DestinationPhoneNumber,
        OriginationIdentity: 'SHOP',
        MessageBody: '골드 회원 혜택',
        MessageType: 'PROMOTIONAL',
        Context: { campaign_id: 'c-sms', message_id: 'm1', user: b64('u7') },
        ...more,
      }),
    );

  test('a message is kept and its delivery told with its context', async () => {
    const { MessageId } = await text('+821000000001');
    expect((await messages('?channel=sms'))[0]).toMatchObject({
      to: '+821000000001',
      from: 'SHOP',
      body: '골드 회원 혜택',
      campaignId: 'c-sms',
      userId: 'u7',
      providerMessageId: MessageId,
    });
    await here.outbox.flush();
    expect(here.published.filter(({ source }) => source === 'aws.sms-voice').at(-1)).toMatchObject({
      source: 'aws.sms-voice',
      'detail-type': 'Text Message Delivery Status Updated',
      detail: {
        eventType: 'TEXT_DELIVERED',
        isFinal: true,
        destinationPhoneNumber: '+821000000001',
        messageId: MessageId,
        messageStatus: 'DELIVERED',
        messageEncoding: 'Unicode',
        context: { campaign_id: 'c-sms', message_id: 'm1' },
      },
    });
  });

  test('a number that replied STOP is refused, also after a restart', async () => {
    await text('+821000000002');
    const [message] = await messages('?to=%2B821000000002');
    await here.api(`/${message?.['id']}/play`, { action: 'stop' });
    const refusal = { name: 'ConflictException', Reason: 'DESTINATION_PHONE_NUMBER_OPTED_OUT' };
    await expect(text('+821000000002')).rejects.toMatchObject(refusal);
    await here.restart();
    connect();
    await expect(text('+821000000002')).rejects.toMatchObject(refusal);
  });

  test('wrong numbers, throttling and unknown parameters are modelled errors', async () => {
    await expect(text('01012345678')).rejects.toMatchObject({
      name: 'ValidationException',
      Fields: [{ Name: 'DestinationPhoneNumber' }],
    });
    const Context = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`k${index}`, 'v']));
    await expect(text('+821000000003', { Context })).rejects.toMatchObject({ Fields: [{ Name: 'Context' }] });
    await expect(text('+10000004291')).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(text('+10000004291')).resolves.toMatchObject({ MessageId: expect.any(String) });
    await expect(text('+821000000003', { DryRun: true })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('DryRun'),
    });
  });
});
