import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { inParallel } from '../../shared/parallel.ts';
import type { TemplateContents } from './ports.ts';
import type { Content } from './template.ts';

const AT_ONCE = 8;

/** Contents of templates in the engine's bucket, under `templates/`. */
export function s3TemplateContents(Bucket: string, client = new S3Client({})): TemplateContents {
  return {
    async put(Key, content) {
      const Body = JSON.stringify(content);
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json' }));
    },
    async get(Key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return JSON.parse((await Body?.transformToString()) ?? '{}') as Content;
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async remove(keys) {
      await inParallel(keys, AT_ONCE, (Key) => client.send(new DeleteObjectCommand({ Bucket, Key })));
    },
  };
}
