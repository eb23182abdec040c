import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoErasedPeople } from '../../members/index.ts';
import { getItems } from '../../shared/batches.aws.ts';
import { documentClient, plainClientOf } from '../../shared/dynamodb.aws.ts';
import type { People } from './ports.ts';

/** Rows of `member-state` by userId (docs/architecture.md). */
const stateKey = (userId: string): string => `u#${userId}`;

interface Tables {
  readonly members: string;
  readonly memberState: string;
  readonly erasures: string;
}

/** People in the tables `members` and `member-state`. Of a scan only the address is decoded: of millions the rest would cost the most. */
export function dynamoPeople(tables: Tables, client: DynamoDBDocumentClient = documentClient()): People {
  const plain = plainClientOf(client);
  const erasures = dynamoErasedPeople(tables.erasures, client);
  const having = async (table: string, keys: readonly string[]): Promise<Set<string>> =>
    new Set((await getItems(client, table, keys, { names: [] })).map(({ pk }) => String(pk)));
  return {
    async *addresses(kind, part, parts) {
      let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
      do {
        const page = await plain.send(
          new ScanCommand({
            TableName: tables.members,
            Segment: part,
            TotalSegments: parts,
            ProjectionExpression: 'pk, #texts.#kind',
            ExpressionAttributeNames: { '#texts': 'texts', '#kind': kind },
            ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
          }),
        );
        yield (page.Items ?? []).flatMap(({ pk, texts }) => {
          const address = texts?.M?.[kind]?.S;
          return pk?.S === undefined || address === undefined ? [] : [{ userId: pk.S, address }];
        });
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
    },
    async known(userIds) {
      const members = await having(tables.members, userIds);
      const others = userIds.filter((userId) => !members.has(userId));
      const states = await having(tables.memberState, others.map(stateKey));
      return new Set(userIds.filter((userId) => members.has(userId) || states.has(stateKey(userId))));
    },
    members: (userIds) => having(tables.members, userIds),
    erased: async () => (await erasures.erased()).map(({ userId }) => userId),
  };
}
