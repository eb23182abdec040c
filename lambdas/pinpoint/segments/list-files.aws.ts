import { pipeline, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { keysUnder, removeObjects } from '../../shared/objects.aws.ts';
import type { ListFiles } from '../jobs/ports.ts';
import type { Registry, SegmentLine, SegmentLists } from '../ports.ts';
import { segmentFinder } from './operations.ts';
import { findSegment, listPartKey } from './segment.ts';
import { UnreadableList } from './unreadable-list.ts';

const zipped = promisify(gzip);
/** Lines a reader gets at once. */
const CHUNK = 1_000;
/** Bytes unzipped at a time. */
const PIECE_BYTES = 128 * 1024;

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
    removeAll: (prefix) =>
      removeObjects(client, bucket, keysUnder(client, { Bucket: bucket, Prefix: prefix })),
  };
}

/** The lines of a zipped part, chunk by chunk as its reader goes on: unzipped and parsed a part takes ten times its room. */
async function* chunksOf(zippedBytes: Readable): AsyncGenerator<SegmentLine[]> {
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  // A failed read ends the loop below with its error, and who leaves the loop early ends the read.
  const pieces = pipeline(zippedBytes, gunzip, () => undefined).setEncoding('utf8');
  let chunk: SegmentLine[] = [];
  let begun = '';
  for await (const piece of pieces as AsyncIterable<string>) {
    const lines = (begun + piece).split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '') chunk.push(JSON.parse(line) as SegmentLine);
      if (chunk.length < CHUNK) continue;
      yield chunk;
      chunk = [];
    }
  }
  if (begun !== '') chunk.push(JSON.parse(begun) as SegmentLine);
  if (chunk.length > 0) yield chunk;
}

/** Why no later attempt can read a part either: it is not there, or what is there is not what was written. */
function whyUnreadable(cause: unknown): string | undefined {
  if (cause instanceof NoSuchKey) return 'is gone';
  const { code = '', message } = cause as Error & { code?: string };
  return cause instanceof SyntaxError || code.startsWith('Z_') ? `is broken: ${message}` : undefined;
}

/** The lists of imported segments in the engine's bucket. */
export function s3SegmentLists(registry: Registry, bucket: string, client = new S3Client({})): SegmentLists {
  return {
    ...segmentFinder(registry),
    async *read(appId, segmentId, version) {
      const found = await findSegment(registry, appId, segmentId, version);
      if (!found) throw new UnreadableList(`There is no version ${version} of segment ${segmentId}`);
      for (let number = 1; number <= found.row.parts; number++) {
        const Key = listPartKey(found.row, number);
        try {
          const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
          yield* chunksOf(answer.Body as Readable);
        } catch (cause) {
          const why = whyUnreadable(cause);
          if (why === undefined) throw cause;
          const part = `Part ${number} of ${found.row.parts} of the list of segment ${segmentId}, version ${version},`;
          throw new UnreadableList(`${part} ${why}`, { cause });
        }
      }
    },
  };
}
