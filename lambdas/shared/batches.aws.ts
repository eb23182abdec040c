import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetCommand, BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { inChunks } from './chunks.ts';
import { RepointError } from './errors.ts';
import { inParallel } from './parallel.ts';

/** BatchGetItem takes 100 keys, BatchWriteItem 25 writes. */
const GETS = 100;
const WRITES = 25;
const CALLS_IN_FLIGHT = 4;
const ATTEMPTS = 8;

export type Item = Record<string, unknown>;

export interface Read {
  /** Attributes to read beside `pk`; all when left out. */
  readonly names?: readonly string[];
  /** False: what was written a moment ago may not show yet, at half the price. */
  readonly consistent?: boolean;
}

/** The items under the given keys (`pk`), as last written; keys without an item are left out. Keys are distinct. */
export async function getItems(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly string[],
  { names, consistent: ConsistentRead = true }: Read = {},
): Promise<Item[]> {
  const projection = names === undefined ? {} : projectionOf(['pk', ...names]);
  const calls = inChunks(keys, GETS);
  const pages = await inParallel(calls, CALLS_IN_FLIGHT, async (call) => {
    const items: Item[] = [];
    await untilNothingIsLeft(
      table,
      call.map((pk) => ({ pk })),
      async (left) => {
        const answer = await client.send(
          new BatchGetCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead, ...projection } } }),
        );
        items.push(...(answer.Responses?.[table] ?? []));
        return (answer.UnprocessedKeys?.[table]?.Keys ?? []) as typeof left;
      },
    );
    return items;
  });
  return pages.flat();
}

/** Names may be words that DynamoDB keeps for itself. */
const projectionOf = (names: readonly string[]) => ({
  ProjectionExpression: names.map((_, index) => `#p${index}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#p${index}`, name])),
});

export type Write = { readonly PutRequest: { Item: Item } } | { readonly DeleteRequest: { Key: Item } };

/** Writes and removes items unconditionally; their keys are distinct. */
export async function writeItems(
  client: DynamoDBDocumentClient,
  table: string,
  writes: readonly Write[],
): Promise<void> {
  await inParallel(inChunks(writes, WRITES), CALLS_IN_FLIGHT, (call) =>
    untilNothingIsLeft(table, call, async (left) => {
      const answer = await client.send(new BatchWriteCommand({ RequestItems: { [table]: left } }));
      return (answer.UnprocessedItems?.[table] ?? []) as Write[];
    }),
  );
}

/** Writes items unconditionally; their keys are distinct. */
export const putItems = (
  client: DynamoDBDocumentClient,
  table: string,
  items: readonly Item[],
): Promise<void> =>
  writeItems(
    client,
    table,
    items.map((Item) => ({ PutRequest: { Item } })),
  );

/** DynamoDB hands back what it was too busy for; that is tried again with full jitter. */
async function untilNothingIsLeft<Asked>(
  table: string,
  all: readonly Asked[],
  call: (left: Asked[]) => Promise<Asked[]>,
): Promise<void> {
  let left = [...all];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await sleep(Math.random() * 25 * 2 ** attempt);
    left = await call(left);
    if (left.length === 0) return;
  }
  throw new RepointError('unavailable', `The table ${table} is busy; try again`);
}
