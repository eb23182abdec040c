import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../shared/dynamodb.aws.ts';
import type { Announced, Namings } from './ports.ts';
import { namedSegments } from './resolve/pinned-rule.ts';
import type { Rule } from './rule/rule.ts';
import { CURRENT } from './segment-store.aws.ts';

/** What segments name, of their rows in the table `segments`; what they are about to name is their attribute `announced`. */
export function dynamoNamings(TableName: string, client = documentClient()): Namings {
  const keyOf = (name: string) => ({ pk: CURRENT, sk: name });
  const updated = async (
    name: string,
    update: Omit<ConstructorParameters<typeof UpdateCommand>[0], 'TableName' | 'Key'>,
  ): Promise<boolean> => {
    try {
      await client.send(new UpdateCommand({ TableName, Key: keyOf(name), ...update }));
      return true;
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) return false;
      throw cause;
    }
  };
  return {
    async of(name) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: keyOf(name), ConsistentRead: true }),
      );
      if (Item === undefined) return undefined;
      const names = namedSegments(JSON.parse(String(Item['rule'])) as Rule);
      const announced = Item['announced'] as Announced | undefined;
      return { names, ...(announced === undefined ? {} : { announced }) };
    },
    announce: ({ name, version }, announced, now) =>
      updated(name, {
        UpdateExpression: 'SET announced = :announced',
        ConditionExpression:
          '#version = :version AND (attribute_not_exists(announced) OR announced.#until <= :now OR announced.#by = :by)',
        ExpressionAttributeNames: { '#version': 'version', '#until': 'until', '#by': 'by' },
        ExpressionAttributeValues: {
          ':announced': announced,
          ':version': version,
          ':now': new Date(now).toISOString(),
          ':by': announced.by,
        },
      }),
    async withdraw(name, by) {
      await updated(name, {
        UpdateExpression: 'REMOVE announced',
        ConditionExpression: 'announced.#by = :by',
        ExpressionAttributeNames: { '#by': 'by' },
        ExpressionAttributeValues: { ':by': by },
      });
    },
  };
}
