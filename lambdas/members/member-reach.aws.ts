import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { getItems } from '../shared/batches.aws.ts';
import { documentClient } from '../shared/dynamodb.aws.ts';
import type { Consents, Texts } from './member.ts';
import type { MemberReaches } from './member-reach.ts';

/** Consents and zones in the table `members`, read consistently: who has withdrawn a consent is not written to any more. */
export function dynamoMemberReaches(
  table: string,
  client: DynamoDBDocumentClient = documentClient(),
): MemberReaches {
  return {
    async batch(userIds) {
      const rows = await getItems(client, table, [...new Set(userIds)], { names: ['consents', 'texts'] });
      return new Map(
        rows.map(({ pk, consents, texts }) => {
          const timeZone = (texts as Texts | undefined)?.timeZone;
          return [
            String(pk),
            { consents: (consents ?? {}) as Consents, ...(timeZone === undefined ? {} : { timeZone }) },
          ];
        }),
      );
    },
  };
}
