import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dynamo, startDynamo } from '../../../local/aws/dynamo/index.ts';

const TABLE = {
  TableName: 'repoint-local-runs',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: ['pk', 'sk', 'dueShard', 'dueAt'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'due',
      KeySchema: [
        { AttributeName: 'dueShard', KeyType: 'HASH' },
        { AttributeName: 'dueAt', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  BillingMode: 'PAY_PER_REQUEST',
  Replicas: [{ Region: 'ap-northeast-2' }],
};
const TableName = TABLE.TableName;
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const clientOf = ({ url }: { url: string }) => new DynamoDBClient({ endpoint: url, credentials });

const dir = mkdtempSync(join(tmpdir(), 'dynamo-'));
let nowMs = Date.parse('2026-11-21T00:00:00.000Z');
const options = { dir, tables: [TABLE], clock: { now: () => nowMs }, expireEveryMs: 0 };
let dynamo: Dynamo;
/** Process id of the child whose parent was killed. */
let orphan: number;

/** A system that is killed as soon as 25 rows are acknowledged; the tests run on what it leaves. */
beforeAll(async () => {
  orphan = await writeAndDie();
  dynamo = await startDynamo(options);
});
afterAll(async () => {
  await dynamo.close();
  rmSync(dir, { recursive: true });
});

const put = (pk: string, sk = 'a', more = {}) =>
  new PutItemCommand({ TableName, Item: { pk: { S: pk }, sk: { S: sk }, ...more } });
const get = async (pk: string, sk = 'a') =>
  (await clientOf(dynamo).send(new GetItemCommand({ TableName, Key: { pk: { S: pk }, sk: { S: sk } } })))
    .Item;

describe('the local DynamoDB', () => {
  test('tables are usable at once, their indexes sparse and ordered', async () => {
    const client = clientOf(dynamo);
    for (const at of ['2026-02-01', '2026-01-01'])
      await client.send(put('campaign', at, { dueShard: { S: '7' }, dueAt: { S: at } }));
    await client.send(put('campaign', 'resting'));
    const { Items } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'due',
        KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
        ExpressionAttributeValues: { ':shard': { S: '7' }, ':now': { S: '2026-03-01' } },
      }),
    );
    expect(Items?.map(({ sk }) => sk?.S)).toEqual(['2026-01-01', '2026-02-01']);
  });

  test('a failed condition hands back the row that stood in the way', async () => {
    const client = clientOf(dynamo);
    await client.send(put('claim', 'a', { owner: { S: 'first' } }));
    const second = new PutItemCommand({
      ...put('claim', 'a', { owner: { S: 'second' } }).input,
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    const failure = await client.send(second).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConditionalCheckFailedException);
    expect((failure as ConditionalCheckFailedException).Item?.['owner']?.S).toBe('first');
  });

  test('a scan may ask for rows as they were last written', async () => {
    const client = clientOf(dynamo);
    await client.send(put('scanned'));
    const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
    expect(Items.map((item) => item['pk']?.S)).toContain('scanned');
  });

  test('a parameter it does not know is refused, not ignored', async () => {
    const odd = { ...put('odd').input, Colour: 'red' };
    const response = await fetch(dynamo.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.PutItem',
        'x-amz-date': '20261121T000000Z',
        authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=x',
      },
      body: JSON.stringify(odd),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Colour');
  });

  test('rows go when their time to live has passed, and no others', async () => {
    const client = clientOf(dynamo);
    const nowSeconds = Math.floor(nowMs / 1000);
    await client.send(put('soon', 'a', { expiresAt: { N: String(nowSeconds + 60) } }));
    await client.send(put('later', 'a', { expiresAt: { N: String(nowSeconds + 7200) } }));
    await client.send(put('forever'));
    expect(await dynamo.expire()).toBe(0);
    nowMs += 3_600_000;
    expect(await dynamo.expire()).toBe(1);
    expect(await get('soon')).toBeUndefined();
    expect(await get('later')).toBeDefined();
    expect(await get('forever')).toBeDefined();
  });

  test('rows survive a restart; a table whose keys changed is refused with what to do', async () => {
    await clientOf(dynamo).send(put('kept'));
    await dynamo.close();
    const changed = { ...TABLE, GlobalSecondaryIndexes: [] };
    await expect(startDynamo({ ...options, tables: [changed] })).rejects.toThrow(
      /other keys or indexes.*Remove/,
    );
    dynamo = await startDynamo(options);
    expect(await get('kept')).toBeDefined();
  });

  test('a table with something the stand-in lacks is refused', async () => {
    const streaming = { ...TABLE, StreamSpecification: { StreamViewType: 'NEW_IMAGE' } };
    await expect(startDynamo({ ...options, dir: join(dir, 'never'), tables: [streaming] })).rejects.toThrow(
      /StreamSpecification/,
    );
  });
});

async function writeAndDie(): Promise<number> {
  const script = `
    import { startDynamo } from ${JSON.stringify(new URL('../../../local/aws/dynamo/index.ts', import.meta.url).href)};
    const { url, pid } = await startDynamo({ dir: ${JSON.stringify(dir)}, tables: [${JSON.stringify(TABLE)}] });
    console.log(JSON.stringify({ url, pid }));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const { url, pid } = JSON.parse(String(line)) as { url: string; pid: number };
  const rows = Array.from({ length: 25 }, (_, index) => ({
    PutRequest: { Item: { pk: { S: 'batch' }, sk: { S: String(index).padStart(2, '0') } } },
  }));
  await clientOf({ url }).send(new BatchWriteItemCommand({ RequestItems: { [TableName]: rows } }));
  parent.kill('SIGKILL');
  return pid;
}

describe('when the system is killed', () => {
  test('the child ends, and what was acknowledged is there at the next start', async () => {
    const { Count } = await clientOf(dynamo).send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'batch' } },
      }),
    );
    expect(Count).toBe(25);
    const isAlive = (): boolean => {
      try {
        return process.kill(orphan, 0);
      } catch {
        return false;
      }
    };
    for (let tries = 0; tries < 600 && isAlive(); tries++) await sleep(100);
    expect(isAlive()).toBe(false);
  });
});
