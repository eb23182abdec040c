import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, statSync, unlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChecksumName, checksumName, type Digest, digestOf } from './checksums.ts';
import { decodeChunks } from './chunked.ts';
import { invalidRequest, notImplemented, S3Error } from './errors.ts';

/** A verified body, waiting in a temporary file for its place. */
export interface Received {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly md5: Buffer;
  readonly checksum?: { readonly name: ChecksumName; readonly value: string };
}

export type Headers = Readonly<Record<string, string | undefined>>;

const CHECKSUM = /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/;

/**
 * Writes a request's body to a temporary file and verifies what the client said about it: length, Content-MD5,
 * x-amz-content-sha256 and any x-amz-checksum-*, in a header or in the trailer. Nothing stays when one is wrong.
 */
export async function receive(body: AsyncIterable<Buffer>, headers: Headers, dir: string): Promise<Received> {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, randomUUID());
  try {
    return await verified(body, headers, path);
  } catch (error) {
    discard(path);
    throw error;
  }
}

export function discard(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })) unlinkSync(path);
}

async function verified(body: AsyncIterable<Buffer>, headers: Headers, path: string): Promise<Received> {
  const trailers = new Map<string, string>();
  const announced = announcedChecksum(headers);
  const md5 = digestOf('md5');
  const sha256 = createHash('sha256');
  const sum = announced ? digestOf(announced) : undefined;
  const digests = [md5, { update: (bytes: Buffer) => void sha256.update(bytes) }, ...(sum ? [sum] : [])];
  await writeTo(path, isChunked(headers) ? decodeChunks(body, trailers) : body, digests);
  const { size, mtimeMs } = statSync(path);
  const md5Bytes = md5.digest();
  check('x-amz-decoded-content-length', headers['x-amz-decoded-content-length'], String(size));
  check('Content-MD5', headers['content-md5'], md5Bytes.toString('base64'));
  const claimedSha = headers['x-amz-content-sha256'];
  if (claimedSha && /^[0-9a-f]{64}$/.test(claimedSha))
    check('x-amz-content-sha256', claimedSha, sha256.digest('hex'));
  if (!announced || !sum) return { path, size, mtimeMs, md5: md5Bytes };
  const value = sum.digest().toString('base64');
  const header = `x-amz-checksum-${announced}`;
  const claimed = headers[header] ?? trailers.get(header);
  if (claimed === undefined && headers['x-amz-trailer'])
    throw invalidRequest(`The trailer ${header} was announced and did not come`);
  check(header, claimed, value);
  return { path, size, mtimeMs, md5: md5Bytes, checksum: { name: announced, value } };
}

async function writeTo(
  path: string,
  body: AsyncIterable<Buffer>,
  digests: readonly Pick<Digest, 'update'>[],
): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for await (const chunk of body) {
      for (const digest of digests) digest.update(chunk);
      await file.write(chunk);
    }
  } finally {
    await file.close();
  }
}

function isChunked(headers: Headers): boolean {
  const sha = headers['x-amz-content-sha256'] ?? '';
  if (!sha.startsWith('STREAMING-')) return false;
  if (sha !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' && !sha.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD'))
    throw notImplemented(`the payload kind ${sha}`);
  return true;
}

function announcedChecksum(headers: Headers): ChecksumName | undefined {
  const named = [...Object.keys(headers), headers['x-amz-trailer']?.toLowerCase() ?? '']
    .map((header) => CHECKSUM.exec(header)?.[1])
    .find((name) => name !== undefined);
  const algorithm = named ?? headers['x-amz-sdk-checksum-algorithm'];
  return algorithm === undefined ? undefined : checksumName(algorithm);
}

function check(what: string, claimed: string | undefined, actual: string): void {
  if (claimed !== undefined && claimed !== actual)
    throw new S3Error('BadDigest', 400, `The ${what} you sent, ${claimed}, is not what arrived: ${actual}`);
}
