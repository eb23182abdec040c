import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unlessRefused } from '../../shared/dynamodb.aws.ts';
import { batchGet } from './batch-get.aws.ts';
import type { Dotted } from './dotted.ts';
import { ENDPOINTS, valuesOf } from './endpoint-reader.aws.ts';
import { addressKey, endpointKey, userKey } from './keys.ts';
import type { AddressKey, Change, EndpointRows, RowsOf, UserEntry, UserRow } from './ports.ts';
import { UpdateBuilder } from './update-builder.ts';

/** Endpoints a user may have (pinpoint.md §2.2). */
const MAX_ENDPOINTS = 15;

type Update = Omit<UpdateCommandInput, 'TableName' | 'Key'>;

/** The endpoints table, one application at a time. */
export function dynamoEndpointRows(table: string, client: DynamoDBDocumentClient): RowsOf {
  /** The answered attributes; undefined when the condition did not hold. */
  const update = async (pk: string, input: Update): Promise<Record<string, unknown> | undefined> => {
    const answer = await unlessRefused(
      client.send(new UpdateCommand({ TableName: table, Key: { pk }, ...input })),
    );
    return answer && (answer.Attributes ?? {});
  };
  const remove = (pk: string) => client.send(new DeleteCommand({ TableName: table, Key: { pk } }));
  const read = (keys: readonly string[]) => batchGet(client, table, keys, { consistent: true });

  return (appId) => ({
    ...endpointWrites(appId, update, remove),
    ...userWrites(appId, update, remove),
    async endpoints(ids) {
      const items = await read(ids.map((id) => endpointKey(appId, id)));
      const prefix = endpointKey(appId, '').length;
      return new Map(items.map((item) => [String(item['pk']).slice(prefix), valuesOf(item)]));
    },
    async users(ids) {
      const items = await read(ids.map((id) => userKey(appId, id)));
      const prefix = userKey(appId, '').length;
      return new Map(
        items.map((item): [string, UserRow] => [
          String(item['pk']).slice(prefix),
          { attributes: valuesOf(item), endpoints: (item[ENDPOINTS] ?? {}) as UserRow['endpoints'] },
        ]),
      );
    },
    async holders(addresses) {
      const items = await read(addresses.map((address) => addressKey(appId, address)));
      const byKey = new Map(items.map((item) => [item['pk'], item['endpointId'] as string]));
      return addresses.map((address) => byKey.get(addressKey(appId, address)));
    },
    async takeAddress(address, endpointId) {
      const answer = await client.send(
        new PutCommand({
          TableName: table,
          Item: { pk: addressKey(appId, address), endpointId },
          ReturnValues: 'ALL_OLD',
        }),
      );
      return answer.Attributes?.['endpointId'] as string | undefined;
    },
    async releaseAddress(address, endpointId) {
      await unlessRefused(
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: { pk: addressKey(appId, address) },
            ConditionExpression: 'endpointId = :id',
            ExpressionAttributeValues: { ':id': endpointId },
          }),
        ),
      );
    },
  });
}

type UpdateRow = (pk: string, input: Update) => Promise<Record<string, unknown> | undefined>;
type Remove = (pk: string) => Promise<unknown>;

function endpointWrites(appId: string, update: UpdateRow, remove: Remove) {
  return {
    async mergeEndpoint(id: string, change: Change, initial: Dotted) {
      const builder = new UpdateBuilder().change(change);
      for (const [name, value] of Object.entries(initial)) builder.setIfAbsent(name, value);
      const before = await update(endpointKey(appId, id), { ...builder.build(), ReturnValues: 'ALL_OLD' });
      return before && Object.keys(before).length > 0 ? valuesOf(before) : undefined;
    },
    async deactivate(id: string, address?: AddressKey) {
      const builder = new UpdateBuilder().set('EndpointStatus', 'INACTIVE').mustExist();
      if (address) builder.mustBe('Address', address.address).mustBe('ChannelType', address.channel);
      const after = await update(endpointKey(appId, id), { ...builder.build(), ReturnValues: 'ALL_NEW' });
      return after && valuesOf(after);
    },
    async readdress(id: string, from: AddressKey, to: string) {
      const builder = new UpdateBuilder().set('Address', to);
      builder.mustBe('Address', from.address).mustBe('ChannelType', from.channel);
      const after = await update(endpointKey(appId, id), { ...builder.build(), ReturnValues: 'ALL_NEW' });
      return after && valuesOf(after);
    },
    async orphan(id: string, userId: string) {
      const builder = new UpdateBuilder().set('EndpointStatus', 'INACTIVE').remove('User.UserId');
      await update(endpointKey(appId, id), builder.mustBe('User.UserId', userId).build());
    },
    deleteEndpoint: async (id: string) => void (await remove(endpointKey(appId, id))),
  } satisfies Partial<EndpointRows>;
}

function userWrites(appId: string, update: UpdateRow, remove: Remove) {
  const path = { '#map': ENDPOINTS };
  return {
    /** A path into a map that is not there is an error, so a new user's row begins with the whole map. */
    async mergeUser(userId: string, change: Change, endpointId: string, entry: UserEntry, isNew: boolean) {
      const pk = userKey(appId, userId);
      const inMap = new UpdateBuilder().change(change).setIn(ENDPOINTS, endpointId, entry, MAX_ENDPOINTS);
      const whole = new UpdateBuilder().change(change).set(ENDPOINTS, { [endpointId]: entry });
      const writes = [inMap.build(), whole.mustLack(ENDPOINTS).build()];
      for (const write of isNew ? writes.reverse() : writes) if (await update(pk, write)) return true;
      // Both refused: the map is full, unless it came into being between the two.
      return (await update(pk, inMap.build())) !== undefined;
    },
    async setEntryStatus(userId: string, endpointId: string, status: UserEntry['s']) {
      await update(userKey(appId, userId), {
        UpdateExpression: 'SET #map.#id.s = :status',
        ConditionExpression: 'attribute_exists(#map.#id)',
        ExpressionAttributeNames: { ...path, '#id': endpointId },
        ExpressionAttributeValues: { ':status': status },
      });
    },
    async readdressEntry(userId: string, endpointId: string, from: AddressKey, to: string) {
      await update(userKey(appId, userId), {
        UpdateExpression: 'SET #map.#id.a = :to',
        ConditionExpression: '#map.#id.a = :from AND #map.#id.c = :channel',
        ExpressionAttributeNames: { ...path, '#id': endpointId },
        ExpressionAttributeValues: { ':from': from.address, ':channel': from.channel, ':to': to },
      });
    },
    async removeEntry(userId: string, endpointId: string) {
      await update(userKey(appId, userId), {
        UpdateExpression: 'REMOVE #map.#id',
        ConditionExpression: 'attribute_exists(#map.#id)',
        ExpressionAttributeNames: { ...path, '#id': endpointId },
      });
    },
    deleteUser: async (userId: string) => void (await remove(userKey(appId, userId))),
  } satisfies Partial<EndpointRows>;
}
