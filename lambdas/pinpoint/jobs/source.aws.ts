import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ImportFailure } from './failure.ts';
import type { ImportDefinition } from './job.ts';
import type { OpenSource } from './ports.ts';

const THROTTLED = /Throttl|SlowDown|TooManyRequests|RequestTimeout/;

/** A refusal of S3 or STS that another try would meet again; anything else is thrown as it is. */
async function refusals<Answer>(what: string, ask: Promise<Answer>): Promise<Answer> {
  try {
    return await ask;
  } catch (cause) {
    const { name, message, $fault } = cause as Error & { $fault?: string };
    if ($fault !== 'client' || THROTTLED.test(name)) throw cause;
    throw new ImportFailure(`${what}: ${name}: ${message}`, { cause });
  }
}

async function assumed({ roleArn, externalId }: ImportDefinition, sts: STSClient) {
  const command = new AssumeRoleCommand({
    RoleArn: roleArn,
    RoleSessionName: 'repoint-import',
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
  });
  const { Credentials } = await refusals(`The engine could not assume ${roleArn}`, sts.send(command));
  if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey) {
    throw new ImportFailure(`STS gave no credentials for ${roleArn}`);
  }
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    ...(Credentials.SessionToken === undefined ? {} : { sessionToken: Credentials.SessionToken }),
  };
}

/** Objects of S3, read with the role that the job names; `clientOf` makes the S3 client of some credentials. */
export const s3Source =
  (
    sts = new STSClient({}),
    clientOf: (credentials: Awaited<ReturnType<typeof assumed>>) => S3Client = (credentials) =>
      new S3Client({ credentials, followRegionRedirects: true }),
  ): OpenSource =>
  async (definition) => {
    const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(definition.s3Url) ?? [];
    const client = clientOf(await assumed(definition, sts));
    return {
      async keys() {
        const keys: string[] = [];
        const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
        await refusals(`S3 refused to list ${definition.s3Url}`, collect(pages, keys));
        // Keys begin with the URL's key: one that is equal to it is the object that was meant.
        return keys.includes(prefix) ? [prefix] : keys;
      },
      async open(key) {
        const get = client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        const { Body } = await refusals(`S3 refused to read s3://${bucket}/${key}`, get);
        if (!Body) throw new Error(`S3 answered without a body for s3://${bucket}/${key}`);
        return Body as AsyncIterable<Uint8Array>;
      },
    };
  };

/** Empty objects are folder marks of consoles. */
async function collect(pages: ReturnType<typeof paginateListObjectsV2>, into: string[]): Promise<void> {
  for await (const { Contents = [] } of pages) {
    for (const { Key, Size } of Contents) if (Key && !Key.endsWith('/') && Size !== 0) into.push(Key);
  }
}
