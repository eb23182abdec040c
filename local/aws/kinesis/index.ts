import { randomUUID } from 'node:crypto';
import {
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../clock.ts';
import { KinesisError } from './errors.ts';
import type { Input } from './input.ts';
import { OPERATIONS } from './operations.ts';
import { StreamLog } from './stream-log.ts';
import { type StreamProperties, streamShape } from './stream-properties.ts';

export { type LogRecord, type Placed, StreamLog } from './stream-log.ts';

export interface KinesisOptions {
  /** Folder of the logs: `<dir>/<stream>/<shard>/<first index>.log`. */
  readonly dir: string;
  /** Resolved properties of each AWS::Kinesis::Stream. */
  readonly streams: readonly StreamProperties[];
  readonly clock: Clock;
}

export interface Kinesis {
  readonly url: string;
  /** The same log for readers in this process (pollers, Firehose). */
  readonly log: StreamLog;
  close(): Promise<void>;
}

const CONTENT_TYPE = 'application/x-amz-json-1.1';
/** HTTP/2 begins with windows of 64 KiB and frames of 16 KiB: a call of 5 MiB would stop and go eighty times. */
const WINDOW_BYTES = 16 * 1024 * 1024;
const FRAME_BYTES = 1024 * 1024;
const TARGET = /^Kinesis_20131202\.(\w+)$/;

/** A local Kinesis: HTTP/2 in cleartext with prior knowledge, which is what the SDK's default handler speaks to `http://`. */
export async function startKinesis({ dir, streams, clock }: KinesisOptions): Promise<Kinesis> {
  const log = new StreamLog({ dir, streams: streams.map(streamShape), clock });
  const server = createServer(
    { settings: { initialWindowSize: WINDOW_BYTES, maxFrameSize: FRAME_BYTES } },
    (request, response) => void answer(request, response, { log, clock }),
  );
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    session.setLocalWindowSize(WINDOW_BYTES);
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const session of sessions) session.destroy();
    await closed;
    log.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, log, close };
}

async function answer(
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  deps: { log: StreamLog; clock: Clock },
): Promise<void> {
  const headers = { 'content-type': CONTENT_TYPE, 'x-amzn-requestid': randomUUID() };
  try {
    const body = await readBody(request);
    const result = call(deps, request.headers['x-amz-target'], body);
    response.writeHead(200, headers).end(JSON.stringify(result));
  } catch (error) {
    const known = error instanceof KinesisError ? error : undefined;
    const type = known?.type ?? 'InternalFailureException';
    const message = error instanceof Error ? error.message : String(error);
    response.writeHead(known?.status ?? 500, headers).end(JSON.stringify({ __type: type, message }));
  }
}

function call(deps: { log: StreamLog; clock: Clock }, target: unknown, body: Buffer): unknown {
  const name = TARGET.exec(String(target))?.[1] ?? String(target);
  const operation = OPERATIONS.get(name);
  if (!operation)
    throw new KinesisError(
      'UnknownOperationException',
      `The local Kinesis does not have the operation ${name}`,
    );
  return operation(deps, parse(body));
}

function parse(body: Buffer): Input {
  try {
    return JSON.parse(body.toString('utf8')) as Input;
  } catch {
    throw new KinesisError('SerializationException', 'The request body is not JSON');
  }
}

async function readBody(request: Http2ServerRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
