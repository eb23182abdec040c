import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DottedValues, EndpointReader, UserEndpoint, UserWithEndpoints } from '../ports.ts';
import { batchGet, type Item } from './batch-get.aws.ts';
import { USER_ATTRIBUTES } from './dotted.ts';
import { endpointKey, userKey } from './keys.ts';
import type { UserEntry } from './ports.ts';

/**
 * The user's endpoints lie in one map attribute, so that a read can be projected to it and the few attributes a
 * message names: reading whole rows costs three to four times the CPU per row.
 */
export const ENDPOINTS = 'Endpoints';

const userEndpoint = ([id, entry]: [string, UserEntry]): UserEndpoint => ({
  id,
  channel: entry.c,
  address: entry.a,
  status: entry.s,
  optOut: entry.o,
});

/** A row's values without its key and its map of endpoints. */
export function valuesOf({ pk: _pk, [ENDPOINTS]: _endpoints, ...values }: Item): DottedValues {
  return values as DottedValues;
}

/** Reads for delivery: eventually consistent, projected. */
export function dynamoEndpointReader(table: string, client: DynamoDBDocumentClient): EndpointReader {
  return {
    async users(appId, userIds, names) {
      const prefix = userKey(appId, '');
      const wanted = names?.filter((name) => name.startsWith(USER_ATTRIBUTES));
      const items = await batchGet(
        client,
        table,
        userIds.map((id) => prefix + id),
        wanted ? { names: [ENDPOINTS, ...wanted] } : {},
      );
      return new Map(
        items.map((item): [string, UserWithEndpoints] => [
          String(item['pk']).slice(prefix.length),
          {
            values: valuesOf(item),
            endpoints: Object.entries((item[ENDPOINTS] ?? {}) as Record<string, UserEntry>).map(userEndpoint),
          },
        ]),
      );
    },
    async endpoints(appId, endpointIds, names) {
      const prefix = endpointKey(appId, '');
      const items = await batchGet(
        client,
        table,
        endpointIds.map((id) => prefix + id),
        names ? { names } : {},
      );
      return new Map(items.map((item) => [String(item['pk']).slice(prefix.length), valuesOf(item)]));
    },
  };
}
