import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../clock.ts';
import type { S3Deps, S3Operation } from './deps.ts';
import { notImplemented, S3Error } from './errors.ts';
import { Layout } from './keys.ts';
import { Uploads } from './multipart.ts';
import { ObjectStore } from './objects.ts';
import * as read from './read-operations.ts';
import { checkSigned, readRequest, type S3Answer, type S3Request } from './request.ts';
import * as write from './write-operations.ts';
import { document, element } from './xml.ts';

export interface S3Options {
  /** Objects are plain files `<dir>/<bucket>/<key>`; metadata lies in `<dir>/.meta`, unfinished work in `<dir>/.tmp`. */
  readonly dir: string;
  readonly buckets: readonly string[];
  /** Judges when a pre-signed URL expires; real time by default. */
  readonly clock?: Clock;
}

export interface S3 {
  readonly url: string;
  close(): Promise<void>;
}

/** A local S3 over HTTP, path-style (what the SDK sends to an IP address) and virtual-host-style. */
export async function startS3({ dir, buckets, clock = { now: Date.now } }: S3Options): Promise<S3> {
  const layout = new Layout(dir);
  for (const bucket of buckets) mkdirSync(layout.bucket(bucket), { recursive: true });
  const deps: S3Deps = {
    layout,
    objects: new ObjectStore(layout),
    uploads: new Uploads(layout),
    buckets: new Set(buckets),
    clock,
  };
  const server = createServer((request, response) => void serve(deps, request, response));
  // A client may use an idle connection again at any time: closing it under the request is an error there.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

async function serve(deps: S3Deps, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  try {
    const answer = await answerTo(deps, incoming);
    await send(response, incoming.method, answer, requestId);
  } catch (error) {
    if (response.headersSent) return void response.destroy();
    incoming.resume();
    await send(response, incoming.method, failure(error, incoming.url ?? '/', requestId), requestId);
  }
}

async function answerTo(deps: S3Deps, incoming: IncomingMessage): Promise<S3Answer> {
  const request = readRequest(incoming, deps.buckets);
  checkSigned(request, deps.clock.now());
  if (request.bucket !== undefined && !deps.buckets.has(request.bucket))
    throw new S3Error('NoSuchBucket', 404, `The specified bucket does not exist: ${request.bucket}`);
  return await operationOf(request)(deps, request);
}

/** S3 names an operation by method, by what the path is, and by one marker in the query or the headers. */
function operationOf({ method, bucket, key, query, headers }: S3Request): S3Operation {
  const scope = key !== undefined ? 'object' : bucket !== undefined ? 'bucket' : 'service';
  const marker = ['uploads', 'uploadId', 'delete', 'list-type'].find((name) => query.has(name));
  const copies = headers['x-amz-copy-source'] ? '+copy' : '';
  const name = `${method} ${scope}${marker ? `?${marker}` : ''}${copies}`;
  const operation = OPERATIONS[name];
  if (operation) return operation;
  const asked = [...query.keys()].map((parameter) => `?${parameter}`).join('');
  throw notImplemented(`the operation ${method} ${scope}${asked}${copies}`);
}

const OPERATIONS: Readonly<Record<string, S3Operation>> = {
  'GET service': read.listBuckets,
  'HEAD bucket': read.headBucket,
  'GET bucket?list-type': read.listObjectsV2,
  'POST bucket?delete': write.deleteObjects,
  'GET object': read.getObject,
  'HEAD object': read.headObject,
  'PUT object': write.putObject,
  'PUT object+copy': write.copyObject,
  'DELETE object': write.deleteObject,
  'POST object?uploads': write.createMultipartUpload,
  'PUT object?uploadId': write.uploadPart,
  'POST object?uploadId': write.completeMultipartUpload,
  'DELETE object?uploadId': write.abortMultipartUpload,
};

function failure(error: unknown, resource: string, requestId: string): S3Answer {
  const known = error instanceof S3Error ? error : new S3Error('InternalError', 500, String(error));
  const root = element('Error', {
    Code: known.code,
    Message: known.message,
    Resource: resource.split('?')[0] ?? '/',
    RequestId: requestId,
  });
  return { status: known.status, headers: known.headers, body: document(root) };
}

async function send(
  response: ServerResponse,
  method: string | undefined,
  { status, headers, body }: S3Answer,
  requestId: string,
): Promise<void> {
  const type =
    typeof body === 'string' && body.startsWith('<?xml') ? { 'content-type': 'application/xml' } : {};
  response.writeHead(status, { ...type, 'x-amz-request-id': requestId, ...headers });
  if (method === 'HEAD' || body === undefined || typeof body === 'string')
    response.end(method === 'HEAD' ? undefined : body);
  else await pipeline(body, response).catch(() => response.destroy());
}
