import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { RunObjects } from './ports.ts';

/** JSON objects in one bucket. */
export function s3RunObjects(bucket: string, client = new S3Client({})): RunObjects {
  return {
    async put(key, object) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: JSON.stringify(object),
          ContentType: 'application/json',
        }),
      );
    },
    async get<T>(key: string) {
      try {
        const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return JSON.parse((await answer.Body?.transformToString()) ?? 'null') as T;
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
  };
}
