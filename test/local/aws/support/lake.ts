import { lakeTables } from '../../../../lib/shared/glue-columns.ts';
import { prestoView, viewColumns } from '../../../../lib/shared/presto-view.ts';
import { viewFiles } from '../../../../lib/shared/view-files.ts';
import { DATABASE } from './athena.ts';

/** Of the view `deployment`. */
export const TIME_ZONE = 'Asia/Seoul';
export const LAKE_BUCKET = 'repoint-test-lake';
const folder = (table: string) => table.replace(/_raw$/, '');

/** The lake's tables as the template declares them. */
export const glueTables = lakeTables().map(({ name, format, columns, partitions }) => ({
  DatabaseName: DATABASE,
  TableInput: {
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: {
      classification: format,
      ...Object.fromEntries(
        partitions.flatMap((key) =>
          key.type === 'enum'
            ? [
                [`projection.${key.name}.type`, 'enum'],
                [`projection.${key.name}.values`, key.values.join(',')],
              ]
            : [],
        ),
      ),
    },
    PartitionKeys: partitions.map((key) => ({
      Name: key.name,
      Type: key.type === 'date' ? 'date' : 'string',
    })),
    StorageDescriptor: {
      Location: `s3://${LAKE_BUCKET}/${folder(name)}/`,
      Columns: columns.map((column) => ({ Name: column.name, Type: column.type })),
    },
  },
}));

/** The named views and those that they read. */
function withTheirs(names: readonly string[]): Set<string> {
  const all = viewFiles();
  const found = new Set<string>();
  const find = (name: string): void => {
    const view = found.has(name) ? undefined : all.find((one) => one.name === name);
    if (view === undefined) return;
    found.add(name);
    for (const [, read = ''] of view.sql.matchAll(/\$\{database\}\.(\w+)/g)) find(read);
  };
  for (const name of names) find(name);
  return found;
}

/** The deployed text of the named views, of those that they read, and no other's. */
export const glueViews = (...names: string[]) => glueViewsIn(TIME_ZONE, ...names);

export const glueViewsIn = (timeZone: string, ...names: string[]) => {
  const wanted = withTheirs(names);
  return viewFiles()
    .filter(({ name }) => wanted.has(name))
    .map((view) => ({
      DatabaseName: DATABASE,
      TableInput: {
        Name: view.name,
        TableType: 'VIRTUAL_VIEW',
        StorageDescriptor: {
          Columns: viewColumns(view).map(({ name, type }) => ({ Name: name, Type: type })),
        },
        ViewOriginalText: prestoView(view, DATABASE, timeZone),
      },
    }));
};

/** A delivery stream as the template declares it. */
export function deliveryStream(name: string, table: string, partitionKeys: readonly string[]) {
  const query = `{${partitionKeys.map((key) => `${key}:.${key}`).join(',')}}`;
  const path = partitionKeys.map((key) => `${key}=!{partitionKeyFromQuery:${key}}`).join('/');
  return {
    DeliveryStreamName: name,
    DeliveryStreamType: 'KinesisStreamAsSource',
    KinesisStreamSourceConfiguration: {
      KinesisStreamARN: `arn:aws:kinesis:ap-northeast-2:000000000000:stream/${name}`,
      RoleARN: 'role',
    },
    ExtendedS3DestinationConfiguration: {
      BucketARN: `arn:aws:s3:::${LAKE_BUCKET}`,
      RoleARN: 'role',
      Prefix: `${folder(table)}/${path}/`,
      ErrorOutputPrefix: `errors/${folder(table)}/!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/`,
      BufferingHints: { IntervalInSeconds: 120, SizeInMBs: 128 },
      DynamicPartitioningConfiguration: { Enabled: true },
      ProcessingConfiguration: {
        Enabled: true,
        Processors: [
          {
            Type: 'RecordDeAggregation',
            Parameters: [{ ParameterName: 'SubRecordType', ParameterValue: 'JSON' }],
          },
          {
            Type: 'MetadataExtraction',
            Parameters: [
              { ParameterName: 'MetadataExtractionQuery', ParameterValue: query },
              { ParameterName: 'JsonParsingEngine', ParameterValue: 'JQ-1.6' },
            ],
          },
        ],
      },
      DataFormatConversionConfiguration: {
        Enabled: true,
        InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
        OutputFormatConfiguration: { Serializer: { ParquetSerDe: { Compression: 'SNAPPY' } } },
        SchemaConfiguration: {
          DatabaseName: DATABASE,
          TableName: table,
          RoleARN: 'role',
          VersionId: 'LATEST',
        },
      },
    },
  };
}

/** A line of the events stream; give what matters. */
export function eventLine(event: { event_id: string } & Record<string, unknown>): Record<string, unknown> {
  const occurred = String(event['occurred_at'] ?? '2026-03-02 10:00:00.000');
  return {
    name: 'page_view',
    occurred_at: occurred,
    received_at: occurred,
    late: false,
    source: 'client',
    schema_version: 1,
    bot: false,
    properties: '{}',
    transaction_id: orderOf(event),
    filed: 'occurred',
    day: occurred.slice(0, 10),
    ...event,
  };
}

const orderOf = ({ name, properties }: Record<string, unknown>): unknown =>
  name === 'purchase' || name === 'refund'
    ? (JSON.parse(String(properties)) as { transaction_id?: unknown }).transaction_id
    : undefined;
