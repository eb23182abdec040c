import type { CreateTableCommandInput, TableDescription } from '@aws-sdk/client-dynamodb';
import { anything, flag, list, oneOf, type Shape, struct, text } from '../../wire/shape.ts';

const keySchema = list(struct({ AttributeName: text, KeyType: oneOf('HASH', 'RANGE') }, {}));
const projection = struct(
  { ProjectionType: oneOf('ALL', 'KEYS_ONLY', 'INCLUDE') },
  { NonKeyAttributes: list(text) },
);
const index = struct(
  { IndexName: text, KeySchema: keySchema, Projection: projection },
  // Capacity has no meaning on one machine.
  {
    ProvisionedThroughput: anything,
    OnDemandThroughput: anything,
    WarmThroughput: anything,
    ContributorInsightsSpecification: anything,
    ReadProvisionedThroughputSettings: anything,
    WriteProvisionedThroughputSettings: anything,
    ReadOnDemandThroughputSettings: anything,
    WriteOnDemandThroughputSettings: anything,
  },
);

/** Resolved properties of AWS::DynamoDB::Table or AWS::DynamoDB::GlobalTable. Streams are refused: dynalite has none. */
const tableProperties = struct(
  {
    TableName: text,
    KeySchema: keySchema,
    AttributeDefinitions: list(struct({ AttributeName: text, AttributeType: oneOf('S', 'N', 'B') }, {})),
  },
  {
    GlobalSecondaryIndexes: list(index),
    LocalSecondaryIndexes: list(index),
    TimeToLiveSpecification: struct({ Enabled: flag }, { AttributeName: text }),
    BillingMode: text,
    ProvisionedThroughput: anything,
    OnDemandThroughput: anything,
    WarmThroughput: anything,
    WriteProvisionedThroughputSettings: anything,
    WriteOnDemandThroughputSettings: anything,
    PointInTimeRecoverySpecification: anything,
    ContributorInsightsSpecification: anything,
    DeletionProtectionEnabled: anything,
    SSESpecification: anything,
    TableClass: anything,
    Replicas: anything,
    ResourcePolicy: anything,
    Tags: anything,
  },
);

type Unwrapped<S> = S extends Shape<infer T> ? T : never;
export type TableProperties = Unwrapped<typeof tableProperties>;

/** Reads a template's table; throws when it holds something the stand-in cannot give. */
export const tableOf = (properties: unknown): TableProperties => tableProperties(properties, '');

const indexes = (found: TableProperties['GlobalSecondaryIndexes']) =>
  (found ?? []).map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema: [...KeySchema],
    Projection: {
      ProjectionType: Projection.ProjectionType,
      ...(Projection.NonKeyAttributes && { NonKeyAttributes: [...Projection.NonKeyAttributes] }),
    },
  }));

/** The call that makes the table; always on demand, since capacity has no meaning on one machine. */
export function creationOf(table: TableProperties): CreateTableCommandInput {
  const global = indexes(table.GlobalSecondaryIndexes);
  const local = indexes(table.LocalSecondaryIndexes);
  return {
    TableName: table.TableName,
    KeySchema: [...table.KeySchema],
    AttributeDefinitions: [...table.AttributeDefinitions],
    BillingMode: 'PAY_PER_REQUEST',
    ...(global.length > 0 && { GlobalSecondaryIndexes: global }),
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
  };
}

const keysOf = (schema: readonly { AttributeName?: string | undefined }[] | undefined): string =>
  (schema ?? []).map(({ AttributeName }) => AttributeName).join('+');

const layoutOf = (
  table: Pick<TableDescription, 'KeySchema' | 'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes'>,
) =>
  [
    keysOf(table.KeySchema),
    ...[...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])]
      .map(({ IndexName, KeySchema }) => `${IndexName}(${keysOf(KeySchema)})`)
      .sort(),
  ].join(' ');

/** What differs between the template's keys and indexes and those on disk, or undefined: neither can be changed later. */
export function difference(table: TableProperties, onDisk: TableDescription): string | undefined {
  const wanted = layoutOf(creationOf(table));
  const found = layoutOf(onDisk);
  return wanted === found ? undefined : `the template has ${wanted}, the disk has ${found}`;
}
