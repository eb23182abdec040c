import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../shared/dynamodb.aws.ts';
import type { MemberScan, ScannedMember } from './member-scan.ts';

/** A parallel scan of the table `members`, projected to the custom attributes. */
export function dynamoMemberScan(
  table: string,
  client: DynamoDBDocumentClient = documentClient(),
): MemberScan {
  return {
    async *scan(part, parts) {
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new ScanCommand({
            TableName: table,
            Segment: part,
            TotalSegments: parts,
            ProjectionExpression: 'pk, #attributes',
            ExpressionAttributeNames: { '#attributes': 'attributes' },
            ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
          }),
        );
        yield (page.Items ?? []).map(({ pk, attributes }) => ({
          userId: String(pk),
          attributes: (attributes ?? {}) as ScannedMember['attributes'],
        }));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
    },
  };
}
