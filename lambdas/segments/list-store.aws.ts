import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ListStore } from './ports.ts';

/** Lines are counted in bytes: text line readers would also break at U+2028, which JSON leaves as it is. */
const NEW_LINE = 0x0a;

/** Lists under `segments/` of the work bucket. */
export function s3Lists(Bucket: string, client = new S3Client({})): ListStore {
  return {
    url: (prefix) => `s3://${Bucket}/${prefix}`,
    async writePart(prefix, part, lines) {
      await client.send(
        new PutObjectCommand({
          Bucket,
          Key: `${prefix}${part}`,
          Body: lines,
          ContentType: 'application/x-ndjson',
        }),
      );
    },
    async countLines(prefix) {
      let count = 0;
      for await (const key of keys(client, Bucket, prefix)) count += await linesOf(client, Bucket, key);
      return count;
    },
  };
}

async function* keys(client: S3Client, Bucket: string, Prefix: string): AsyncIterable<string> {
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix, ...(ContinuationToken ? { ContinuationToken } : {}) }),
    );
    for (const { Key } of page.Contents ?? []) if (Key) yield Key;
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
}

async function linesOf(client: S3Client, Bucket: string, Key: string): Promise<number> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  const bytes = Body as Readable;
  const text = Key.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  // A pipe passes no errors on: a broken download must fail the count, not hang it.
  bytes.on('error', (error) => text.destroy(error));
  let count = 0;
  let last = NEW_LINE;
  for await (const chunk of text as AsyncIterable<Buffer>) {
    for (const byte of chunk) if (byte === NEW_LINE) count++;
    last = chunk.at(-1) ?? last;
  }
  return last === NEW_LINE ? count : count + 1;
}
