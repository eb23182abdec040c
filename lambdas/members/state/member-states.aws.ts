import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../../shared/dynamodb.aws.ts';
import { type MemberItems, memberItems } from './member-items.ts';
import { mergedStates } from './merged-states.ts';
import { dynamoStates } from './state-store.aws.ts';

/** What events have told of members, for other domains: no more of it than they need. */
export interface MemberStates {
  /** Items in the cart and viewed, by userId; members of whom no event has told are left out. Ids may repeat. */
  batch(userIds: readonly string[]): Promise<Map<string, MemberItems>>;
}

/** Members' states in the table `member-state`. */
export function dynamoMemberStates(
  table: string,
  client: DynamoDBDocumentClient = documentClient(),
): MemberStates {
  const states = dynamoStates(table, client);
  return {
    async batch(userIds) {
      const merged = await mergedStates(states, [...new Set(userIds)]);
      return new Map([...merged].map(([userId, state]) => [userId, memberItems(state)]));
    },
  };
}
