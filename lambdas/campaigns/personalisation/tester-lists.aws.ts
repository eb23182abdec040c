import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { TesterLists } from './ports.ts';

/** Under `segments/` of the work bucket, the one prefix that the engine's import may read; there they expire. */
export const s3TesterLists = (Bucket: string, client = new S3Client({})): TesterLists => ({
  async write(key, lines) {
    const prefix = `segments/tests/${key}/`;
    await client.send(
      new PutObjectCommand({
        Bucket,
        Key: `${prefix}list`,
        Body: lines,
        ContentType: 'application/x-ndjson',
      }),
    );
    return `s3://${Bucket}/${prefix}`;
  },
});
