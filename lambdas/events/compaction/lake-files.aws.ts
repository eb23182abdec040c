import {
  DeleteObjectsCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import type { LakeFiles } from './ports.ts';

/** S3 removes so many a call. */
const MOST = 1000;

export function s3LakeFiles(Bucket: string, client = new S3Client({})): LakeFiles {
  return {
    url: (prefix) => `s3://${Bucket}/${prefix}`,
    async *list(Prefix) {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix }))
        for (const { Key } of Contents) if (Key) yield Key;
    },
    async read(Key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return await Body?.transformToString();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async write(Key, Body) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json' }));
    },
    async remove(keys) {
      for (let at = 0; at < keys.length; at += MOST) {
        const Objects = keys.slice(at, at + MOST).map((Key) => ({ Key }));
        const { Errors = [] } = await client.send(
          new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
        );
        if (Errors.length > 0)
          throw new Error(`S3 did not remove ${Errors.length} files: ${Errors[0]?.Message}`);
      }
    },
  };
}
