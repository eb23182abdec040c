import type { KeysAndAttributes, AttributeValue as Marshalled } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { getItems } from '../shared/batches.aws.ts';
import { documentClient, plainClientOf } from '../shared/dynamodb.aws.ts';
import { BUILT_IN } from './attributes/known-attribute.ts';
import { ruleAttributes } from './attributes/rule-attributes.ts';
import { TEXT_FIELDS } from './member.ts';
import type { MemberRows, MemberScan, ScannedMember } from './member-scan.ts';

/** An expression of DynamoDB holds 4 KB; of more attributes all are read. */
const MOST_NAMED = 60;

/** Attributes of the table `members`, all members by a parallel scan or one by its key. Projected: what is not read need not be decoded. */
export function dynamoMemberScan(
  table: string,
  client: DynamoDBDocumentClient = documentClient(),
): MemberScan & MemberRows {
  const plain = plainClientOf(client);
  return {
    async *scan({ part, parts, attributes }) {
      const projection = projectionOf(attributes);
      let ExclusiveStartKey: Record<string, Marshalled> | undefined;
      do {
        const page = await plain.send(
          new ScanCommand({
            TableName: table,
            Segment: part,
            TotalSegments: parts,
            // Twice the price, for which a change of an attribute counts at once (spec §3), and somebody erased is not met.
            ConsistentRead: true,
            ...projection,
            ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
          }),
        );
        yield (page.Items ?? []).map((item) => rowOf(unmarshall(item)));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
    },
    async row(userId) {
      const names = ['attributes', 'texts', 'consents'];
      const [item] = await getItems(client, table, [userId], { names });
      return item && rowOf(item);
    },
  };
}

/** `attributes.grade`; `texts.email` as well where the name is also one of the profile's; `consents.push.advertising` alone. */
function projectionOf(
  attributes: readonly string[],
): Pick<KeysAndAttributes, 'ProjectionExpression' | 'ExpressionAttributeNames'> {
  const paths = attributes.flatMap(pathsOf);
  if (paths.length > MOST_NAMED) return namedAll;
  // What an expression names it may name once.
  const parts = [...new Set(paths.flat())];
  const alias = (part: string): string => `#n${parts.indexOf(part)}`;
  return {
    ProjectionExpression: ['pk', ...paths.map((path) => path.map(alias).join('.'))].join(', '),
    ...(parts.length === 0
      ? {}
      : { ExpressionAttributeNames: Object.fromEntries(parts.map((part) => [alias(part), part])) }),
  };
}

function pathsOf(name: string): readonly (readonly string[])[] {
  if (CONSENTS.has(name)) return [name.split('.')];
  return isText(name)
    ? [
        ['attributes', name],
        ['texts', name],
      ]
    : [['attributes', name]];
}

const CONSENTS: ReadonlySet<string> = new Set(
  BUILT_IN.flatMap(({ name, source }) => (source === 'consent' ? [name] : [])),
);

const isText = (name: string): boolean => (TEXT_FIELDS as readonly string[]).includes(name);

const namedAll = {
  ProjectionExpression: 'pk, #attributes, #texts, #consents',
  ExpressionAttributeNames: { '#attributes': 'attributes', '#texts': 'texts', '#consents': 'consents' },
};

const NOTHING = { attributes: {}, texts: {}, consents: {} };

const rowOf = (item: Record<string, unknown>): ScannedMember => ({
  userId: String(item['pk']),
  attributes: ruleAttributes({ ...NOTHING, ...item }),
});
