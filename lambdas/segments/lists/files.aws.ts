import { S3Client } from '@aws-sdk/client-s3';
import { notFound } from '../../shared/errors.ts';
import { jsonAt, keysUnder, putJson, removeObjects } from '../../shared/objects.aws.ts';
import type { ListFiles } from './ports.ts';
import type { Row } from './read-upload.ts';

/** In the work bucket, where everything expires: `lists/<id>/parts/<part>.json`, `lists/<id>/unmatched/<5 digits>.json`. */
export const UPLOADS_PREFIX = 'lists/';

export function s3ListUploads(Bucket: string, client = new S3Client({})): ListFiles {
  const partKey = (list: string, part: string) => `${UPLOADS_PREFIX}${list}/parts/${part}.json`;
  const unmatchedKey = (list: string, file: number) =>
    `${UPLOADS_PREFIX}${list}/unmatched/${String(file).padStart(5, '0')}.json`;
  return {
    writePart: (list, part, rows) => putJson(client, { Bucket, Key: partKey(list, part) }, rows),
    async readPart(list, part) {
      const rows = await jsonAt<readonly Row[]>(client, { Bucket, Key: partKey(list, part) });
      if (rows === undefined) throw notFound('What was uploaded has expired; upload it again');
      return rows;
    },
    writeUnmatched: (list, file, rows) => putJson(client, { Bucket, Key: unmatchedKey(list, file) }, rows),
    readUnmatched: (list, file) => jsonAt(client, { Bucket, Key: unmatchedKey(list, file) }),
    async remove(list, what) {
      const Prefix = `${UPLOADS_PREFIX}${list}/${what === 'all' ? '' : 'parts/'}`;
      await removeObjects(client, Bucket, keysUnder(client, { Bucket, Prefix }));
    },
  };
}
