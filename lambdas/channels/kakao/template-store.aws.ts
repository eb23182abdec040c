import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient, unlessRefused } from '../../shared/dynamodb.aws.ts';
import { conflict } from '../../shared/errors.ts';
import type { KakaoContent } from './content.ts';
import type { KakaoTemplates } from './ports.ts';

const sortKey = (version: number): string => `v${String(version).padStart(8, '0')}`;

/** Kakao's templates in a table of their own: `pk` = name, `sk` = `v<8 digits>`. A version never changes. */
export function dynamoKakaoTemplates(TableName: string, client = documentClient()): KakaoTemplates {
  const latest = async (name: string): Promise<{ version: number; content: KakaoContent } | undefined> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': name },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: 1,
      }),
    );
    return Items[0] as { version: number; content: KakaoContent } | undefined;
  };
  return {
    async get(name, version) {
      const Key = { pk: name, sk: sortKey(version) };
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item?.['content'] as KakaoContent | undefined;
    },
    async save(name, content) {
      const found = await latest(name);
      if (found && JSON.stringify(found.content) === JSON.stringify(content)) return found.version;
      const version = (found?.version ?? 0) + 1;
      const Item = { pk: name, sk: sortKey(version), version, content };
      const ConditionExpression = 'attribute_not_exists(pk)';
      const written = await unlessRefused(
        client.send(new PutCommand({ TableName, Item, ConditionExpression })),
      );
      if (written) return version;
      throw conflict(`Template "${name}" was changed by somebody else at the same time; try again`);
    },
  };
}
