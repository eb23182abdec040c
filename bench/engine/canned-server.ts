/**
 * The services around the engine in a process of their own, so that a bench counts the engine's CPU alone: they answer
 * the AWS protocols with bodies of real size, and count what they were asked.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { cannedDynamo } from './canned-dynamo.ts';
import { type MutableCounts, noCounts } from './counts.ts';
import { uuidOf } from './people.ts';
import { deliveryBytes, queueRequests, streamBytes } from './units.ts';

interface Canned {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

let counts: MutableCounts = noCounts();
const objects = new Map<string, { body: Buffer; headers: Record<string, string> }>();
let queued: string[] = [];
let provided = 0;
const dynamo = await cannedDynamo(() => counts);

const counted = (name: string): void => {
  counts.calls[name] = (counts.calls[name] ?? 0) + 1;
};
const json = (body: unknown): Canned => ({ body: JSON.stringify(body) });

async function bodyOf(request: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A message as SQS answers it; its client compares the digest. */
const accepted = (text: string) => ({
  MessageId: uuidOf(`message ${queued.length}`),
  MD5OfMessageBody: createHash('md5').update(text).digest('hex'),
});

interface Queueing {
  readonly MessageBody?: string;
  readonly Entries?: readonly { readonly Id: string; readonly MessageBody: string }[];
}

function queue(operation: string, body: Buffer): Canned {
  counted(`sqs.${operation}`);
  const { MessageBody, Entries } = JSON.parse(body.toString()) as Queueing;
  const texts = MessageBody === undefined ? (Entries ?? []).map((entry) => entry.MessageBody) : [MessageBody];
  queued.push(...texts);
  // Sent, received and deleted: three requests a message, the first shared by a batch.
  counts.queueRequests += queueRequests(body.length) + 2 * texts.length;
  if (MessageBody !== undefined) return json(accepted(MessageBody));
  return json({
    Successful: (Entries ?? []).map((entry) => ({ Id: entry.Id, ...accepted(entry.MessageBody) })),
    Failed: [],
  });
}

function object(request: IncomingMessage, path: string, body: Buffer): Canned {
  const { method } = request;
  if (method === 'PUT') {
    counted('s3.PutObject');
    const checksum = request.headers['x-amz-checksum-crc32'];
    const headers = { etag: `"${createHash('md5').update(body).digest('hex')}"` };
    objects.set(path, {
      body,
      headers: typeof checksum === 'string' ? { ...headers, 'x-amz-checksum-crc32': checksum } : headers,
    });
    return { headers, body: '' };
  }
  counted('s3.GetObject');
  const found = objects.get(path);
  if (!found) return { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' };
  return { headers: { ...found.headers, 'content-type': 'application/json' }, body: found.body };
}

function push(body: Buffer): Canned {
  counted('provider.SendMessages');
  const { Addresses } = JSON.parse(body.toString()) as { Addresses: Record<string, unknown> };
  const addresses = Object.keys(Addresses);
  counts.providerMessages += addresses.length;
  const result = (address: string) => ({
    DeliveryStatus: 'SUCCESSFUL',
    MessageId: uuidOf(`sent ${provided++}`),
    StatusCode: 200,
    StatusMessage: `{"name":"projects/shop/messages/${address.slice(0, 24)}"}`,
  });
  return json({
    ApplicationId: 'app',
    RequestId: uuidOf('request'),
    Result: Object.fromEntries(addresses.map((address) => [address, result(address)])),
  });
}

function email(body: Buffer): Canned {
  counted('provider.SendBulkEmail');
  const { BulkEmailEntries } = JSON.parse(body.toString()) as { BulkEmailEntries: readonly unknown[] };
  counts.providerMessages += BulkEmailEntries.length;
  return json({
    BulkEmailEntryResults: BulkEmailEntries.map(() => ({
      Status: 'SUCCESS',
      MessageId: `0109${uuidOf(`sent ${provided++}`)}-000000`,
    })),
  });
}

const ACCOUNT = {
  SendQuota: { Max24HourSend: -1, MaxSendRate: 1_000_000, SentLast24Hours: 0 },
  SendingEnabled: true,
};

/** A hook that lets everybody through. */
function invoke(body: Buffer): Canned {
  counted('hook.Invoke');
  const { Endpoints } = JSON.parse(body.toString()) as { Endpoints: unknown };
  return json(Endpoints);
}

/** The bench's own requests: what was counted, what lies in the queue, and a new beginning. */
function control(path: string): Canned {
  if (path === '/canned/counts') return json(counts);
  if (path === '/canned/reset') counts = noCounts();
  if (path === '/canned/forget') objects.clear();
  if (path === '/canned/queue') {
    const all = queued;
    queued = [];
    return json(all);
  }
  return json({});
}

async function answer(request: IncomingMessage, body: Buffer): Promise<Canned> {
  const target = String(request.headers['x-amz-target'] ?? '');
  if (target.startsWith('DynamoDB_')) return dynamo.answer(target, request.headers, body);
  if (target.startsWith('AmazonSQS.')) return queue(target.slice('AmazonSQS.'.length), body);
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (path.startsWith('/canned/')) return control(path);
  if (path === '/v2/email/account') return json(ACCOUNT);
  if (path === '/v2/email/outbound-bulk-emails') return email(body);
  if (/^\/v1\/apps\/[^/]+\/messages$/.test(path)) return push(body);
  if (path.endsWith('/invocations')) return invoke(body);
  return object(request, path, body);
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const canned = await answer(request, await bodyOf(request)).catch((error: Error): Canned => {
    console.error('A canned server failed', request.url, error);
    return { status: 500, body: error.message };
  });
  const bytes = Buffer.from(canned.body);
  response.writeHead(canned.status ?? 200, {
    'content-type': 'application/json',
    ...canned.headers,
    'content-length': bytes.length,
  });
  response.end(bytes);
}

interface PutRecords {
  readonly Records: readonly { readonly Data: string; readonly PartitionKey: string }[];
}

function records(body: Buffer): string {
  counted('kinesis.PutRecords');
  const { Records } = JSON.parse(body.toString()) as PutRecords;
  for (const { Data, PartitionKey } of Records) {
    const lines = Buffer.from(Data, 'base64');
    counts.streamBytes += streamBytes(lines.length + PartitionKey.length);
    counts.deliveryBytes += deliveryBytes(lines.length);
    counts.ledgerRecords += lines.toString('latin1').split('\n').length - 1;
  }
  return JSON.stringify({
    FailedRecordCount: 0,
    Records: Records.map((_, index) => ({
      SequenceNumber: `4966${String(index).padStart(52, '0')}`,
      ShardId: 'shardId-000000000000',
    })),
  });
}

const server = createServer((request, response) => void handle(request, response));
server.keepAliveTimeout = 120_000;
/** As local/aws/kinesis/index.ts: HTTP/2 begins with small windows. */
const stream = createHttp2Server(
  { settings: { initialWindowSize: 16 * 1024 * 1024, maxFrameSize: 1024 * 1024 } },
  (request, response) =>
    void bodyOf(request).then((body) =>
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(records(body)),
    ),
);
stream.on('session', (session) => session.setLocalWindowSize(16 * 1024 * 1024));
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
await new Promise<void>((resolve) => void stream.listen(0, '127.0.0.1', resolve));
process.once('disconnect', () => process.exit(0));
process.send?.({
  port: (server.address() as AddressInfo).port,
  streamPort: (stream.address() as AddressInfo).port,
});
