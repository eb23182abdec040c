import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { getItems, type Item } from '../shared/batches.aws.ts';
import { documentClient } from '../shared/dynamodb.aws.ts';
import type { Member } from './member.ts';
import type { MemberStore } from './ports.ts';

/** Members in the table `members`: `pk` = userId. */
export function dynamoMembers(table: string, client: DynamoDBDocumentClient = documentClient()): MemberStore {
  return {
    async getAll(userIds) {
      const rows = await getItems(client, table, userIds);
      return new Map(rows.map((row) => [String(row['pk']), memberOf(row)]));
    },
    async put(member, expecting) {
      const { userId, ...rest } = member;
      const condition =
        expecting === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: 'version = :expecting',
              ExpressionAttributeValues: { ':expecting': expecting },
            };
      try {
        await client.send(new PutCommand({ TableName: table, Item: { pk: userId, ...rest }, ...condition }));
        return true;
      } catch (cause) {
        if (cause instanceof ConditionalCheckFailedException) return false;
        throw cause;
      }
    },
  };
}

function memberOf({ pk, ...rest }: Item): Member {
  return { ...rest, userId: pk } as unknown as Member;
}
