import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClock } from '../../../local/clock.ts';
import type { Functions } from '../../../local/runtime/functions/functions.ts';
import type { RestApi } from '../../../local/runtime/gateway/api.ts';
import { compileApis } from '../../../local/runtime/gateway/compile-api.ts';
import { Gateway } from '../../../local/runtime/gateway/gateway.ts';
import type { JsonObject } from '../../../local/runtime/template/template.ts';
import { PLACE, resolverOf, stack } from './fixtures.ts';
import { scratch, toyFunctions } from './toys.ts';

const KEY = 'a-key-of-forty-characters-0123456789-abcd';
const NOW_MS = Date.parse('2026-11-21T08:15:30.123Z');

const invoke = (name: string): string =>
  `arn:aws:apigateway:ap-northeast-2:lambda:path/2015-03-31/functions/arn:aws:lambda:ap-northeast-2:000000000000:function:${name}/invocations`;
const proxy = (name: string, more: JsonObject = {}): JsonObject => ({
  Type: 'AWS_PROXY',
  IntegrationHttpMethod: 'POST',
  Uri: invoke(name),
  ...more,
});
const api = { RestApiId: { Ref: 'Api' } };
const root = { 'Fn::GetAtt': ['Api', 'RootResourceId'] };
const method = (
  resource: JsonObject,
  HttpMethod: string,
  Integration: JsonObject,
  more: JsonObject = {},
): [string, JsonObject] => [
  'AWS::ApiGateway::Method',
  { ...api, ResourceId: resource, HttpMethod, AuthorizationType: 'NONE', Integration, ...more },
];
const resource = (parent: JsonObject, PathPart: string): [string, JsonObject] => [
  'AWS::ApiGateway::Resource',
  { ...api, ParentId: parent, PathPart },
];
const failure = (ResponseType: string, StatusCode: string, code: string): [string, JsonObject] => [
  'AWS::ApiGateway::GatewayResponse',
  {
    ...api,
    ResponseType,
    StatusCode,
    ResponseParameters: {
      'gatewayresponse.header.x-request-id': 'context.requestId',
      'gatewayresponse.header.x-kind': `'${code}'`,
    },
    ResponseTemplates: {
      'application/json': `{"code":"${code}","message":$context.error.messageString,"type":"$context.error.responseType","requestId":"$context.requestId"}`,
    },
  },
];

