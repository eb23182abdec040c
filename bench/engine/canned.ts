import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Counts } from './counts.ts';

export interface Canned {
  /** The environment in which every SDK client finds the stand-ins. */
  readonly env: Readonly<Record<string, string>>;
  counts(): Promise<Counts>;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Member state, which the events' consumer writes. */
export const STATE_TABLE = 'member-state';

const key = (...names: string[]) => ({
  AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
  KeySchema: names.map((AttributeName, index) => ({
    AttributeName,
    KeyType: index === 0 ? ('HASH' as const) : ('RANGE' as const),
  })),
  BillingMode: 'PAY_PER_REQUEST' as const,
});

/** Starts the stand-ins (canned-server.ts) in a child process, with the tables that benches write to. */
export async function startCanned(): Promise<Canned> {
  const child = fork(fileURLToPath(new URL('canned-server.ts', import.meta.url)), [], {
    execArgv: ['--import', 'tsx'],
  });
  const [{ port, streamPort }] = (await once(child, 'message')) as [{ port: number; streamPort: number }];
  const url = `http://127.0.0.1:${port}`;
  const env = {
    AWS_REGION: 'ap-northeast-2',
    AWS_ACCESS_KEY_ID: 'AKIAREPOINTBENCH0000',
    AWS_SECRET_ACCESS_KEY: 'bench-secret',
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_KINESIS: `http://127.0.0.1:${streamPort}`,
    AWS_MAX_ATTEMPTS: '1',
    CANNED_URL: url,
  };
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY };
  const client = new DynamoDBClient({ endpoint: url, region: env.AWS_REGION, credentials });
  for (const TableName of ['registry', 'runs'])
    await client.send(new CreateTableCommand({ TableName, ...key('pk', 'sk') }));
  await client.send(new CreateTableCommand({ TableName: STATE_TABLE, ...key('pk') }));
  client.destroy();
  const asked = async (path: string) => (await fetch(`${url}/canned/${path}`)).json();
  return {
    env,
    counts: async () => (await asked('counts')) as Counts,
    reset: async () => void (await asked('reset')),
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
