import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PinpointClient, type SendMessagesCommandInput } from '@aws-sdk/client-pinpoint';
import { PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CUSTOM } from '../../../lambdas/pinpoint/channels/custom.ts';
import { sesEmail } from '../../../lambdas/pinpoint/channels/email.aws.ts';
import type { ChannelAdapter, OutgoingMessage } from '../../../lambdas/pinpoint/channels/ports.ts';
import { awsPush } from '../../../lambdas/pinpoint/channels/push.aws.ts';
import { CHANNELS } from '../../../lambdas/pinpoint/channels/registry.ts';
import { CLIENT_SETTINGS } from '../../../lambdas/pinpoint/channels/settings.ts';
import { awsSms } from '../../../lambdas/pinpoint/channels/sms.aws.ts';
import { identityOfTags } from '../../../lambdas/pinpoint/channels/tags.ts';
import { type Outbox, startOutbox } from '../../../local/outbox/index.ts';
import { CLOSED_PORT, channelContract, messageTo, type Provider } from './channel.contract.ts';

const dir = mkdtempSync(join(tmpdir(), 'outbox-'));
let outbox: Outbox;
let hangsUp: Server;
let hungUp = 0;

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const listening = (server: Server): Promise<Server> =>
  new Promise((resolve) => void server.listen(0, '127.0.0.1', () => resolve(server)));

beforeAll(async () => {
  outbox = await startOutbox({
    dir,
    clock: { now: Date.now },
    publish: async () => undefined,
    collector: { url: 'http://127.0.0.1:9', apiKey: 'none' },
    autoDeliver: false,
  });
  hangsUp = await listening(
    createServer((request) => {
      hungUp += 1;
      request.socket.destroy();
    }),
  );
});
afterAll(async () => {
  await outbox.close();
  await new Promise((resolve) => void hangsUp.close(resolve));
  rmSync(dir, { recursive: true });
});

