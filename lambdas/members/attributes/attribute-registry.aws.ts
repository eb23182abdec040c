import { type DynamoDBDocumentClient, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient, unlessRefused } from '../../shared/dynamodb.aws.ts';
import type { AttributeNews, AttributeRegistry } from '../ports.ts';
import { MAX_EXAMPLES } from './attribute-watch.ts';
import type { AttributeType } from './known-attribute.ts';

const PK = 'attribute';

interface Row {
  readonly sk: string;
  readonly types?: ReadonlySet<AttributeType>;
  /** As JSON: a set of DynamoDB has elements of one type. */
  readonly examples?: ReadonlySet<string>;
  readonly many?: true;
}

/** Attributes in the table `member-attributes`: `pk` = `attribute`, `sk` = name. */
export function dynamoAttributes(
  TableName: string,
  client: DynamoDBDocumentClient = documentClient(),
): AttributeRegistry {
  const update = (name: string, expression: string, values: object, names: object, condition?: string) =>
    unlessRefused(
      client.send(
        new UpdateCommand({
          TableName,
          Key: { pk: PK, sk: name },
          UpdateExpression: expression,
          ExpressionAttributeNames: { ...names },
          ExpressionAttributeValues: { ...values },
          ...(condition === undefined ? {} : { ConditionExpression: condition }),
        }),
      ),
    );
  return {
    async all() {
      const rows: Row[] = [];
      const asked = {
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': PK },
        ConsistentRead: true,
      };
      for await (const { Items = [] } of paginateQuery({ client }, asked))
        rows.push(...(Items as unknown as Row[]));
      return rows.map(({ sk, types = new Set(), examples = new Set(), many = false }) => ({
        name: sk,
        types: [...types].sort(),
        examples: [...examples].sort().map((json) => JSON.parse(json) as string | number),
        many,
      }));
    },
    async add(name, { types, examples, many }) {
      if (types.length > 0)
        await update(name, 'ADD #types :types', { ':types': new Set(types) }, { '#types': 'types' });
      if (many)
        await update(
          name,
          'SET #many = :many REMOVE #examples',
          { ':many': true },
          { '#many': 'many', '#examples': 'examples' },
        );
      else if (examples.length > 0) await addExamples(name, examples);
    },
  };

  /** Of several functions at once a few more may come together than are shown. */
  async function addExamples(name: string, examples: AttributeNews['examples']): Promise<void> {
    await update(
      name,
      'ADD #examples :examples',
      { ':examples': new Set(examples.map((one) => JSON.stringify(one))), ':most': MAX_EXAMPLES },
      { '#examples': 'examples', '#many': 'many' },
      'attribute_not_exists(#many) AND (attribute_not_exists(#examples) OR size(#examples) < :most)',
    );
  }
}
