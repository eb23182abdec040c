import {
  DeleteObjectsCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { notFound } from '../../shared/errors.ts';
import type { ListFiles } from './ports.ts';

/** In the work bucket, where everything expires: `lists/<id>/parts/<part>.json`, `lists/<id>/unmatched/<5 digits>.json`. */
export const UPLOADS_PREFIX = 'lists/';

export function s3ListUploads(Bucket: string, client = new S3Client({})): ListFiles {
  const partKey = (list: string, part: string) => `${UPLOADS_PREFIX}${list}/parts/${part}.json`;
  const unmatchedKey = (list: string, file: number) =>
    `${UPLOADS_PREFIX}${list}/unmatched/${String(file).padStart(5, '0')}.json`;
  const write = async (Key: string, rows: unknown): Promise<void> => {
    await client.send(
      new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(rows), ContentType: 'application/json' }),
    );
  };
  const read = async <Rows>(Key: string): Promise<Rows | undefined> => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return JSON.parse((await Body?.transformToString('utf8')) ?? '[]') as Rows;
    } catch (cause) {
      if (cause instanceof NoSuchKey) return undefined;
      throw cause;
    }
  };
  return {
    writePart: (list, part, rows) => write(partKey(list, part), rows),
    async readPart(list, part) {
      const rows = await read<Awaited<ReturnType<ListFiles['readPart']>>>(partKey(list, part));
      if (rows === undefined) throw notFound('What was uploaded has expired; upload it again');
      return rows;
    },
    writeUnmatched: (list, file, rows) => write(unmatchedKey(list, file), rows),
    readUnmatched: (list, file) => read(unmatchedKey(list, file)),
    async remove(list, what) {
      const Prefix = `${UPLOADS_PREFIX}${list}/${what === 'all' ? '' : 'parts/'}`;
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
        const Objects = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
        if (Objects.length > 0)
          await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
      }
    },
  };
}
