import { createHash, createHmac } from 'node:crypto';
import {
  GetAppCommand,
  GetEndpointCommand,
  GetSegmentsCommand,
  type PinpointClient,
  UntagResourceCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-pinpoint';
import { SignatureV4 } from '@smithy/signature-v4';
import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asSigned, handOver } from '../../../lambdas/pinpoint/auth/handed-over.ts';
import { type KeyPairs, verifySignature } from '../../../lambdas/pinpoint/auth/verify.ts';
import { wireRequestOf } from '../../../lambdas/pinpoint/protocol/handler.ts';
import { ACCESS_KEY, clientOver, proxyEventOf, type SentRequest } from '../support/client.ts';

const keys: KeyPairs = {
  secretOf: async (id) => (id === ACCESS_KEY.accessKeyId ? ACCESS_KEY.secretAccessKey : undefined),
};

/** What the engine's handler does with an event of its REST API, at `now`. */
const verified = (event: APIGatewayProxyEvent, now = Date.now()) =>
  verifySignature(keys, asSigned(event, wireRequestOf(event)), now);
const sent = (request: SentRequest) => proxyEventOf(request, 'api-1');

/** The requests that `use` makes the official client send. */
async function captured(
  use: (client: PinpointClient) => Promise<unknown>,
  config = {},
): Promise<SentRequest> {
  const requests: SentRequest[] = [];
  const client = clientOver(
    async (request) => {
      requests.push(request);
      return { statusCode: 200, headers: {}, body: '{}' };
    },
    { endpoint: 'https://example.execute-api.ap-northeast-2.amazonaws.com/pinpoint', ...config },
  );
  await use(client);
  const [request] = requests;
  if (!request) throw new Error('Nothing was sent');
  return request;
}

