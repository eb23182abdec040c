import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lambdaDelivery } from '../../../lambdas/pinpoint/channels/custom.aws.ts';
import { webhookDelivery } from '../../../lambdas/pinpoint/channels/custom.http.ts';
import {
  CUSTOM,
  type CustomEvent,
  type CustomTarget,
  customDelivery,
  webhookProblem,
} from '../../../lambdas/pinpoint/channels/custom.ts';
import type { ChannelAdapter, OutgoingMessage } from '../../../lambdas/pinpoint/channels/ports.ts';
import { isPublic } from '../../../lambdas/pinpoint/channels/public-address.http.ts';
import { CLIENT_SETTINGS } from '../../../lambdas/pinpoint/channels/settings.ts';
import { type InvokeResult, type LambdaApi, startLambdaApi } from '../../../local/aws/lambda-api/index.ts';
import { AwsError } from '../../../local/wire/aws-error.ts';
import { localCertificate } from './certificate.ts';
import { CLOSED_PORT, channelContract, messageTo, type Provider } from './channel.contract.ts';

const THROTTLED = 'throttled-1';
const ARN = 'arn:aws:lambda:ap-northeast-2:000000000000:function:shop-messenger:live';

/** The customer's own channel: what it was asked, and by which way. */
class Customer {
  readonly events: CustomEvent[] = [];
  readonly #throttled = new Set<string>();

  /** Whether it takes the call; `throttled-…` it refuses the first time. */
  takes(event: CustomEvent): boolean {
    const addresses = Object.values(event.Endpoints).map(({ Address = '' }) => Address);
    const refused = addresses.find(
      (address) => address.startsWith('throttled') && !this.#throttled.has(address),
    );
    if (refused !== undefined) this.#throttled.add(refused);
    else this.events.push(event);
    return refused === undefined;
  }

  get addresses(): string[] {
    return this.events.flatMap(({ Endpoints }) =>
      Object.values(Endpoints).map(({ Address = '' }) => Address),
    );
  }
}

const byLambda = new Customer();
const byWebhook = new Customer();
const { key, cert } = localCertificate();
let lambda: LambdaApi;
let webhook: Server;
let hangsUp: Server;
let hungUp = 0;
let redirected = 0;

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;
const listening = <T extends { listen(port: number, host: string, done: () => void): unknown }>(
  server: T,
): Promise<T> => new Promise((resolve) => void server.listen(0, '127.0.0.1', () => resolve(server)));

async function answerInvoke(name: string, event: unknown): Promise<InvokeResult | undefined> {
  if (name === 'forbidden') throw new AwsError('AccessDeniedException', 'not authorized', 403);
  if (name === 'broken') return { payload: { errorMessage: 'no such template' }, functionError: 'Unhandled' };
  if (name !== 'shop-messenger') return undefined;
  if (!byLambda.takes(event as CustomEvent))
    throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
  return { payload: {} };
}

async function answerPost(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [, status] = /^\/status\/(\d+)/.exec(request.url ?? '') ?? [];
  if (request.url === '/never') return;
  if (request.url === '/moved') redirected += 1;
  if (status !== undefined) {
    response.writeHead(Number(status), { location: '/moved', 'retry-after': '7' }).end('{}');
    return;
  }
  const isPost = request.method === 'POST' && request.headers['content-type'] === 'application/json';
  const taken = isPost && byWebhook.takes(JSON.parse(Buffer.concat(chunks).toString()) as CustomEvent);
  response.writeHead(taken ? 200 : 429).end();
}

beforeAll(async () => {
  lambda = await startLambdaApi({ invoke: answerInvoke });
  webhook = await listening(
    createServer({ key, cert }, (request, response) => void answerPost(request, response)),
  );
  const hangUp = (request: IncomingMessage): void => {
    hungUp += 1;
    request.socket.destroy();
  };
  hangsUp = await listening(createServer({ key, cert }, hangUp));
});
afterAll(async () => {
  await lambda.close();
  for (const server of [webhook, hangsUp]) {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  }
});

