import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { startS3 } from '../../../local/aws/s3/index.ts';
import { startSts } from '../../../local/aws/sts/index.ts';

export interface Files {
  readonly s3: S3Client;
  readonly sts: STSClient;
  readonly engineBucket: string;
  readonly sourceBucket: string;
  /** Puts an object where import jobs read. */
  readonly put: (key: string, body: string | Uint8Array) => Promise<void>;
  /** Keys in the engine's bucket. */
  readonly engineKeys: (prefix: string) => Promise<string[]>;
  readonly close: () => Promise<void>;
}

/** The engine's bucket, a bucket of lists, and the STS that lends a role. */
export async function startFiles(): Promise<Files> {
  const dir = mkdtempSync(join(tmpdir(), 'repoint-lists-'));
  const [engineBucket, sourceBucket] = ['engine', 'lists'];
  const [s3Server, stsServer] = [
    await startS3({ dir, buckets: [engineBucket, sourceBucket] }),
    await startSts(),
  ];
  const common = { region: 'ap-northeast-2', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const s3 = new S3Client({ ...common, endpoint: s3Server.url, forcePathStyle: true });
  const sts = new STSClient({ ...common, endpoint: stsServer.url });
  return {
    s3,
    sts,
    engineBucket,
    sourceBucket,
    put: async (Key, Body) => void (await s3.send(new PutObjectCommand({ Bucket: sourceBucket, Key, Body }))),
    engineKeys: async (Prefix) => {
      const listed = await s3.send(new ListObjectsV2Command({ Bucket: engineBucket, Prefix }));
      return (listed.Contents ?? []).flatMap(({ Key }) => Key ?? []);
    },
    close: async () => {
      s3.destroy();
      sts.destroy();
      await Promise.all([s3Server.close(), stsServer.close()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
