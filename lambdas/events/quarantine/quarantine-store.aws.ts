import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { objectAt } from '../../shared/objects.aws.ts';
import { dayPrefix, keyAfter, keyOf, objectOfKey } from './place.ts';
import type { QuarantineStore } from './ports.ts';
import { putEvents } from './quarantine-keeper.aws.ts';
import type { QuarantinedEvent } from './quarantined-event.ts';

const unzipped = promisify(gunzip);

/** What S3 says when an object is no longer the one that was read. */
const CHANGED = new Set(['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey']);

/** What lies in quarantine, in the lake's bucket. */
export const s3Quarantine = (Bucket: string, client = new S3Client({})): QuarantineStore => ({
  async list(day, after) {
    const Prefix = dayPrefix(day);
    const page = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix, StartAfter: keyAfter(day, after) }),
    );
    return {
      objects: (page.Contents ?? []).flatMap(({ Key = '' }) => objectOfKey(Key) ?? []),
      more: page.IsTruncated === true,
    };
  },
  async read(object) {
    const found = await objectAt(client, { Bucket, Key: keyOf(object) });
    if (found === undefined) return undefined;
    const text = await unzipped((await found.Body?.transformToByteArray()) ?? '');
    return { object, version: found.ETag ?? '', events: linesOf(text.toString('utf8')) };
  },
  async replace({ object, version, events }, days) {
    // Writing it makes the object new; by the tag it expires when it would have expired.
    const more = { IfMatch: version, Tagging: `days=${days}` };
    try {
      await putEvents(client, Bucket, object, events, more);
      return true;
    } catch (error) {
      if (CHANGED.has((error as Error).name)) return false;
      throw error;
    }
  },
  async remove(object) {
    await client.send(new DeleteObjectCommand({ Bucket, Key: keyOf(object) }));
  },
});

const linesOf = (text: string): QuarantinedEvent[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as QuarantinedEvent]));
