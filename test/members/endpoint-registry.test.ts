import { PinpointClient, type PinpointClientConfig } from '@aws-sdk/client-pinpoint';
import { describe, expect, it } from 'vitest';
import { pinpointEndpoints } from '../../lambdas/members/endpoint-registry.aws.ts';
import type { MemberEndpoints } from '../../lambdas/members/endpoints.ts';

interface Wire {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

/** An engine on the client's own wire: it refuses a call with an address `bad`, and fails one with an address `down`. */
function engine() {
  const sizes: number[] = [];
  const addresses = new Set<string>();
  const apps = new Map<string, string>();
  const answer = (statusCode: number, body: unknown, type?: string) => ({
    response: {
      statusCode,
      headers: { 'content-type': 'application/json', ...(type ? { 'x-amzn-errortype': type } : {}) },
      body: Buffer.from(JSON.stringify(body)),
    },
  });
  const handle = async (request: Wire) => {
    const body = JSON.parse(Buffer.from(request.body ?? '').toString()) as Record<string, unknown>;
    if (request.path === '/v1/apps') {
      const key = request.headers['idempotency-key'] ?? `no key ${apps.size}`;
      const id = apps.get(key) ?? `app-${apps.size}`;
      apps.set(key, id);
      return answer(201, { Id: id, Name: body['Name'], Arn: 'arn' });
    }
    const items = body['Item'] as { Address?: string }[];
    if (items.some(({ Address }) => Address === 'down'))
      return answer(503, { Message: 'down' }, 'ServiceUnavailable');
    if (items.length > 100 || items.some(({ Address }) => Address === 'bad'))
      return answer(400, { Message: 'Item is bad' }, 'BadRequestException');
    sizes.push(items.length);
    for (const { Address } of items) addresses.add(`${request.path} ${Address}`);
    return answer(202, { Message: 'Accepted' });
  };
  const client = () =>
    new PinpointClient({
      region: 'ap-northeast-2',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      requestHandler: {
        metadata: { handlerProtocol: 'http/1.1' },
        handle,
        updateHttpClientConfig: () => undefined,
        httpHandlerConfigs: () => ({}),
        destroy: () => undefined,
      },
    } as PinpointClientConfig);
  return { client, sizes, addresses, apps };
}

const member = (userId: string, ...of: string[]): MemberEndpoints => ({
  userId,
  items: of.map((Address, index) => ({ Id: `${userId}-${index}`, Address, ChannelType: 'EMAIL' })),
});

describe('endpoints in the engine', () => {
  it('go into the one application of the deployment, however many processes ask for it', async () => {
    const { client, addresses, apps } = engine();
    for (let process = 0; process < 3; process++)
      await pinpointEndpoints(client(), 'test').update([member(`u${process}`, `a${process}`)]);
    expect([...apps]).toEqual([['repoint-test', 'app-0']]);
    expect([...addresses].sort()).toEqual([0, 1, 2].map((n) => `/v1/apps/app-0/endpoints a${n}`));
  });

  it('all arrive, at most 100 in a call', async () => {
    const { client, sizes, addresses } = engine();
    const members = Array.from({ length: 100 }, (_, n) => member(`u${n}`, `a${n}`, `b${n}`, `c${n}`));
    expect(await pinpointEndpoints(client(), 'test').update(members)).toEqual(new Map());
    expect(addresses.size).toBe(300);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
  });

  it('fail for the members that spoil a call, and for no others', async () => {
    const { client, addresses } = engine();
    const members = Array.from({ length: 60 }, (_, n) => member(`u${n}`, n % 25 === 7 ? 'bad' : `a${n}`));
    const failures = await pinpointEndpoints(client(), 'test').update(members);
    expect([...failures.keys()].sort()).toEqual(['u32', 'u57', 'u7']);
    expect(failures.get('u7')).toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining('Item is bad'),
    });
    expect(addresses.size).toBe(57);
  });

  it('may be sent again when the engine does not answer', async () => {
    const failures = await pinpointEndpoints(engine().client(), 'test').update([member('u1', 'down')]);
    expect(failures.get('u1')?.code).toBe('unavailable');
  });
});
