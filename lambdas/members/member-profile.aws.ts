import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { getItems } from '../shared/batches.aws.ts';
import { documentClient } from '../shared/dynamodb.aws.ts';
import { type MemberProfiles, type ProfiledMember, profileOf } from './member-profile.ts';

/** Profiles from the table `members`. What was written a moment ago may not show: they are for estimates, not for delivery. */
export function dynamoMemberProfiles(
  table: string,
  client: DynamoDBDocumentClient = documentClient(),
): MemberProfiles {
  return {
    async batch(userIds, asked) {
      const names = ['texts', 'pushTokens', 'consents', ...(asked.attributes ? ['attributes'] : [])];
      const rows = await getItems(client, table, [...new Set(userIds)], { names, consistent: false });
      return new Map(
        rows.map((row) => {
          const {
            texts = {},
            pushTokens = [],
            consents = {},
            attributes = {},
          } = row as Partial<ProfiledMember>;
          const userId = String(row['pk']);
          const more = asked.attributes ? { attributes } : {};
          return [userId, profileOf({ userId, texts, pushTokens, consents, ...more })];
        }),
      );
    },
  };
}
