/**
 * Endpoints straight into the local system's table, in batches: registering them one by one writes four rows each and
 * would take longer than the bench. The rows are those of the engine's own update of an endpoint it has never seen.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EndpointRequest } from '@aws-sdk/client-pinpoint';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { cohortOf } from '../../lambdas/pinpoint/endpoints/cohort.ts';
import { flatten } from '../../lambdas/pinpoint/endpoints/dotted.ts';
import { ENDPOINTS } from '../../lambdas/pinpoint/endpoints/endpoint-reader.aws.ts';
import { endpointKey, userKey } from '../../lambdas/pinpoint/endpoints/keys.ts';
import { entryOf } from '../../lambdas/pinpoint/endpoints/merge.ts';
import { afterOf, updateOf } from '../../lambdas/pinpoint/endpoints/snapshot.ts';
import { documentClient } from '../../lambdas/shared/dynamodb.aws.ts';
import { inParallel } from '../../lambdas/shared/parallel.ts';
import type { SystemFacts } from '../../local/system-facts.ts';

const BATCH = 25;
const PARALLEL = 8;

export interface NewEndpoint {
  readonly id: string;
  readonly request: EndpointRequest;
}

/** The rows of a new endpoint and its new user. The row of its address is left out: only another update would read it. */
function rowsOf(appId: string, { id, request }: NewEndpoint, now: number): Record<string, unknown>[] {
  const moment = { now, requestId: 'bench', cohortId: cohortOf(appId)(id) };
  const update = updateOf(id, flatten(request), undefined, moment);
  const after = afterOf(undefined, update);
  const endpoint = { pk: endpointKey(appId, id), ...after };
  if (update.userId === undefined) return [endpoint];
  const pk = userKey(appId, update.userId);
  return [endpoint, { pk, ...update.userChange.set, [ENDPOINTS]: { [id]: entryOf(after) } }];
}

export async function loadEndpoints(
  { aws, engine, names }: SystemFacts,
  appId: string,
  endpoints: readonly NewEndpoint[],
): Promise<void> {
  const table = names['table:pinpoint-endpoints'] ?? '';
  const { region, accessKeyId, secretAccessKey } = engine;
  const credentials = { accessKeyId, secretAccessKey };
  const low = new DynamoDBClient({ endpoint: aws['dynamodb'] ?? '', region, credentials });
  const client = documentClient(low);
  const rows = endpoints.flatMap((endpoint) => rowsOf(appId, endpoint, Date.now()));
  const batches = Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, index) =>
    rows.slice(index * BATCH, (index + 1) * BATCH).map((Item) => ({ PutRequest: { Item } })),
  );
  await inParallel(batches, PARALLEL, async (batch) => {
    const answer = await client.send(new BatchWriteCommand({ RequestItems: { [table]: batch } }));
    const left = answer.UnprocessedItems ?? {};
    if (Object.keys(left).length > 0)
      throw new Error(`${table} did not take ${JSON.stringify(left).slice(0, 200)}`);
  });
  low.destroy();
}
