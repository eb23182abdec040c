import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { readUpload } from '../../../lambdas/segments/lists/read-upload.ts';
import { httpHandler, MAX_FILE_BYTES, withJsonOrFile } from '../../../lambdas/shared/http.ts';

const handler = httpHandler({
  'POST /segments/lists': withJsonOrFile(async ({ body, query }) => {
    const { kind, rows } = readUpload(body, query);
    return { status: 200, body: { kind, rows } };
  }),
});

async function posted(body: Buffer | string, contentType: string) {
  const event = {
    ...{ httpMethod: 'POST', resource: '/segments/lists', path: '/segments/lists' },
    headers: { 'Content-Type': contentType },
    isBase64Encoded: typeof body !== 'string',
    body: typeof body === 'string' ? body : body.toString('base64'),
    requestContext: { requestId: 'r', identity: { sourceIp: '192.0.2.1' } },
  } as unknown as APIGatewayProxyEvent;
  const { statusCode, body: text } = await handler(event, {
    getRemainingTimeInMillis: () => 29_000,
  } as Context);
  return { status: statusCode, body: JSON.parse(text) as unknown };
}

describe('the route of uploads', () => {
  it('hands a file on byte for byte, as the gateway encodes it', async () => {
    const cp949 = Buffer.from([0xc8, 0xb8, 0xbf, 0xf8, 0xb9, 0xf8, 0xc8, 0xa3, 0x0a, 0x8c, 0x63, 0x0a]);
    const told = { status: 200, body: { kind: 'id', rows: [[2, '똠']] } };
    expect(await posted(cp949, 'text/csv')).toEqual(told);
    expect(await posted(cp949, 'Text/CSV; charset=euc-kr')).toEqual(told);
    expect(await posted(Buffer.from('회원번호\n똠\n'), 'text/csv')).toEqual(told);
    expect(await posted('회원번호\n똠\n', 'text/csv')).toEqual(told);
  });

  it('takes JSON for JSON', async () => {
    expect(await posted('{"phones": ["010-1111-2222"]}', 'application/json')).toMatchObject({
      body: { kind: 'phone', rows: [[1, '010-1111-2222']] },
    });
  });

  it('refuses a file that is larger than Lambda takes in base64', async () => {
    expect((MAX_FILE_BYTES * 4) / 3).toBeLessThan(6_000_000);
    const found = await posted(Buffer.alloc(MAX_FILE_BYTES + 1, 0x61), 'text/csv');
    expect(found).toMatchObject({ status: 413, body: { code: 'too_large' } });
  });
});
