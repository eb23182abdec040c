import { describe, expect, it } from 'vitest';
import { described } from '../support/openapi.ts';
import { type Resource, resources } from '../support/template.ts';
import { textOf } from './resolved.ts';

/** As in test/support/synthesize.ts. */
const ALLOWED = ['203.0.113.0/24', '198.51.100.7/32'];

type Found = ReturnType<typeof resources>[number];

const apis = new Map(
  resources('AWS::ApiGateway::RestApi').map((api) => [
    String(api.Properties['Name']).replace('repoint-test-', ''),
    api,
  ]),
);

const of = (name: string, type: string): Found[] =>
  resources(type).filter(
    ({ Properties, stack }) =>
      stack === apis.get(name)?.stack &&
      JSON.stringify(Properties['RestApiId']) === JSON.stringify({ Ref: apis.get(name)?.id }),
  );

function pathOf(api: string, resourceId: unknown, stack: string): string {
  const id = (resourceId as { Ref?: string }).Ref;
  const found = of(api, 'AWS::ApiGateway::Resource').find((one) => one.id === id && one.stack === stack);
  return found
    ? `${pathOf(api, found.Properties['ParentId'], stack)}/${String(found.Properties['PathPart'])}`
    : '';
}

const routes = (api: string) =>
  of(api, 'AWS::ApiGateway::Method').map((method) => ({
    route: `${String(method.Properties['HttpMethod'])} ${pathOf(api, method.Properties['ResourceId'], method.stack)}`,
    method: method.Properties,
  }));

const policyOf = (name: string) =>
  (apis.get(name)?.Properties['Policy'] as { Statement: Record<string, unknown>[] } | undefined)?.Statement;

describe('the allow-list', () => {
  it.each(['private', 'pinpoint'])(
    'denies every other address at the %s door, whatever else it has',
    (name) => {
      expect(policyOf(name)).toEqual([
        expect.objectContaining({
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 'execute-api:Invoke',
          Resource: 'execute-api:/*',
          Condition: { NotIpAddress: { 'aws:SourceIp': ALLOWED } },
        }),
        expect.objectContaining({
          Effect: 'Allow',
          Action: 'execute-api:Invoke',
          Resource: 'execute-api:/*',
        }),
      ]);
    },
  );

  const typesOf = (name: string) =>
    (apis.get(name)?.Properties['EndpointConfiguration'] as { Types: string[] } | undefined)?.Types;

  it.each(['private', 'pinpoint'])(
    'sees the address of the caller at the %s door: no edge in between',
    (name) => {
      expect(typesOf(name)).toEqual(['REGIONAL']);
    },
  );

  it('leaves the public door to the edge, which tells the caller’s country and lets no caller tell it', () => {
    expect(typesOf('public')).toEqual(['EDGE']);
  });

  it('does not stand before browsers', () => {
    expect(policyOf('public')).toBeUndefined();
  });
});

const byRoute = (a: { route: string }, b: { route: string }): number => (a.route < b.route ? -1 : 1);

describe('routes', () => {
  it('of the private door are those the API describes, each with a key unless it says otherwise', () => {
    const shown = described.map(({ method, path, operation }) => ({
      route: `${method} ${path}`,
      keyed: operation.security === undefined,
    }));
    const found = routes('private').map(({ route, method }) => ({
      route,
      keyed: method['ApiKeyRequired'] === true,
    }));
    expect(found.sort(byRoute)).toEqual(shown.sort(byRoute));
    expect(found.filter(({ keyed }) => !keyed).map(({ route }) => route)).toEqual([
      'GET /docs',
      'GET /openapi.json',
    ]);
  });

  it('of the public door only take: the collector and its preflight', () => {
    const found = routes('public').filter(({ route }) => !route.startsWith('OPTIONS '));
    expect(found.map(({ route }) => route)).toEqual(['POST /events']);
    expect(found[0]?.method['ApiKeyRequired']).toBe(true);
    expect(routes('public').map(({ route }) => route)).toContain('OPTIONS /events');
  });

  it('of the engine are one, behind an authorizer that forgets, without a key', () => {
    const [only, ...others] = routes('pinpoint');
    expect(others).toEqual([]);
    expect(only?.route).toBe('ANY /{proxy+}');
    expect(only?.method).toMatchObject({ AuthorizationType: 'CUSTOM', ApiKeyRequired: false });
    expect(of('pinpoint', 'AWS::ApiGateway::Authorizer').map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({ Type: 'REQUEST', AuthorizerResultTtlInSeconds: 0 }),
    ]);
    expect(
      resources('AWS::ApiGateway::UsagePlan').map(({ Properties }) => Properties['UsagePlanName']),
    ).toEqual(['repoint-test-private', 'repoint-test-public']);
  });
});

