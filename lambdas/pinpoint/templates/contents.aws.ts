import { S3Client } from '@aws-sdk/client-s3';
import { jsonAt, putJson, removeObjects } from '../../shared/objects.aws.ts';
import type { TemplateContents } from './ports.ts';
import type { Content } from './template.ts';

/** Contents of templates in the engine's bucket, under `templates/`. */
export function s3TemplateContents(Bucket: string, client = new S3Client({})): TemplateContents {
  return {
    put: (Key, content) => putJson(client, { Bucket, Key }, content),
    get: (Key) => jsonAt<Content>(client, { Bucket, Key }),
    remove: (keys) => removeObjects(client, Bucket, keys),
  };
}
