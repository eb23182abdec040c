import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { s3ListFiles } from './list-files.aws.ts';
import type { ListStore } from './ports.ts';

/** Lines are counted in bytes: text line readers would also break at U+2028, which JSON leaves as it is. */
const NEW_LINE = 0x0a;

/** Lists under `segments/` of the work bucket. */
export function s3Lists(Bucket: string, client = new S3Client({})): ListStore {
  const lists = s3ListFiles(client);
  const url = (prefix: string): string => `s3://${Bucket}/${prefix}`;
  return {
    url,
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
      for (const file of await lists.files(url(prefix))) count += await linesOf(lists.read(file));
      return count;
    },
  };
}

async function linesOf(text: AsyncIterable<Uint8Array>): Promise<number> {
  let count = 0;
  let last = NEW_LINE;
  for await (const piece of text) {
    for (const byte of piece) if (byte === NEW_LINE) count++;
    last = piece.at(-1) ?? last;
  }
  return last === NEW_LINE ? count : count + 1;
}
