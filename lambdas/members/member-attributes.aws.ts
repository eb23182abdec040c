import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { getItems } from '../shared/batches.aws.ts';
import { documentClient } from '../shared/dynamodb.aws.ts';
import type { Member } from './member.ts';
import { userAttributes } from './user-attributes.ts';

/** What messages may say of members, for other domains. */
export interface MemberAttributes {
  /**
   * Pinpoint's user attributes (lists of texts by name) by userId, as the engine is told them; who is no member is left
   * out. Ids may repeat.
   */
  batch(userIds: readonly string[]): Promise<Map<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Attributes from the table `members`, of which nothing else is read. */
export const dynamoMemberAttributes = (
  table: string,
  client: DynamoDBDocumentClient = documentClient(),
): MemberAttributes => ({
  async batch(userIds) {
    const read = { names: ['attributes', 'texts'], consistent: false };
    const rows = await getItems(client, table, [...new Set(userIds)], read);
    return new Map(
      rows.map((row) => {
        const { attributes = {}, texts = {} } = row as Partial<Pick<Member, 'attributes' | 'texts'>>;
        return [String(row['pk']), userAttributes({ attributes, texts })];
      }),
    );
  },
});
