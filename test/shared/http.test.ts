import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { RepointError } from '../../lambdas/shared/errors.ts';
import { get, httpHandler, MAX_BODY_BYTES, withBody, withJsonOrCsv } from '../../lambdas/shared/http.ts';
import type { SchemaError, Validator } from '../../lambdas/shared/validation.ts';

interface Named {
  name: string;
}

/** Stands for a generated validator: what matters here is how its errors reach the caller. */
const named = ((value: unknown): value is Named => {
  const errors: SchemaError[] = [];
  const { name, ...rest } = value as Record<string, unknown>;
  if (name === undefined)
    errors.push({ instancePath: '', keyword: 'required', params: { missingProperty: 'name' } });
  for (const additionalProperty of Object.keys(rest)) {
    errors.push({ instancePath: '', keyword: 'additionalProperties', params: { additionalProperty } });
  }
  named.errors = errors;
  return errors.length === 0;
}) as Validator<Named>;

const handler = httpHandler({
  'POST /things': withBody(named, async ({ body }) => ({ status: 201, body: { result: body.name } })),
  'GET /things/{id}': get(async ({ path }) => ({ status: 200, body: { id: path['id'] } })),
  'POST /lists': withJsonOrCsv(async ({ body }) => ({ status: 200, body })),
  'GET /broken': get(async () => {
    throw new Error('the database password is hunter2');
  }),
  'GET /missing': get(async () => {
    throw new RepointError('not_found', 'No thing "a"; nearest: b', { field: 'id' });
  }),
});

const call = async (
  method: string,
  resource: string,
  body: string | null = null,
  more: Partial<APIGatewayProxyEvent> = {},
) => {
  const event = {
    httpMethod: method,
    resource,
    path: resource,
    body,
    headers: {},
    isBase64Encoded: false,
    pathParameters: null,
    queryStringParameters: null,
    requestContext: { requestId: 'r-1', identity: { sourceIp: '127.0.0.1' } },
    ...more,
  } as unknown as APIGatewayProxyEvent;
  const context = { getRemainingTimeInMillis: () => 1000, awsRequestId: 'r-1' } as unknown as Context;
  const { statusCode, body: text } = await handler(event, context);
  return { status: statusCode, body: JSON.parse(text) as Record<string, unknown> };
};

describe('every error of our API', () => {
  it('has one shape, whatever went wrong', async () => {
    const answers = await Promise.all([
      call('POST', '/things', '{'),
      call('POST', '/things', '{}'),
      call('GET', '/broken'),
      call('GET', '/missing'),
      call('GET', '/nowhere'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 500, 404, 404]);
    for (const { body } of answers) {
      expect(Object.keys(body).sort()).toEqual(['code', 'field', 'message', 'requestId']);
      expect(body['requestId']).toBe('r-1');
    }
  });

  it('names the missing field', async () => {
    expect((await call('POST', '/things', '{}')).body).toMatchObject({
      code: 'validation',
      field: 'name',
      message: 'name is missing',
    });
  });

  it('tells all problems of a request at once', async () => {
    const { body } = await call('POST', '/things', '{"nane":1,"x":2}');
    expect((body['problems'] as { field: string }[]).map(({ field }) => field)).toEqual([
      'name',
      'nane',
      'x',
    ]);
  });

  it('keeps what went wrong inside us to the log', async () => {
    expect(JSON.stringify(await call('GET', '/broken'))).not.toContain('hunter2');
  });

  it('is 413 for a body above the limit, by bytes and not by characters', async () => {
    const body = JSON.stringify({ name: '가'.repeat(Math.ceil(MAX_BODY_BYTES / 3)) });
    expect(body.length).toBeLessThan(MAX_BODY_BYTES);
    expect((await call('POST', '/things', body)).status).toBe(413);
  });
});

describe('a request', () => {
  it('reaches the route with its percent-decoded path', async () => {
    const { body } = await call('GET', '/things/{id}', null, {
      pathParameters: { id: 'us%20er%2F%EA%B0%80' },
    });
    expect(body['id']).toBe('us er/가');
  });

  it('may come base64-encoded', async () => {
    const body = Buffer.from('{"name":"가"}').toString('base64');
    expect((await call('POST', '/things', body, { isBase64Encoded: true })).body['result']).toBe('가');
  });

  it('may bring a list as CSV or as JSON, by its content type', async () => {
    const sent = async (body: string, type?: string) =>
      (await call('POST', '/lists', body, type === undefined ? {} : { headers: { 'Content-Type': type } }))
        .body;
    expect(await sent('a,b\n', 'text/csv; charset=utf-8')).toEqual({ kind: 'csv', text: 'a,b\n' });
    expect(await sent('[1]', 'application/json')).toEqual({ kind: 'json', body: [1] });
    expect(await sent('[1]')).toEqual({ kind: 'json', body: [1] });
    expect((await sent('a,b'))['code']).toBe('validation');
    expect((await sent('x'.repeat(MAX_BODY_BYTES + 1), 'text/csv'))['code']).toBe('too_large');
  });
});