const settingsOf = (endpoint: string) => ({
  ...CLIENT_SETTINGS,
  endpoint,
  region: 'ap-northeast-2',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
const EMAIL = { fromAddress: 'shop@example.com', configurationSet: 'repoint-test-email' };
const ADAPTERS: Readonly<Record<string, (url: string) => ChannelAdapter>> = {
  push: (url) => awsPush('push-app', new PinpointClient(settingsOf(url))),
  email: (url) => sesEmail(EMAIL, new SESv2Client(settingsOf(url))),
  sms: (url) => awsSms({ originationIdentity: 'pool-1' }, new PinpointSMSVoiceV2Client(settingsOf(url))),
};

interface Sample {
  readonly channelType: string;
  readonly content: Readonly<Record<string, string>>;
  readonly good: (n: number) => string;
  readonly throttled: string;
  readonly dead?: string;
}

const SAMPLES: Readonly<Record<string, Sample>> = {
  push: {
    channelType: 'GCM',
    content: {
      title: '안녕하세요',
      body: 'New',
      imageUrl: 'https://example.com/i.png',
      iconUrl: 'https://example.com/c.png',
      action: 'URL',
      url: 'https://example.com/p',
    },
    good: (n) => `token-${n}`,
    throttled: 'throttled-1',
    dead: 'bad-token-1',
  },
  email: {
    channelType: 'EMAIL',
    content: {
      subject: 'Hi {{you}} & "me"',
      html: '<p>{{x}} &amp; you</p>',
      text: 'plain',
      'header:List-Unsubscribe': '<https://example.com/u>',
    },
    good: (n) => `user${n}@example.com`,
    throttled: 'throttled-1@example.com',
  },
  sms: {
    channelType: 'SMS',
    content: { body: '안녕하세요', messageType: 'PROMOTIONAL' },
    good: (n) => `+8210555${String(n).padStart(5, '0')}`,
    throttled: '+100000042900',
  },
};

function sampleMessage(channel: string): (address: string, n: number) => OutgoingMessage {
  const sample = SAMPLES[channel];
  if (!sample) throw new Error(`The contract has no sample for ${channel}`);
  return (address, n) => messageTo(address, n, sample.channelType, sample.content);
}

async function providerOf(channel: string): Promise<Provider> {
  const [make, sample] = [ADAPTERS[channel], SAMPLES[channel]];
  if (!make || !sample) throw new Error(`The contract has no adapter for ${channel}`);
  return {
    ...sample,
    adapter: make(outbox.url),
    unreachable: make(`http://127.0.0.1:${CLOSED_PORT}`),
    hangingUp: make(urlOf(hangsUp)),
    hungUp: () => hungUp,
    taken: async () => {
      const { messages } = await outbox.list({ channel }, 10_000);
      return messages.map(({ to }) => to).reverse();
    },
  };
}

// Custom delivery has two providers of its own (custom.test.ts).
for (const { name, callSize } of CHANNELS.filter((kind) => kind !== CUSTOM))
  channelContract(name, callSize, () => providerOf(name), sampleMessage(name));

async function lastTo(channel: string, to: string) {
  const provider = await providerOf(channel);
  await provider.adapter.send([sampleMessage(channel)(to, 7)]);
  return (await outbox.list({ channel, to }, 1)).messages[0];
}

describe('what a push provider tells of an address', () => {
  const outcomeOf = async (token: string) => {
    const { adapter } = await providerOf('push');
    return (await adapter.send([sampleMessage('push')(token, 1)]))[0];
  };

  it('is its new one, when it has changed', async () => {
    expect(await outcomeOf('old-token')).toMatchObject({ kind: 'sent', updatedToken: 'new-token' });
    expect(await outcomeOf('token-stays')).not.toHaveProperty('updatedToken');
  });
});

describe('a call that the provider refuses for one of its messages', () => {
  it('reaches the others, each once', async () => {
    const { adapter } = await providerOf('email');
    const messages = Array.from({ length: 50 }, (_, n) => {
      const message = sampleMessage('email')(`half${n}@example.com`, n);
      // A tag that SES does not take: the whole call is refused for it.
      const treatmentId = n === 17 ? 'no tag' : message.identity.treatmentId;
      return { ...message, identity: { ...message.identity, treatmentId } };
    });
    const outcomes = await adapter.send(messages);
    expect(outcomes.flatMap(({ kind }, index) => (kind === 'sent' ? [] : [index]))).toEqual([17]);
    expect(outcomes[17]).toMatchObject({ kind: 'permanent', gone: false, reason: 'FAILURE' });
    for (const n of [0, 16, 18, 49]) {
      const to = `half${n}@example.com`;
      expect((await outbox.list({ channel: 'email', to }, 9)).messages).toHaveLength(1);
    }
  });
});

describe('e-mails of any length', () => {
  it('all arrive, each once and to the letter, in requests that SES takes', async () => {
    const client = new SESv2Client(settingsOf(outbox.url));
    const asked: object[] = [];
    client.middlewareStack.add((next) => (args) => {
      asked.push(args.input);
      return next(args);
    });
    const lengths = [10, 40_000, 300_000, 5, 255_000, 255_000, 600_000, 255_000, 255_000, 3];
    const messages = lengths.map((length, n) => {
      const message = sampleMessage('email')(`long${n}@example.com`, n);
      return { ...message, content: { ...message.content, html: `${n}${'x'.repeat(length)}` } };
    });
    const outcomes = await sesEmail(EMAIL, client).send(messages);
    expect(outcomes.map(({ kind }) => kind)).toEqual(messages.map(() => 'sent'));
    for (const [n, message] of messages.entries()) {
      const to = `long${n}@example.com`;
      const [arrived, ...more] = (await outbox.list({ channel: 'email', to }, 9)).messages;
      expect(more).toEqual([]);
      expect(arrived).toMatchObject({
        html: message.content['html'],
        title: SAMPLES['email']?.content['subject'],
        headers: { 'List-Unsubscribe': '<https://example.com/u>' },
      });
      expect(identityOfTags(arrived?.context ?? {})).toEqual(message.identity);
    }
    for (const input of asked.filter((each) => 'BulkEmailEntries' in each))
      expect(JSON.stringify(input).length).toBeLessThanOrEqual(1024 * 1024);
    expect(asked.length).toBeLessThan(messages.length);
  });
});

describe('what arrives', () => {
  it('of a push to two platforms lives as long as each of them says', async () => {
    const client = new PinpointClient(settingsOf(outbox.url));
    const asked: SendMessagesCommandInput[] = [];
    client.middlewareStack.add((next) => (args) => {
      asked.push(args.input as SendMessagesCommandInput);
      return next(args);
    });
    await awsPush('push-app', client).send([
      messageTo('token-1', 1, 'GCM', { body: 'b', ttlSeconds: '60' }),
      messageTo('token-2', 2, 'APNS', { body: 'b', ttlSeconds: '3600' }),
    ]);
    expect(asked[0]?.MessageRequest?.MessageConfiguration).toEqual({
      GCMMessage: { TimeToLive: 60 },
      APNSMessage: { TimeToLive: 3600 },
    });
  });

  it('of a push is title, body, image, icon, link and what ties it to its run', async () => {
    const { content } = sampleMessage('push')('', 0);
    expect(await lastTo('push', 'token-arrives')).toMatchObject({
      title: content['title'],
      body: content['body'],
      image: content['imageUrl'],
      icon: content['iconUrl'],
      url: content['url'],
      messageId: 'message-7',
      campaignId: 'campaign-1',
      activityId: 'activity-1',
      treatmentId: '0',
    });
  });

  it('of a push to an iPhone is the same', async () => {
    const { content } = sampleMessage('push')('', 0);
    const provider = await providerOf('push');
    await provider.adapter.send([messageTo('token-apple', 7, 'APNS', content)]);
    const [message] = (await outbox.list({ channel: 'push', to: 'token-apple' }, 1)).messages;
    expect(message).toMatchObject({
      channelType: 'APNS',
      title: content['title'],
      body: content['body'],
      image: content['imageUrl'],
      url: content['url'],
      messageId: 'message-7',
      campaignId: 'campaign-1',
    });
  });

  it('of an e-mail is our rendered text to the letter, and tags that name the message', async () => {
    const { content } = sampleMessage('email')('', 0);
    const message = await lastTo('email', 'arrives@example.com');
    expect(message).toMatchObject({
      title: content['subject'],
      html: content['html'],
      body: content['text'],
      from: EMAIL.fromAddress,
      configurationSet: EMAIL.configurationSet,
      headers: { 'List-Unsubscribe': '<https://example.com/u>' },
    });
    expect(identityOfTags(message?.context ?? {})).toEqual(sampleMessage('email')('', 7).identity);
    for (const value of Object.values(message?.context ?? {}))
      expect(value).toMatch(/^[A-Za-z0-9_-]{1,256}$/);
  });

  it('of an SMS is the text, and a context of at most five entries that names the message', async () => {
    const message = await lastTo('sms', '+821055501234');
    expect(message).toMatchObject({ body: '안녕하세요', from: 'pool-1', messageType: 'PROMOTIONAL' });
    expect(Object.keys(message?.context ?? {}).length).toBeLessThanOrEqual(5);
    const { userId: _user, treatmentId: _treatment, ...identity } = sampleMessage('sms')('', 7).identity;
    expect(identityOfTags(message?.context ?? {})).toEqual(identity);
  });
});
