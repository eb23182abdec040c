import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { objectAt } from '../../shared/objects.aws.ts';
import type { ErrorFiles, ErrorPiece } from './ports.ts';

/** Where Firehose puts lines of the stream `events` that it cannot file (lib/shared/lake-stream.ts). */
const PREFIX = 'errors/events/';
/** A line holds at most one record of 1 MiB as base64; a piece holds some. */
const PIECE_BYTES = 4 * 1024 * 1024;
const LINE_END = 0x0a;

/** Firehose's error files of the events stream, in the lake's bucket. */
export const s3ErrorFiles = (Bucket: string, client = new S3Client({})): ErrorFiles => ({
  async list(after) {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix: PREFIX, StartAfter: after === '' ? PREFIX : after }),
    );
    return { keys: (page.Contents ?? []).flatMap(({ Key }) => Key ?? []), more: page.IsTruncated === true };
  },
  async read(Key, from) {
    const Range = `bytes=${from}-${from + PIECE_BYTES - 1}`;
    try {
      const found = await objectAt(client, { Bucket, Key, Range });
      if (found === undefined) return undefined;
      const bytes = Buffer.from((await found.Body?.transformToByteArray()) ?? []);
      return piece(bytes, from, Number(found.ContentRange?.split('/')[1]));
    } catch (error) {
      // Nothing lies there: an empty file, or a place that a token made up.
      if ((error as Error).name === 'InvalidRange') return { lines: [], next: undefined };
      throw error;
    }
  },
  async remove(Key) {
    await client.send(new DeleteObjectCommand({ Bucket, Key }));
  },
});

/** Whole lines only; what begins at the end of the piece is read with the next one. */
function piece(bytes: Buffer, from: number, size: number): ErrorPiece {
  const isLast = from + bytes.length >= size;
  const end = isLast ? bytes.length : bytes.lastIndexOf(LINE_END) + 1;
  if (end === 0) throw new Error(`a line of an error file is longer than ${PIECE_BYTES} bytes`);
  const lines = bytes
    .toString('utf8', 0, end)
    .split('\n')
    .filter((line) => line !== '');
  return { lines, next: isLast ? undefined : from + end };
}
