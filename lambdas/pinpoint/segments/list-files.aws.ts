import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { ListFiles } from '../jobs/ports.ts';
import type { Registry, SegmentLine, SegmentLists } from '../ports.ts';
import { segmentFinder } from './operations.ts';
import { findSegment, listPartKey } from './segment.ts';

const zipped = promisify(gzip);
const unzipped = promisify(gunzip);
/** Lines a reader gets at once. */
const CHUNK = 1_000;

export function s3ListFiles(bucket: string, client = new S3Client({})): ListFiles {
  return {
    async put(key, lines) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: await zipped(lines),
          ContentType: 'application/gzip',
        }),
      );
    },
    async removeAll(prefix) {
      for (;;) {
        const listed = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
        const Objects = (listed.Contents ?? []).map(({ Key }) => ({ Key }));
        if (Objects.length === 0) return;
        const removed = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
        const failed = removed.Errors?.[0];
        if (failed) throw new Error(`S3 could not remove ${failed.Key}: ${failed.Code} ${failed.Message}`);
      }
    },
  };
}

/** The lists of imported segments in the engine's bucket. */
export function s3SegmentLists(registry: Registry, bucket: string, client = new S3Client({})): SegmentLists {
  const part = async (key: string): Promise<SegmentLine[]> => {
    const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const bytes = await answer.Body?.transformToByteArray();
    const text = (await unzipped(bytes ?? new Uint8Array())).toString('utf8');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as SegmentLine]));
  };
  return {
    ...segmentFinder(registry),
    async *read(appId, segmentId, version) {
      const found = await findSegment(registry, appId, segmentId, version);
      if (!found) throw new Error(`There is no version ${version} of segment ${segmentId}`);
      for (let number = 1; number <= found.row.parts; number++) {
        // A part is cut by its writer (jobs/part-writer.ts), so it fits in memory whatever the list's size.
        const lines = await part(listPartKey(found.row, number));
        for (let from = 0; from < lines.length; from += CHUNK) yield lines.slice(from, from + CHUNK);
      }
    },
  };
}