describe('each stage', () => {
  it.each([...apis.keys()])('of the %s door is v1, logged and traced', (name) => {
    const [stage] = of(name, 'AWS::ApiGateway::Stage');
    expect(stage?.Properties).toMatchObject({ StageName: 'v1', TracingEnabled: true });
    expect(stage?.Properties['AccessLogSetting']).toMatchObject({
      Format: expect.stringContaining('requestId'),
    });
  });

  it('logs who called from where, but of visitors no address', () => {
    const logged = (door: string) =>
      JSON.stringify(of(door, 'AWS::ApiGateway::Stage')[0]?.Properties['AccessLogSetting']).match(
        /"Format".*/,
      )?.[0];
    for (const door of ['private', 'pinpoint']) expect(logged(door)).toContain('sourceIp');
    expect(logged('public')).toContain('requestId');
    expect(logged('public')).not.toMatch(/ip/i);
  });

  it('tells functions through which door a request came', () => {
    for (const door of ['private', 'public'])
      expect(of(door, 'AWS::ApiGateway::Stage')[0]?.Properties['Variables']).toEqual({ door });
  });

  it('is throttled where keys are', () => {
    for (const { Properties } of resources('AWS::ApiGateway::UsagePlan'))
      expect(Properties['Throttle']).toMatchObject({
        RateLimit: expect.any(Number),
        BurstLimit: expect.any(Number),
      });
  });
});

describe("the gateway's own errors", () => {
  const answers = (name: string) =>
    new Map(
      of(name, 'AWS::ApiGateway::GatewayResponse').map((one) => [
        String(one.Properties['ResponseType']),
        one,
      ]),
    );
  const bodyOf = (response: Resource | undefined) => {
    const templates = response?.Properties['ResponseTemplates'] as Record<string, string> | undefined;
    const template = templates?.['application/json'] ?? '';
    return JSON.parse(
      template.replace('$context.error.messageString', '"why"').replace('$context.requestId', 'r1'),
    ) as Record<string, unknown>;
  };

  it.each([
    ['ACCESS_DENIED', '403', 'forbidden'],
    ['INVALID_API_KEY', '403', 'forbidden'],
    ['UNAUTHORIZED', '401', 'forbidden'],
    ['MISSING_AUTHENTICATION_TOKEN', '404', 'not_found'],
    ['REQUEST_TOO_LARGE', '413', 'too_large'],
    ['THROTTLED', '429', 'too_many'],
    ['QUOTA_EXCEEDED', '429', 'too_many'],
    ['BAD_REQUEST_BODY', '400', 'validation'],
    ['BAD_REQUEST_PARAMETERS', '400', 'validation'],
  ])('%s has status %s and code %s, in the shape of every error', (type, status, code) => {
    for (const door of ['private', 'public']) {
      const response = answers(door).get(type);
      expect(response?.Properties['StatusCode']).toBe(status);
      expect(bodyOf(response)).toEqual({ code, message: expect.any(String), field: null, requestId: 'r1' });
    }
  });

  it('all have a shape, the ones not named too', () => {
    for (const door of apis.keys())
      expect([...answers(door).keys()]).toEqual(expect.arrayContaining(['DEFAULT_4XX', 'DEFAULT_5XX']));
  });

  it("speak Pinpoint's language at the engine's door", () => {
    for (const [type, exception] of [
      ['ACCESS_DENIED', 'ForbiddenException'],
      ['THROTTLED', 'TooManyRequestsException'],
      ['REQUEST_TOO_LARGE', 'PayloadTooLargeException'],
    ] as const) {
      const response = answers('pinpoint').get(type);
      expect(bodyOf(response)).toEqual({ Message: 'why', RequestID: 'r1' });
      expect(response?.Properties['ResponseParameters']).toEqual({
        'gatewayresponse.header.x-amzn-ErrorType': `'${exception}'`,
      });
    }
  });

  it('can be read by the page that was refused', () => {
    for (const response of answers('public').values())
      expect(response.Properties['ResponseParameters']).toMatchObject({
        'gatewayresponse.header.access-control-allow-origin': "'*'",
      });
  });
});

describe('functions behind a door', () => {
  it('may be called by that API alone', () => {
    for (const { Properties, stack } of resources('AWS::Lambda::Permission')) {
      if (Properties['Principal'] !== 'apigateway.amazonaws.com') continue;
      expect(textOf(Properties['SourceArn'], stack)).toMatch(
        /^arn:aws:execute-api:ap-northeast-2:111122223333:repoint-test-(private|public|pinpoint)\//,
      );
    }
  });
});
