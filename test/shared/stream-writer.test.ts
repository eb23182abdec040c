import { createServer, type Http2Server, type Http2ServerRequest, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kinesisWriter } from '../../lambdas/shared/stream-writer.aws.ts';

interface Asked {
  readonly target: string;
  readonly authorization: string;
  readonly stream: string;
  /** Key and text of each record. */
  readonly records: readonly (readonly [string, string])[];
}

type Answer = { readonly status: number; readonly body: unknown };

let asked: Asked[];
let answers: ((records: number) => Answer)[];
let server: Http2Server;
let sessions: ServerHttp2Session[];

const taken = (records: number): Answer => ({
  status: 200,
  body: { FailedRecordCount: 0, Records: Array.from({ length: records }, () => ({ ShardId: 'shard-0' })) },
});
const failing = (type: string) => (): Answer => ({
  status: 400,
  body: { __type: type, message: 'Rate exceeded' },
});

async function textOf(request: Http2ServerRequest): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

beforeEach(async () => {
  asked = [];
  answers = [];
  sessions = [];
  server = createServer(async (request, response) => {
    const body = JSON.parse(await textOf(request)) as {
      StreamName: string;
      Records: { PartitionKey: string; Data: string }[];
    };
    asked.push({
      target: String(request.headers['x-amz-target']),
      authorization: String(request.headers.authorization),
      stream: body.StreamName,
      records: body.Records.map((record) => [
        record.PartitionKey,
        Buffer.from(record.Data, 'base64').toString(),
      ]),
    });
    const answer = (answers.shift() ?? taken)(body.Records.length);
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer.body));
  });
  server.on('session', (session) => sessions.push(session));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  for (const session of sessions) session.destroy();
  await new Promise((resolve) => server.close(resolve));
});

let key = 0;
const writer = () =>
  kinesisWriter('events', {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'ap-northeast-2',
    credentials: async () => ({
      accessKeyId: `key-${++key}`,
      secretAccessKey: 'secret',
      expiration: new Date(Date.now() + 1000),
    }),
  });

const record = (partitionKey: string, lines: string) => ({ partitionKey, lines });

describe('what is written to a stream', () => {
  test('arrives byte for byte, whatever its characters, as the service reads it', async () => {
    const lines = '{"name":"장바구니 👩‍👩‍👧","text":"é \\n \\" <&>"}\n{"b":2}\n';
    await writer().write([record('한"글', lines), record('b', 'x\n')]);
    expect(asked).toMatchObject([
      {
        target: 'Kinesis_20131202.PutRecords',
        stream: 'events',
        records: [
          ['한"글', lines],
          ['b', 'x\n'],
        ],
      },
    ]);
  });

  test('is not mixed up with what was written before, however long each is', async () => {
    const texts = ['한'.repeat(300_000), 'b'.repeat(100), '👩‍👩‍👧'.repeat(60_000), '', 'é'].map(
      (text) => `${text}\n`,
    );
    await writer().write(texts.map((lines, at) => record(`k${at}`, lines)));
    expect(asked.flatMap(({ records }) => records)).toEqual(texts.map((lines, at) => [`k${at}`, lines]));
  });

  test('goes again where the stream was busy, and only that', async () => {
    answers.push((records) => ({
      status: 200,
      body: {
        FailedRecordCount: 1,
        Records: Array.from({ length: records }, (_, index) =>
          index === 1 ? { ErrorCode: 'ProvisionedThroughputExceededException' } : { ShardId: 'shard-0' },
        ),
      },
    }));
    await writer().write([record('a', '1\n'), record('b', '2\n'), record('c', '3\n')]);
    expect(asked.map(({ records }) => records.map(([name]) => name))).toEqual([['a', 'b', 'c'], ['b']]);
  });

  test('goes again when the whole call is throttled, which the answer’s type says', async () => {
    answers.push(failing('com.amazonaws.kinesis#ProvisionedThroughputExceededException'));
    await writer().write([record('a', '1\n')]);
    expect(asked.map(({ records }) => records)).toEqual([[['a', '1\n']], [['a', '1\n']]]);
  });

  test('is refused as unavailable when the stream is gone, with the service’s own error as its cause', async () => {
    answers.push(failing('ResourceNotFoundException'));
    await expect(writer().write([record('a', '1\n')])).rejects.toMatchObject({
      code: 'unavailable',
      cause: { name: 'ResourceNotFoundException', message: 'Rate exceeded' },
    });
  });

  test('goes in calls of at most 500 records and 5 MiB', async () => {
    const mebibyte = 'x'.repeat(1024 * 1024 - 1024);
    await writer().write([
      ...Array.from({ length: 7 }, (_, index) => record(`large-${index}`, mebibyte)),
      ...Array.from({ length: 1000 }, (_, index) => record(`small-${index}`, '{}\n')),
    ]);
    expect(asked.flatMap(({ records }) => records)).toHaveLength(1007);
    for (const { records } of asked) {
      expect(records.length).toBeLessThanOrEqual(500);
      const bytes = records.reduce((sum, [name, text]) => sum + name.length + text.length, 0);
      expect(bytes).toBeLessThanOrEqual(5 * 1024 * 1024);
    }
  });

  test('is signed with the credentials of the moment, though the signer is kept', async () => {
    const one = writer();
    await one.write([record('a', '1\n')]);
    await one.write([record('a', '2\n')]);
    const keys = asked.map(({ authorization }) => /Credential=(key-\d+)\//.exec(authorization)?.[1]);
    expect(keys[0]).toMatch(/^key-\d+$/);
    expect(keys[1]).not.toBe(keys[0]);
  });
});
