import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
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
  const unique = [...new Set(keys)];
  const batches = Array.from({ length: Math.ceil(unique.length / BATCH) }, (_, index) =>
    unique.slice(index * BATCH, (index + 1) * BATCH).map((pk) => (sk === undefined ? { pk } : { pk, sk })),
  );
  const read = names === undefined ? {} : projectionOf(['pk', ...new Set(names)]);
  const results = await inParallel(batches, PARALLEL, async (batch) => {
    const items: Item[] = [];
    let Keys: Record<string, unknown>[] = batch;
    for (let attempt = 0; Keys.length > 0; attempt++) {
      if (attempt > 0) {
        await sleep(Math.random() * Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** attempt));
      }
      const answer = await client.send(
        new BatchGetCommand({ RequestItems: { [table]: { Keys, ConsistentRead: consistent, ...read } } }),
      );
      items.push(...(answer.Responses?.[table] ?? []));
      Keys = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    }
    return items;
  });
  return results.flat();
}
