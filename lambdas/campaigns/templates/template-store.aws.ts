import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient, unlessRefused } from '../../shared/dynamodb.aws.ts';
import type { TemplateStore } from './ports.ts';
import { saysTheSame, type Template, type TemplateChannel, type TemplateHead } from './template.ts';

const headKey = (channel: TemplateChannel, name: string) => ({ pk: `templates#${channel}`, sk: name });
const versionPk = (channel: TemplateChannel, name: string): string => `template#${channel}#${name}`;
const versionKey = (channel: TemplateChannel, name: string, version: number) => ({
  pk: versionPk(channel, name),
  sk: `v${String(version).padStart(8, '0')}`,
});

/**
 * Templates in the table `campaigns`: their list `pk` = `templates#<channel>`, `sk` = name; versions
 * `pk` = `template#<channel>#<name>`, `sk` = `v<8 digits>`.
 */
export function dynamoTemplates(TableName: string, client = documentClient()): TemplateStore {
  const read = async (Key: { pk: string; sk: string }) =>
    (await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;
  return {
    head: async (channel, name) => (await read(headKey(channel, name)))?.['head'] as TemplateHead | undefined,
    version: async (channel, name, version) =>
      (await read(versionKey(channel, name, version)))?.['template'] as Template | undefined,
    async versions(channel, name, Limit) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': versionPk(channel, name) },
          ScanIndexForward: false,
          Limit,
        }),
      );
      return Items.map(({ template }) => template as Template);
    },
    async keep(template, anew) {
      const Key = versionKey(template.channel, template.name, template.version);
      const condition = anew ? {} : { ConditionExpression: 'attribute_not_exists(pk)' };
      const put = new PutCommand({ TableName, Item: { ...Key, template }, ...condition });
      if (await unlessRefused(client.send(put))) return true;
      const there = (await read(Key))?.['template'] as Template | undefined;
      return there !== undefined && saysTheSame(there, template);
    },
    async replace(head) {
      const Item = { ...headKey(head.channel, head.name), head, revision: head.revision };
      const put = new PutCommand({ TableName, Item, ...expecting(head.revision - 1) });
      return (await unlessRefused(client.send(put))) !== undefined;
    },
    async remove({ channel, name, revision }) {
      const gone = new DeleteCommand({ TableName, Key: headKey(channel, name), ...expecting(revision) });
      return (await unlessRefused(client.send(gone))) !== undefined;
    },
    async list(channel, Limit, after) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': `templates#${channel}` },
          Limit,
          ...(after === undefined ? {} : { ExclusiveStartKey: headKey(channel, after) }),
        }),
      );
      const next = LastEvaluatedKey?.['sk'] as string | undefined;
      const heads = Items.map(({ head }) => head as TemplateHead);
      return { heads, ...(next === undefined ? {} : { after: next }) };
    },
  };
}

const expecting = (revision: number) =>
  revision === 0
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'revision = :revision', ExpressionAttributeValues: { ':revision': revision } };