const update = (client: PinpointClient, name = 'plan', value = 'gold') =>
  client.send(
    new UpdateEndpointCommand({
      ApplicationId: 'app',
      EndpointId: 'us er/é',
      EndpointRequest: { Address: 'é@example.com', Attributes: { [name]: [value] } },
    }),
  );

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
/** Python's `quote(text, safe='-_.~/')`. */
const quoted = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** A request signed as botocore does: content-type, host and x-amz-date only, no body hash, path quoted once more. */
function botoRequest(now: number, body = '{"Name":"é"}', secret = ACCESS_KEY.secretAccessKey): SentRequest {
  const dateTime = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const day = dateTime.slice(0, 8);
  const path = '/v1/apps/us%20er%2F%C3%A9';
  const host = '127.0.0.1:7300';
  const canonical = [
    'PUT',
    path.split('/').map(quoted).join('/'),
    'page-size=1&token=a%3Db%20c',
    `content-type:application/json\nhost:${host}\nx-amz-date:${dateTime}\n`,
    'content-type;host;x-amz-date',
    sha256(body),
  ].join('\n');
  const scope = `${day}/us-east-1/mobiletargeting/aws4_request`;
  const key = [day, 'us-east-1', 'mobiletargeting', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${secret}`,
  );
  const signature = hmac(key, ['AWS4-HMAC-SHA256', dateTime, scope, sha256(canonical)].join('\n')).toString(
    'hex',
  );
  return {
    method: 'PUT',
    hostname: host,
    path,
    query: { token: 'a=b c', 'page-size': '1' },
    headers: {
      Host: host,
      'Content-Type': 'application/json',
      'X-Amz-Date': dateTime,
      Authorization: `AWS4-HMAC-SHA256 Credential=${ACCESS_KEY.accessKeyId}/${scope}, SignedHeaders=content-type;host;x-amz-date, Signature=${signature}`,
    },
    body,
  };
}

describe('a signed request', () => {
  it.each([
    ['with a body and an encoded label', update],
    ['without a body', (client) => client.send(new GetAppCommand({ ApplicationId: 'a' }))],
    [
      'with a query',
      (client) =>
        client.send(new GetSegmentsCommand({ ApplicationId: 'a', PageSize: '5', Token: "x=y&z é+'" })),
    ],
    [
      'with a repeated query key and an ARN in the path',
      (client) =>
        client.send(new UntagResourceCommand({ ResourceArn: 'arn:aws:m:r:1:apps/a', TagKeys: ['b', 'a c'] })),
    ],
    [
      'with dots in a label',
      (client) => client.send(new GetEndpointCommand({ ApplicationId: 'a', EndpointId: 'x..y/./z' })),
    ],
  ] satisfies [string, (client: PinpointClient) => Promise<unknown>][])(
    'of the official client is accepted %s',
    async (_title, use) => {
      expect(await verified(sent(await captured(use)))).toBe(ACCESS_KEY.accessKeyId);
    },
  );

  it('is accepted when it was signed for execute-api, as API Gateway wants it', async () => {
    const sha = class {
      readonly hash;
      constructor(secret?: unknown) {
        this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Buffer);
      }
      update(chunk: unknown) {
        this.hash.update(chunk as Buffer);
      }
      digest = async () => new Uint8Array(this.hash.digest());
      reset() {}
    };
    const signer = new SignatureV4({
      service: 'execute-api',
      region: 'eu-west-1',
      credentials: ACCESS_KEY,
      sha256: sha as never,
    });
    expect(await verified(sent(await captured(update, { signer })))).toBe(ACCESS_KEY.accessKeyId);
  });

  it('of botocore, which sends no hash of the body, is accepted', async () => {
    const now = Date.now();
    expect(await verified(sent(botoRequest(now)), now)).toBe(ACCESS_KEY.accessKeyId);
  });

  it('is accepted when only the authorizer saw Authorization, and when API Gateway dropped content-length', async () => {
    const event = sent(await captured(update));
    const context = handOver({ headers: event.headers } as APIGatewayRequestAuthorizerEvent);
    const kept = Object.entries(event.headers).filter(
      ([name]) => !/^(authorization|content-length)$/i.test(name),
    );
    const event2 = {
      ...event,
      headers: Object.fromEntries(kept),
      requestContext: { ...event.requestContext, authorizer: context },
    } as unknown as APIGatewayProxyEvent;
    expect(await verified(event2)).toBe(ACCESS_KEY.accessKeyId);
  });
});

describe('a request that was changed after signing', () => {
  const now = Date.now();
  const refused = async (request: SentRequest, at = now) => {
    await expect(verified(sent(request), at)).rejects.toMatchObject({ name: 'ForbiddenException' });
  };
  const flipped = (text: string, index: number): string => {
    const at = index % text.length;
    const other = text[at] === 'a' ? 'b' : 'a';
    return text.slice(0, at) + other + text.slice(at + 1);
  };

  const flipHeader = (request: SentRequest, name: RegExp, index: number, from = 0) => {
    const key = Object.keys(request.headers).find((header) => name.test(header)) ?? '';
    const value = request.headers[key] ?? '';
    request.headers[key] = value.slice(0, from) + flipped(value.slice(from), index);
  };
  const tamperings: Record<string, (request: SentRequest & { body: string }, index: number) => void> = {
    body: (request, index) => {
      request.body = flipped(request.body, index);
    },
    path: (request, index) => {
      request.path = `/v1/${flipped(request.path.slice(4), index)}`;
    },
    query: (request, index) => {
      request.query = { ...request.query, 'page-size': String(index + 2) };
    },
    method: (request) => {
      request.method = 'POST';
    },
    date: (request, index) => flipHeader(request, /^x-amz-date$/i, index),
    host: (request, index) => flipHeader(request, /^host$/i, index),
    signature: (request, index) => flipHeader(request, /^authorization$/i, index, 16),
  };

  it('is refused whichever byte of body, path, query or date is another', async () => {
    const originals = [await captured(update), botoRequest(now)];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...originals),
        fc.constantFrom(...Object.keys(tamperings)),
        fc.nat(500),
        async (original, part, index) => {
          const request = structuredClone({ ...original, body: proxyEventOf(original).body ?? '' });
          tamperings[part]?.(request, index);
          await refused(request);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is refused more than 15 minutes from its date, on either side', async () => {
    const request = botoRequest(now);
    const second = 1000;
    const signedAt = Math.floor(now / second) * second;
    expect(await verified(sent(request), signedAt + 900 * second)).toBe(ACCESS_KEY.accessKeyId);
    await refused(request, signedAt + 901 * second);
    await refused(request, signedAt - 901 * second);
  });

  it('is refused with an unknown key, another secret, or none at all, and never tells a secret', async () => {
    await refused(botoRequest(now, '{}', 'another secret'));
    const unknown = botoRequest(now);
    unknown.headers['Authorization'] =
      unknown.headers['Authorization']?.replace('AKIDEXAMPLE', '__proto__') ?? '';
    await refused(unknown);
    const unsigned = botoRequest(now);
    delete unsigned.headers['Authorization'];
    await refused(unsigned);
    const error = await verified(sent(botoRequest(now, '{}', 'x')), now).catch((caught: Error) => caught);
    expect(String((error as Error).message)).not.toContain(ACCESS_KEY.secretAccessKey);
  });

  it('is refused when the signature leaves the date out', async () => {
    const request = botoRequest(now);
    request.headers['Authorization'] = request.headers['Authorization']?.replace(';x-amz-date', '') ?? '';
    await refused(request);
  });
});
