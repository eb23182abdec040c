import { PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { objectAt } from '../../shared/objects.aws.ts';
import type { Compaction } from './partition.ts';
import type { CompactionStore } from './ports.ts';

/** Somebody else wrote first: 412, or 409 when both wrote at once. */
const LOST = new Set([409, 412]);

export function s3Compactions(Bucket: string, client = new S3Client({})): CompactionStore {
  return {
    async read({ lines: Key }) {
      const found = await objectAt(client, { Bucket, Key });
      const text = (await found?.Body?.transformToString()) ?? '';
      const lines = text.split('\n').filter((line) => line !== '');
      return { lines: lines.map((line) => JSON.parse(line) as Compaction), revision: found?.ETag };
    },
    async replace({ lines: Key }, { revision }, lines) {
      try {
        await client.send(
          new PutObjectCommand({
            Bucket,
            Key,
            Body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
            ContentType: 'application/x-ndjson',
            ...(revision === undefined ? { IfNoneMatch: '*' } : { IfMatch: revision }),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof S3ServiceException && LOST.has(error.$metadata.httpStatusCode ?? 0))
          return false;
        throw error;
      }
    },
  };
}