const EVERY = { Action: 'execute-api:Invoke', Principal: { AWS: '*' }, Resource: 'execute-api:/*' };
const template = {
  Api: [
    'AWS::ApiGateway::RestApi',
    {
      Name: 'repoint-local-private',
      BinaryMediaTypes: ['image/*'],
      Policy: {
        Statement: [
          {
            ...EVERY,
            Effect: 'Deny',
            Condition: { NotIpAddress: { 'aws:SourceIp': ['127.0.0.1/32', '127.0.0.3/32'] } },
          },
          { ...EVERY, Effect: 'Allow' },
        ],
      },
    },
  ],
  Stage: [
    'AWS::ApiGateway::Stage',
    {
      ...api,
      StageName: 'v1',
      DeploymentId: 'd1',
      Variables: { door: 'private' },
      MethodSettings: [
        { ResourcePath: '/~1slow', HttpMethod: 'GET', ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 1 },
      ],
    },
  ],
  Events: resource(root, 'events'),
  Members: resource(root, 'members'),
  Member: resource({ Ref: 'Members' }, '{userId}'),
  Me: resource({ Ref: 'Members' }, 'me'),
  Rest: resource(root, '{proxy+}'),
  Slow: resource(root, 'slow'),
  Guarded: resource(root, 'guarded'),
  Keyed: resource(root, 'keyed'),
  PostEvents: method({ Ref: 'Events' }, 'POST', proxy('echo')),
  EventsPreflight: method({ Ref: 'Events' }, 'OPTIONS', {
    Type: 'MOCK',
    RequestTemplates: { 'application/json': '{ statusCode: 200 }' },
    IntegrationResponses: [
      {
        StatusCode: '204',
        ResponseParameters: { 'method.response.header.Access-Control-Allow-Origin': "'*'" },
      },
    ],
  }),
  GetMember: method({ Ref: 'Member' }, 'GET', proxy('echo')),
  GetMe: method({ Ref: 'Me' }, 'GET', proxy('answers')),
  AnyRest: method({ Ref: 'Rest' }, 'ANY', proxy('echo')),
  GetSlow: method({ Ref: 'Slow' }, 'GET', proxy('slow', { TimeoutInMillis: 60 })),
  GetKeyed: method({ Ref: 'Keyed' }, 'GET', proxy('echo'), { ApiKeyRequired: true }),
  GetGuarded: method({ Ref: 'Guarded' }, 'GET', proxy('echo'), {
    AuthorizationType: 'CUSTOM',
    AuthorizerId: { Ref: 'Authorizer' },
  }),
  Authorizer: [
    'AWS::ApiGateway::Authorizer',
    {
      ...api,
      Name: 'a',
      Type: 'REQUEST',
      AuthorizerUri: invoke('guard'),
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerResultTtlInSeconds: 0,
    },
  ],
  Key: ['AWS::ApiGateway::ApiKey', { Enabled: true, Name: 'servers' }],
  Plan: [
    'AWS::ApiGateway::UsagePlan',
    {
      ApiStages: [{ ApiId: { Ref: 'Api' }, Stage: 'v1', Throttle: {} }],
      Throttle: { RateLimit: 0.001, BurstLimit: 2 },
    },
  ],
  PlanKey: [
    'AWS::ApiGateway::UsagePlanKey',
    { KeyId: { Ref: 'Key' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Plan' } },
  ],
  Denied: failure('ACCESS_DENIED', '403', 'forbidden'),
  Missing: failure('MISSING_AUTHENTICATION_TOKEN', '404', 'not_found'),
  Large: failure('REQUEST_TOO_LARGE', '413', 'too_large'),
} as const;

const { dir, remove } = scratch();
let functions: Functions;
let server: Server;

function compiled(resources: Readonly<Record<string, readonly [string, JsonObject?]>>): RestApi {
  const resolver = resolverOf(stack('App', resources));
  const of = (type: string) => resolver.resources(type).map((one) => ({ ...one, ref: resolver.ref(one) }));
  const keys = of('AWS::ApiGateway::ApiKey').map(({ ref }) => ({
    id: ref,
    name: 'servers',
    value: KEY,
    enabled: true,
  }));
  const [found] = compileApis(
    { of, attribute: (one, name) => resolver.attribute(one, name) },
    PLACE,
    keys,
    performance.now(),
  );
  if (!found) throw new Error('no API');
  return found;
}

beforeAll(async () => {
  const guard = `async ({ headers, methodArn }) => {
    if (headers.Authorization === 'broken') throw new Error('boom');
    if (headers.Authorization === 'nobody') throw new Error('Unauthorized');
    return { principalId: 'me', context: { role: 'admin', level: 7 }, policyDocument: { Version: '2012-10-17', Statement: [
      { Action: 'execute-api:Invoke', Effect: headers.Authorization === 'yes' ? 'Allow' : 'Deny', Resource: methodArn } ] } };
  }`;
  functions = toyFunctions(dir, {
    echo: { handler: 'async (event) => ({ statusCode: 200, body: JSON.stringify(event) })' },
    guard: { handler: guard },
    slow: {
      handler:
        'async () => { await new Promise((r) => setTimeout(r, 300)); return { statusCode: 200, body: "" }; }',
    },
    answers: { handler: 'async ({ queryStringParameters: q }) => JSON.parse(q.answer)' },
  });
  const now = createClock();
  now.set(NOW_MS);
  const gateway = new Gateway({ functions, clock: { now: () => NOW_MS } });
  const one = compiled(template as never);
  server = createServer((incoming, response) => void gateway.serve(one, '/pre/v1', incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  server.close();
  await functions.close();
  remove();
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  json: Record<string, never>;
}

/** node:http, because it sends paths as they are given and can choose its own address. */
function call(
  httpMethod: string,
  path: string,
  options: { headers?: Record<string, string | string[]>; body?: string | Buffer; from?: string } = {},
): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        method: httpMethod,
        path: `/pre/v1${path}`,
        headers: options.headers ?? {},
        ...(options.from ? { localAddress: options.from } : {}),
      },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = text.startsWith('{');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: isJson ? JSON.parse(text) : {},
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

describe('the event a function gets', () => {
  test('has the request as it was sent', async () => {
    const { json } = await call('POST', '/events?a=1&b=x%20y&a=2', {
      headers: { 'X-Mixed': ['one', 'two'], 'User-Agent': 'shop/1.0', 'content-type': 'application/json' },
      body: '{"안녕":1}',
    });
    expect(json).toMatchObject({
      resource: '/events',
      path: '/events',
      httpMethod: 'POST',
      headers: { 'X-Mixed': 'two', 'X-Forwarded-For': '127.0.0.1' },
      multiValueHeaders: { 'X-Mixed': ['one', 'two'] },
      queryStringParameters: { a: '2', b: 'x y' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: ['x y'] },
      pathParameters: null,
      stageVariables: { door: 'private' },
      body: '{"안녕":1}',
      isBase64Encoded: false,
      requestContext: {
        path: '/pre/v1/events',
        stage: 'v1',
        resourcePath: '/events',
        httpMethod: 'POST',
        accountId: '000000000000',
        requestTime: '21/Nov/2026:08:15:30 +0000',
        requestTimeEpoch: NOW_MS,
        identity: { sourceIp: '127.0.0.1', userAgent: 'shop/1.0' },
        apiId: expect.stringMatching(/^[a-z0-9]{10}$/),
      },
    });
  });

  test('keeps paths and path parameters percent-encoded, as REST APIs do', async () => {
    const one = await call('GET', '/members/us%20er%2F%C3%A9%40x.com');
    expect(one.json).toMatchObject({
      resource: '/members/{userId}',
      pathParameters: { userId: 'us%20er%2F%C3%A9%40x.com' },
    });
    const rest = await call('PUT', '/apps/a1/endpoints/email%3Au%2F1?x=%2F');
    expect(rest.json).toMatchObject({
      resource: '/{proxy+}',
      pathParameters: { proxy: 'apps/a1/endpoints/email%3Au%2F1' },
      requestContext: { path: '/pre/v1/apps/a1/endpoints/email%3Au%2F1' },
      queryStringParameters: { x: '/' },
    });
  });

  test('has no body and no query where there is none', async () => {
    expect((await call('GET', '/members/1')).json).toMatchObject({
      body: null,
      queryStringParameters: null,
      isBase64Encoded: false,
    });
  });

  test('has a binary body as base64', async () => {
    const { json } = await call('POST', '/events', {
      headers: { 'content-type': 'image/png' },
      body: Buffer.from([0xff, 0, 1]),
    });
    expect(json).toMatchObject({ body: '/wAB', isBase64Encoded: true });
  });

  test('never takes the caller from a header', async () => {
    const { json } = await call('GET', '/members/1', { headers: { 'X-Forwarded-For': '10.9.8.7' } });
    expect(json).toMatchObject({
      requestContext: { identity: { sourceIp: '127.0.0.1' } },
      headers: { 'X-Forwarded-For': '10.9.8.7, 127.0.0.1' },
    });
  });
});

describe('the gate', () => {
  test('an address outside the allow-list is refused in the shape of the template', async () => {
    const { status, json, headers } = await call('POST', '/events', { from: '127.0.0.2', body: '{}' });
    expect(status).toBe(403);
    expect(json).toMatchObject({
      code: 'forbidden',
      type: 'ACCESS_DENIED',
      message: expect.stringMatching(
        /^User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:ap-northeast-2:\*{8}0000:.+\/v1\/POST\/events with an explicit deny$/,
      ),
    });
    expect(headers['x-request-id']).toBe(json['requestId']);
    expect(headers['x-kind']).toBe('forbidden');
  });

  test('a second listed address is let in, and the header of an unlisted one changes nothing', async () => {
    expect((await call('POST', '/events', { from: '127.0.0.3' })).status).toBe(200);
    const spoofed = await call('POST', '/events', {
      from: '127.0.0.2',
      headers: { 'X-Forwarded-For': '127.0.0.1' },
    });
    expect(spoofed.status).toBe(403);
  });

  test('the policy is judged before routes and authorizers', async () => {
    expect(
      (await call('GET', '/guarded', { from: '127.0.0.2', headers: { Authorization: 'yes' } })).json,
    ).toMatchObject({ type: 'ACCESS_DENIED' });
  });

  test('a route that is not there', async () => {
    expect(await call('DELETE', '/events')).toMatchObject({ status: 200 });
    const { status, json } = await call('DELETE', '/');
    expect([status, json['type']]).toEqual([404, 'MISSING_AUTHENTICATION_TOKEN']);
  });

  test('an API key is needed where the method says so, and its plan throttles', async () => {
    expect((await call('GET', '/keyed')).status).toBe(403);
    expect((await call('GET', '/keyed', { headers: { 'x-api-key': 'wrong' } })).json).toMatchObject({
      message: 'Forbidden',
    });
    const ours = () => call('GET', '/keyed', { headers: { 'X-Api-Key': KEY } });
    const first = await ours();
    expect(first.json).toMatchObject({ requestContext: { identity: { apiKeyId: expect.any(String) } } });
    expect([(await ours()).status, (await ours()).status]).toEqual([200, 429]);
  });

  test('an authorizer decides, and its context reaches the function', async () => {
    const guarded = (Authorization?: string) =>
      call('GET', '/guarded', { headers: Authorization ? { Authorization } : {} });
    expect((await guarded('yes')).json).toMatchObject({
      requestContext: { authorizer: { principalId: 'me', role: 'admin', level: '7' } },
    });
    expect((await guarded('no')).json).toMatchObject({ type: 'ACCESS_DENIED' });
    expect((await guarded()).status).toBe(401);
    expect((await guarded('nobody')).status).toBe(401);
    expect((await guarded('broken')).status).toBe(500);
  });

  test('a preflight is answered without a function', async () => {
    const { status, headers, text } = await call('OPTIONS', '/events');
    expect([status, headers['access-control-allow-origin'], text]).toEqual([204, '*', '']);
  });
});

describe('limits and answers', () => {
  test('a body over 10 MB, and one that Lambda could not take', async () => {
    for (const size of [10 * 1024 * 1024 + 1, 7 * 1024 * 1024]) {
      const { status, json } = await call('POST', '/events', { body: Buffer.alloc(size, 'a') });
      expect([status, json['code']]).toEqual([413, 'too_large']);
    }
  });

  test('an integration that takes too long, then the stage throttle of that method', async () => {
    expect((await call('GET', '/slow')).status).toBe(504);
    expect((await call('GET', '/slow')).status).toBe(429);
  });

  const answered = (answer: unknown) =>
    call('GET', `/members/me?answer=${encodeURIComponent(JSON.stringify(answer))}`);

  test('status, headers and body of the function', async () => {
    const { status, headers, text } = await answered({
      statusCode: 201,
      headers: { 'X-One': 1, 'content-type': 'text/plain' },
      multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
      body: '좋아요',
    });
    expect([status, text, headers['x-one'], headers['set-cookie'], headers['content-type']]).toEqual([
      201,
      '좋아요',
      '1',
      ['a=1', 'b=2'],
      'text/plain',
    ]);
  });

  test.each([
    ['null', null],
    ['text', 'hello'],
    ['no status', { body: 'x' }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ['a header that is no text', { statusCode: 200, headers: { a: { b: 1 } } }],
  ])('%s is no proxy response: 502', async (_, answer) => {
    const { status, json } = await answered(answer);
    expect([status, json['message']]).toEqual([502, 'Internal server error']);
  });
});

describe('a template it would not serve rightly stops it at start', () => {
  test.each<[string, string, JsonObject, RegExp]>([
    ['a request validator', 'GetMe', { RequestValidatorId: 'x' }, /App \/ GetMe: RequestValidatorId/],
    ['IAM authorization', 'GetMe', { AuthorizationType: 'AWS_IAM' }, /AWS_IAM/],
    ['another integration', 'GetMe', { Integration: { Type: 'HTTP_PROXY' } }, /HTTP_PROXY/],
    ['a quota', 'Plan', { Quota: { Limit: 1, Period: 'DAY' } }, /Quota/],
    [
      'a variable nobody fills',
      'Denied',
      { ResponseTemplates: { 'application/json': '$context.nobody' } },
      /context\.nobody/,
    ],
  ])('%s', (_, id, change, message) => {
    const [type, properties] = (template as unknown as Record<string, [string, JsonObject]>)[id] ?? ['', {}];
    expect(() =>
      compiled({
        ...(template as never as Record<string, [string]>),
        [id]: [type, { ...properties, ...change }],
      }),
    ).toThrow(message);
  });
});
