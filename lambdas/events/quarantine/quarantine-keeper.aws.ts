import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PutObjectCommand, type PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { wellFormedJson } from '../../shared/well-formed.ts';
import { keyOf } from './place.ts';
import type { QuarantineKeeper } from './ports.ts';
import type { QuarantinedEvent } from './quarantined-event.ts';

const zipped = promisify(gzip);

/** Whoever sent the events waits, and the good ones among them are in the stream already. */
const SOON = { maxAttempts: 2, requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000 } };

/** Quarantine under its folder of the lake, which S3 encrypts and empties by rule (lib/events/quarantine-store.ts). */
export function s3QuarantineKeeper(bucket: string, given?: S3Client): QuarantineKeeper {
  // Made when it is needed: a function that starts has better things to do.
  let client = given;
  return {
    async keep(object, events) {
      client ??= new S3Client(SOON);
      await putEvents(client, bucket, object, events);
    },
  };
}

/** One JSON line an event, as Athena reads them. */
export async function putEvents(
  client: S3Client,
  Bucket: string,
  object: string,
  events: readonly QuarantinedEvent[],
  more: Partial<PutObjectCommandInput> = {},
): Promise<void> {
  const Body = await zipped(events.map((event) => `${wellFormedJson(JSON.stringify(event))}\n`).join(''));
  await client.send(
    new PutObjectCommand({
      Bucket,
      Key: keyOf(object),
      Body,
      ContentType: 'application/gzip',
      ...more,
    }),
  );
}
