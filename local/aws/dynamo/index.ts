import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../clock.ts';
import { startChild } from './child-process.ts';
import { expire } from './expire.ts';
import { creationOf, difference, type TableProperties, tableOf } from './table.ts';

interface DynamoOptions {
  /** The tables live in `<dir>/dynamo`. */
  readonly dir: string;
  /** Resolved properties of AWS::DynamoDB::Table and AWS::DynamoDB::GlobalTable. */
  readonly tables: readonly unknown[];
  /** Decides what has expired; by default the machine's own time. */
  readonly clock?: Clock;
  /** How often expired rows are looked for, in ms of real time; 0 leaves it to `expire()`. */
  readonly expireEveryMs?: number;
}

export interface Dynamo {
  readonly url: string;
  /** Process id of the child that holds the tables. */
  readonly pid: number;
  /** Deletes rows whose time to live has passed; returns how many. */
  expire(): Promise<number>;
  close(): Promise<void>;
}

const clientOf = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: 'ap-northeast-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

async function described(client: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function ensure(client: DynamoDBClient, table: TableProperties, path: string): Promise<void> {
  let found = await described(client, table.TableName);
  if (!found) await client.send(new CreateTableCommand(creationOf(table)));
  while (found?.TableStatus !== 'ACTIVE') {
    await sleep(5);
    found = await described(client, table.TableName);
  }
  const differs = difference(table, found);
  if (differs)
    throw new Error(
      `Table ${table.TableName} has other keys or indexes than before: ${differs}. Remove ${path} to start anew`,
    );
}

/** DynamoDB on disk: every table of the template is ACTIVE when this resolves. */
export async function startDynamo(options: DynamoOptions): Promise<Dynamo> {
  const tables = options.tables.map(tableOf);
  const path = join(options.dir, 'dynamo');
  mkdirSync(path, { recursive: true });
  const child = await startChild(path);
  const client = clientOf(child.url);
  const clock = options.clock ?? { now: () => Date.now() };
  const close = async (): Promise<void> => {
    client.destroy();
    await child.stop();
  };
  try {
    for (const table of tables) await ensure(client, table, path);
  } catch (error) {
    await close();
    throw error;
  }
  let running: Promise<number> | undefined;
  const sweep = (): Promise<number> => {
    running ??= expire(client, tables, clock.now()).finally(() => {
      running = undefined;
    });
    return running;
  };
  const everyMs = options.expireEveryMs ?? 60_000;
  const timer =
    everyMs === 0
      ? undefined
      : setInterval(
          () => sweep().catch((error) => console.error('Expiring rows failed', error)),
          everyMs,
        ).unref();
  return {
    url: child.url,
    pid: child.pid,
    expire: sweep,
    async close() {
      clearInterval(timer);
      await running?.catch(() => undefined);
      await close();
    },
  };
}
