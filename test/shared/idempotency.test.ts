import { randomUUID } from 'node:crypto';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { dynamoIdempotency } from '../../lambdas/shared/idempotency.aws.ts';
import type { Idempotency } from '../../lambdas/shared/idempotency.ts';
import { type DynamoDb, startDynamoDb } from '../support/dynamodb.ts';
import { dynamoAt } from '../support/tables.ts';

let dynamoDb: DynamoDb;
let store: Idempotency;

beforeAll(async () => {
  dynamoDb = await startDynamoDb();
  const client = dynamoAt(dynamoDb.url);
  await client.send(
    new CreateTableCommand({
      TableName: 'idempotency',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    }),
  );
  store = dynamoIdempotency('idempotency', client);
});

afterEach(() => {
  vi.useRealTimers();
});

afterAll(() => dynamoDb.close());

const request = (body: string, key = randomUUID(), deadline = Date.now() + 60_000) => ({
  key,
  body,
  deadline,
});

describe('a keyed request', () => {
  it('is worked on once; a repeat gets the first answer', async () => {
    const asked = request('{"a":1}');
    let runs = 0;
    const work = async () => ({ status: 201, body: { run: ++runs } });
    expect(await store.once(asked, work)).toEqual({ status: 201, body: { run: 1 } });
    expect(await store.once(asked, work)).toEqual({ status: 201, body: { run: 1 } });
    expect(runs).toBe(1);
  });

  it('gets the first answer as it was, whatever its members are called', async () => {
    const asked = request('{}');
    const answer = JSON.parse('{"defaults":{"constructor":"x","__proto__":"y","toString":"z"},"none":null}');
    const entriesOf = async () => Object.entries((await store.once(asked, async () => answer)).defaults);
    const expected = [
      ['constructor', 'x'],
      ['__proto__', 'y'],
      ['toString', 'z'],
    ];
    expect(await entriesOf()).toEqual(expected);
    expect(await entriesOf()).toEqual(expected);
  });

  it('is refused when the same key comes with another body', async () => {
    const asked = request('{"a":1}');
    await store.once(asked, async () => ({ status: 201 }));
    await expect(
      store.once({ ...asked, body: '{"a":2}' }, async () => ({ status: 201 })),
    ).rejects.toMatchObject({
      code: 'unprocessable',
      field: 'Idempotency-Key',
    });
  });

  it('is answered also when its answer is longer than can be kept, and worked on again when it is repeated', async () => {
    const asked = request('{}');
    for (const run of [1, 2]) {
      const answer = { body: { run, text: '가'.repeat(150_000) } };
      expect(await store.once(asked, async () => answer)).toEqual(answer);
    }
    const longest = { body: '가'.repeat(116_000) };
    expect(await store.once(asked, async () => longest)).toEqual(longest);
    expect(await store.once(asked, async () => ({ body: 'another' }))).toEqual(longest);
  });

  it('may be tried again when the work failed', async () => {
    const asked = request('{}');
    await expect(
      store.once(asked, async () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await store.once(asked, async () => ({ status: 201 }))).toEqual({ status: 201 });
  });

  it('is told to wait while the first still runs, and is free again once that one ran out of time', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const asked = request('{}', randomUUID(), Date.now() + 60_000);
    let finish = () => {};
    let begun = () => {};
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const first = store.once(
      asked,
      () =>
        new Promise<{ status: number }>((resolve) => {
          finish = () => resolve({ status: 201 });
          begun();
        }),
    );
    await running;
    await expect(store.once(asked, async () => ({ status: 201 }))).rejects.toMatchObject({
      code: 'conflict',
    });
    vi.setSystemTime(Date.now() + 61_000);
    expect(
      await store.once({ ...asked, deadline: Date.now() + 60_000 }, async () => ({ status: 202 })),
    ).toEqual({ status: 202 });
    finish();
    await first;
  });
});