const clientOf = (endpoint: string) =>
  new LambdaClient({
    ...CLIENT_SETTINGS,
    endpoint,
    region: 'ap-northeast-2',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
const here = (settings = {}): CustomTarget => webhookDelivery({ allowPrivate: true, ca: cert, ...settings });
const nobody: CustomTarget = {
  deliver: () => Promise.reject(new Error('The other way was meant')),
};

/** An adapter whose messages all go to `uri`. */
const towards = (uri: string, adapter: ChannelAdapter): ChannelAdapter => ({
  send: (messages) =>
    adapter.send(
      messages.map((message) => ({ ...message, content: { ...message.content, deliveryUri: uri } })),
    ),
});
const lambdaAt = (url: string, name = ARN): ChannelAdapter =>
  towards(name, customDelivery({ lambda: lambdaDelivery(clientOf(url)), webhook: nobody }));
const webhookAt = (port: number, path = '/hook', target = here()): ChannelAdapter =>
  towards(`https://127.0.0.1:${port}${path}`, customDelivery({ lambda: nobody, webhook: target }));

const CONTENT = { data: '{"template":7}', scheduledTime: '2026-11-21T09:00:00.000Z' };
const messageOf = (address: string, n: number): OutgoingMessage => ({
  ...messageTo(address, n, 'CUSTOM', CONTENT),
  endpoint: { ChannelType: 'CUSTOM', Address: address, Attributes: { plan: ['gold'], CohortId: ['42'] } },
});
const outcomesOf = (adapter: ChannelAdapter) => adapter.send([messageOf('one', 1), messageOf('two', 2)]);

const provider = (
  adapter: ChannelAdapter,
  customer: Customer,
  others: Pick<Provider, 'unreachable' | 'hangingUp'>,
) => ({
  adapter,
  asOne: true as const,
  taken: async () => customer.addresses,
  good: (n: number) => `customer-${n}`,
  throttled: THROTTLED,
  hungUp: () => hungUp,
  ...others,
});

channelContract(
  'a customer’s function',
  CUSTOM.callSize,
  async () =>
    provider(lambdaAt(lambda.url), byLambda, {
      unreachable: lambdaAt(`http://127.0.0.1:${CLOSED_PORT}`),
      hangingUp: lambdaAt(await plainHangUp()),
    }),
  messageOf,
);

channelContract(
  'a webhook',
  CUSTOM.callSize,
  async () =>
    provider(webhookAt(portOf(webhook)), byWebhook, {
      unreachable: webhookAt(CLOSED_PORT),
      hangingUp: webhookAt(portOf(hangsUp)),
    }),
  messageOf,
);

/** The Lambda client speaks to a plain server here. */
let plain: ReturnType<typeof createPlainServer> | undefined;
async function plainHangUp(): Promise<string> {
  plain ??= await listening(
    createPlainServer((request) => {
      hungUp += 1;
      request.socket.destroy();
    }),
  );
  return `http://127.0.0.1:${portOf(plain)}`;
}
afterAll(() => new Promise((resolve) => (plain ? void plain.close(resolve) : resolve(undefined))));

describe('what a custom channel gets', () => {
  const expected = {
    Message: {},
    Data: '{"template":7}',
    ApplicationId: 'app-1',
    CampaignId: 'campaign-1',
    TreatmentId: '0',
    ActivityId: 'activity-1',
    ScheduledTime: '2026-11-21T09:00:00.000Z',
    Endpoints: {
      'endpoint/1:회원': {
        ChannelType: 'CUSTOM',
        Address: 'one',
        Attributes: { plan: ['gold'], CohortId: ['42'] },
      },
      'endpoint/2:회원': expect.objectContaining({ Address: 'two' }),
    },
  };

  it('is the same by function and by webhook', async () => {
    await outcomesOf(lambdaAt(lambda.url, 'shop-messenger'));
    await outcomesOf(webhookAt(portOf(webhook)));
    expect(byLambda.events.at(-1)).toEqual(expected);
    expect(byWebhook.events.at(-1)).toEqual(expected);
  });

  it('is refused when the campaign does not say where it goes', async () => {
    const adapter = towards('', customDelivery({ lambda: nobody, webhook: nobody }));
    expect(await outcomesOf(adapter)).toMatchObject(Array(2).fill({ reason: 'CUSTOM_DELIVERY_FAILURE' }));
  });
});

const FAILED = { kind: 'permanent', gone: false, reason: 'CUSTOM_DELIVERY_FAILURE' };

describe('a customer’s function', () => {
  it.each([
    ['broken', /no such template/],
    ['forbidden', /AccessDenied/],
    ['unknown', /Function not found/],
    ['arn:aws:lambda:ap-northeast-2:000000000000:function:unknown', /Function not found/],
  ])('that is %s fails for good', async (name, text) => {
    const failed = { ...FAILED, text: expect.stringMatching(text) };
    expect(await outcomesOf(lambdaAt(lambda.url, name))).toEqual([failed, failed]);
  });
});

describe('a webhook', () => {
  it.each([301, 302, 307, 308, 400, 401, 404, 410, 500, 502])(
    'that answers %i fails for good',
    async (status) => {
      const failed = { ...FAILED, text: `HTTP ${status}` };
      expect(await outcomesOf(webhookAt(portOf(webhook), `/status/${status}`))).toEqual([failed, failed]);
      expect(redirected).toBe(0);
    },
  );

  it.each([200, 201, 202, 204])('that answers %i has taken it', async (status) => {
    expect(await outcomesOf(webhookAt(portOf(webhook), `/status/${status}`))).toEqual(
      Array(2).fill({ kind: 'sent' }),
    );
  });

  it.each([429, 503])('that answers %i is asked later, as late as it says', async (status) => {
    const [outcome] = await outcomesOf(webhookAt(portOf(webhook), `/status/${status}`));
    expect(outcome).toEqual({ kind: 'throttled', text: `HTTP ${status}`, retryAfterMs: 7_000 });
  });

  it('that never answers is uncertain when the time is over', async () => {
    const [outcome] = await outcomesOf(webhookAt(portOf(webhook), '/never', here({ timeoutMs: 200 })));
    expect(outcome?.kind).toBe('uncertain');
  });

  it('whose certificate nobody vouches for gets nothing', async () => {
    const before = byWebhook.events.length;
    const untrusting = webhookDelivery({ allowPrivate: true });
    const [outcome] = await outcomesOf(webhookAt(portOf(webhook), '/hook', untrusting));
    expect(outcome?.kind).toBe('transient');
    expect(byWebhook.events).toHaveLength(before);
  });

  it.each(['127.0.0.1', 'localhost', '127.1', '2130706433', '0x7f000001'])(
    'at %s is not called unless private addresses are allowed',
    async (host) => {
      const before = byWebhook.events.length;
      const adapter = customDelivery({ lambda: nobody, webhook: webhookDelivery({ ca: cert }) });
      const [outcome] = await outcomesOf(towards(`https://${host}:${portOf(webhook)}/hook`, adapter));
      expect(outcome).toMatchObject({ ...FAILED, text: expect.stringMatching(/not a public address/) });
      expect(byWebhook.events).toHaveLength(before);
    },
  );

  it.each(['http://127.0.0.1/hook', 'https://user@example.com/', 'https://example.com/?a=b'])(
    'is not called as %s',
    async (uri) => {
      const adapter = towards(uri, customDelivery({ lambda: nobody, webhook: here() }));
      expect((await outcomesOf(adapter))[0]).toMatchObject(FAILED);
    },
  );
});

describe('the URL of a webhook', () => {
  it.each(['https://example.com', 'https://example.com:8443/a/b_c~d.e?x;y#z', 'HTTPS://EXAMPLE.COM/'])(
    'may be %s',
    (uri) => {
      expect(webhookProblem(uri)).toBeUndefined();
    },
  );

  it.each([
    ['http://example.com', /https/],
    ['ftp://example.com', /https/],
    ['example.com', /https/],
    ['https://example.com/?a=b', /characters/],
    ['https://user:pw@example.com/', /characters/],
    ['https://example.com/한글', /characters/],
    ['https://[::1]/', /characters/],
    ['https://', /.+/],
    ['https://:443', /not a URL/],
  ])('may not be %s', (uri, problem) => {
    expect(webhookProblem(uri)).toMatch(problem);
  });
});

describe('an address', () => {
  it.each(['8.8.8.8', '52.95.1.1', '172.32.0.1', '100.128.0.1', '2600:1f18::1', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => {
      expect(isPublic(address)).toBe(true);
    },
  );

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    'example.com',
    '',
  ])('%s is not', (address) => {
    expect(isPublic(address)).toBe(false);
  });
});
