import { PutObjectCommand, type PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { textAt } from '../../shared/objects.aws.ts';
import { logger } from '../../shared/telemetry.ts';
import type { RunObjects } from './ports.ts';

/** What S3 says to a write that another one came before, or comes together with. */
const TAKEN = new Set(['PreconditionFailed', 'ConditionalRequestConflict']);

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
  const put = async (
    key: string,
    json: string | Uint8Array,
    conditions: Pick<PutObjectCommandInput, 'IfNoneMatch'> = {},
  ) => {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: json,
        ContentType: 'application/json',
        ...conditions,
      }),
    );
  };
  const objects: RunObjects = {
    putJson: (key, json) => put(key, json),
    async putOnce<T>(key: string, object: T) {
      try {
        await put(key, JSON.stringify(object), { IfNoneMatch: '*' });
        return object;
      } catch (error) {
        if (!TAKEN.has((error as Error).name)) throw error;
        const there = await objects.get<T>(key);
        // Somebody else is just writing it: the next attempt finds it.
        if (there === undefined) throw error;
        return there;
      }
    },
    async get<T>(key: string) {
      const text = await textAt(client, { Bucket: bucket, Key: key });
      return text === undefined ? undefined : parsed<T>(key, text);
    },
  };
  return objects;
}
