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
    async batch(userIds) {
      const read = { names: ['texts', 'pushTokens', 'consents'], consistent: false };
      const rows = await getItems(client, table, [...new Set(userIds)], read);
      return new Map(
        rows.map((row) => {
          const { texts = {}, pushTokens = [], consents = {} } = row as Partial<ProfiledMember>;
          const userId = String(row['pk']);
          return [userId, profileOf({ userId, texts, pushTokens, consents })];
        }),
      );
    },
  };
}
