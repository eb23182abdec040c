import { setTimeout as sleep } from 'node:timers/promises';
import { type AttributeValue, BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { inChunks } from '../../shared/chunks.ts';
import { plainClientOf } from '../../shared/dynamodb.aws.ts';
import { inParallel } from '../../shared/parallel.ts';

/** A BatchGetItem takes 100 keys; a few at a time keep the connection busy without being throttled. */
const BATCH = 100;
const PARALLEL = 8;
const BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 2_000;

export type Item = Readonly<Record<string, unknown>>;

/** Names with dots or reserved words go through placeholders. */
export function projectionOf(names: readonly string[]) {
  return {
    ProjectionExpression: names.map((_, index) => `#p${index}`).join(','),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#p${index}`, name])),
  };
}

type Key = Record<string, AttributeValue>;

const keyOf = (pk: string, sk: string | undefined): Key =>
  sk === undefined ? { pk: { S: pk } } : { pk: { S: pk }, sk: { S: sk } };

const OWN = { configurable: true, enumerable: true, writable: true };

/**
 * A row's values. This is most of what delivery reads, so it does without the document client, whose conversion costs as
 * much as the call; of DynamoDB's types it knows those that the engine writes.
 */
function itemOf(row: Readonly<Record<string, AttributeValue>>): Item {
  const item: Record<string, unknown> = {};
  for (const name in row) {
    // Names of a map are ids that clients choose, and this one means something else.
    if (name === '__proto__') Object.defineProperty(item, name, { ...OWN, value: plainOf(row[name]) });
    else item[name] = plainOf(row[name]);
  }
  return item;
}

function plainOf(value: AttributeValue | undefined): unknown {
  if (value === undefined) return undefined;
  if (value.S !== undefined) return value.S;
  if (value.L !== undefined) return value.L.map(plainOf);
  if (value.N !== undefined) return Number(value.N);
  if (value.M !== undefined) return itemOf(value.M);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  throw new Error(`No row of the engine holds an attribute of the type ${Object.keys(value).join(', ')}`);
}

/**
 * Reads rows by their `pk`, and by `sk` in a table that has one; only `names` of them, when given (`pk` always).
 * Unprocessed keys are asked again with full jitter until they are all there. Order is not kept, missing rows are absent.
 */
export async function batchGet(
  client: DynamoDBDocumentClient,
  table: string,
  keys: Iterable<string>,
  { names, consistent = false, sk }: { names?: readonly string[]; consistent?: boolean; sk?: string } = {},
): Promise<Item[]> {
  const plain = plainClientOf(client);
  const unique = [...new Set(keys)];
  const batches = inChunks(unique, BATCH).map((batch) => batch.map((pk) => keyOf(pk, sk)));
  const read = names === undefined ? {} : projectionOf(['pk', ...new Set(names)]);
  const results = await inParallel(batches, PARALLEL, async (batch) => {
    const items: Item[] = [];
    let Keys: Key[] = batch;
    for (let attempt = 0; Keys.length > 0; attempt++) {
      if (attempt > 0) {
        await sleep(Math.random() * Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** attempt));
      }
      const answer = await plain.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: consistent, ...read } } }),
      );
      for (const row of answer.Responses?.[table] ?? []) items.push(itemOf(row));
      Keys = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    }
    return items;
  });
  return results.flat();
}
