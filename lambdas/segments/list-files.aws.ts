import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { keysUnder } from '../shared/objects.aws.ts';

/** The files of a resolved list. */
export interface ListFiles {
  /** Addresses of the files under `s3://bucket/prefix/`. */
  files(url: string): Promise<readonly string[]>;
  /** A file's text, gzip undone (UNLOAD writes it), in pieces that may end anywhere. */
  read(file: string): AsyncIterable<Uint8Array>;
}

export function s3ListFiles(client = new S3Client({})): ListFiles {
  return {
    async files(url) {
      const { Bucket, Key: Prefix } = placeOf(url);
      const files: string[] = [];
      for await (const key of keysUnder(client, { Bucket, Prefix })) files.push(`s3://${Bucket}/${key}`);
      return files;
    },
    async *read(file) {
      const { Body } = await client.send(new GetObjectCommand(placeOf(file)));
      const bytes = Body as Readable;
      const text = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
      // A pipe passes no errors on: a broken download must fail the reading, not hang it.
      bytes.on('error', (error) => text.destroy(error));
      yield* text as AsyncIterable<Buffer>;
    },
  };
}

function placeOf(url: string): { Bucket: string; Key: string } {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(url) ?? [];
  if (Bucket === undefined || Key === undefined) throw new Error(`${url} is no place in S3`);
  return { Bucket, Key };
}
