import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { keysUnder, removeObjects, textAt } from '../../shared/objects.aws.ts';
import type { LakeFiles } from './ports.ts';

export function s3LakeFiles(Bucket: string, client = new S3Client({})): LakeFiles {
  return {
    url: (prefix) => `s3://${Bucket}/${prefix}`,
    list: (Prefix) => keysUnder(client, { Bucket, Prefix }),
    read: (Key) => textAt(client, { Bucket, Key }),
    async write(Key, Body) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json' }));
    },
    remove: (keys) => removeObjects(client, Bucket, keys),
    removeUnder: (Prefix) => removeObjects(client, Bucket, keysUnder(client, { Bucket, Prefix })),
  };
}
