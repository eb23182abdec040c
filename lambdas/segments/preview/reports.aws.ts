import { S3Client } from '@aws-sdk/client-s3';
import { jsonAt, putJson } from '../../shared/objects.aws.ts';
import type { PreviewReport, PreviewReports } from './ports.ts';

const PREFIX = 'previews/';

/** Reports under `previews/` of the work bucket. */
export function s3PreviewReports(Bucket: string, client = new S3Client({})): PreviewReports {
  const keyOf = (id: string): string => `${PREFIX}${encodeURIComponent(id)}.json`;
  return {
    put: (id, report) => putJson(client, { Bucket, Key: keyOf(id) }, report),
    get: (id) => jsonAt<PreviewReport>(client, { Bucket, Key: keyOf(id) }),
  };
}
