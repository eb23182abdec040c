import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { jsonAt } from '../../shared/objects.aws.ts';
import type { PreviewReport, PreviewReports } from './ports.ts';

const PREFIX = 'previews/';

/** Reports under `previews/` of the work bucket. */
export function s3PreviewReports(Bucket: string, client = new S3Client({})): PreviewReports {
  const keyOf = (id: string): string => `${PREFIX}${encodeURIComponent(id)}.json`;
  return {
    async put(id, report) {
      const Body = JSON.stringify(report);
      await client.send(
        new PutObjectCommand({ Bucket, Key: keyOf(id), Body, ContentType: 'application/json' }),
      );
    },
    get: (id) => jsonAt<PreviewReport>(client, { Bucket, Key: keyOf(id) }),
  };
}
