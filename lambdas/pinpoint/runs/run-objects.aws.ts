import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { logger } from '../../shared/telemetry.ts';
import type { RunObjects } from './ports.ts';

/** What cannot be read today cannot be read tomorrow: it is as good as gone. */
function parsed<T>(key: string, text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    logger.error('object of a run is no JSON', { error: error as Error, key });
    return undefined;
  }
}

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
        return parsed<T>(key, (await answer.Body?.transformToString()) ?? '');
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
  };
}
