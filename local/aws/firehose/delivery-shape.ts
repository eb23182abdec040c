import type { GlueColumn, GlueTableProperties } from '../athena/glue-table.ts';
import { compilePrefix, type Prefix } from './prefix.ts';

/** Resolved properties of an AWS::KinesisFirehose::DeliveryStream. */
export type DeliveryProperties = Readonly<Record<string, unknown>>;

/** What the local Firehose needs of a delivery stream. */
export interface DeliveryShape {
  readonly name: string;
  readonly sourceStream: string;
  readonly bucket: string;
  readonly prefix: Prefix;
  readonly errorPrefix: Prefix;
  /** Partition key to the path in the line that holds it. */
  readonly partitionPaths: ReadonlyMap<string, readonly string[]>;
  readonly compression: 'snappy' | 'gzip' | 'uncompressed';
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** As error records name the table. */
  readonly catalogTable: Readonly<Record<string, unknown>>;
}

/** JSON to walk down in; a leaf is read with String(). */
type Tree = { readonly [key: string]: Tree | undefined };

interface Processor {
  readonly Type: string;
  readonly Parameters?: readonly { readonly ParameterName: string; readonly ParameterValue: string }[];
}

const KNOWN = new Set([
  'BucketARN',
  'RoleARN',
  'Prefix',
  'ErrorOutputPrefix',
  'BufferingHints',
  'CompressionFormat',
  'EncryptionConfiguration',
  'CloudWatchLoggingOptions',
  'DynamicPartitioningConfiguration',
  'ProcessingConfiguration',
  'DataFormatConversionConfiguration',
  'S3BackupMode',
]);

/** Reads a delivery stream's properties and its Glue table; throws on what the local Firehose would do otherwise. */
export function deliveryShape(
  properties: DeliveryProperties,
  glueTables: readonly GlueTableProperties[],
): DeliveryShape {
  const name = String(properties['DeliveryStreamName']);
  try {
    return readShape(name, properties as Tree, glueTables);
  } catch (error) {
    throw new Error(`Delivery stream ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readShape(
  name: string,
  properties: Tree,
  glueTables: readonly GlueTableProperties[],
): DeliveryShape {
  const source = String(properties['KinesisStreamSourceConfiguration']?.['KinesisStreamARN'] ?? '');
  const destination = properties['ExtendedS3DestinationConfiguration'];
  if (!source || !destination)
    throw new Error('it needs a Kinesis stream as its source and an extended S3 destination');
  const unknown = Object.keys(destination).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) throw new Error(`the local Firehose does not know ${unknown.join(', ')}`);
  const partitionPaths = readProcessors(destination['ProcessingConfiguration']);
  const keys = new Set(partitionPaths.keys());
  const conversion = readConversion(destination['DataFormatConversionConfiguration'], glueTables);
  const errorPrefix = String(destination['ErrorOutputPrefix'] ?? '');
  if (!errorPrefix.includes('!{firehose:error-output-type}'))
    throw new Error('ErrorOutputPrefix needs !{firehose:error-output-type}');
  return {
    name,
    sourceStream: source.slice(source.lastIndexOf('/') + 1),
    bucket: String(destination['BucketARN']).replace(/^arn:aws:s3:::/, ''),
    prefix: compilePrefix(String(destination['Prefix'] ?? ''), keys),
    errorPrefix: compilePrefix(errorPrefix, new Set()),
    partitionPaths,
    ...conversion,
  };
}

function readProcessors(configuration: Tree | undefined): Map<string, readonly string[]> {
  const processors = (configuration?.['Processors'] ?? []) as unknown as readonly Processor[];
  const paths = new Map<string, readonly string[]>();
  const types = processors.map(({ Type }) => Type);
  if (String(configuration?.['Enabled']) !== 'true' || !types.includes('RecordDeAggregation'))
    throw new Error('it needs the processor RecordDeAggregation: its records hold many lines');
  for (const { Type, Parameters = [] } of processors) {
    const parameters = new Map(
      Parameters.map((parameter) => [parameter.ParameterName, parameter.ParameterValue]),
    );
    if (Type === 'RecordDeAggregation') {
      if (parameters.get('SubRecordType') !== 'JSON') throw new Error('SubRecordType must be JSON');
    } else if (Type === 'MetadataExtraction') {
      for (const [key, path] of plainPaths(parameters.get('MetadataExtractionQuery') ?? ''))
        paths.set(key, path);
    } else throw new Error(`the local Firehose does not have the processor ${Type}`);
  }
  return paths;
}

/** Reads a jq query of the form `{key: .path.to.value, …}`; no other jq is known here. */
export function plainPaths(query: string): [string, readonly string[]][] {
  const body = /^\s*\{(.*)\}\s*$/s.exec(query)?.[1];
  if (body === undefined) throw new Error(`the query ${query} is not of the form {key:.path}`);
  return body.split(',').map((pair) => {
    const match = /^\s*(\w+)\s*:\s*((?:\.[A-Za-z_]\w*)+)\s*$/.exec(pair);
    if (!match?.[1] || !match[2])
      throw new Error(`the query ${query} is not of the form {key:.path}: ${pair.trim()}`);
    return [match[1], match[2].slice(1).split('.')];
  });
}

function readConversion(configuration: Tree | undefined, glueTables: readonly GlueTableProperties[]) {
  const schema = configuration?.['SchemaConfiguration'];
  const input = configuration?.['InputFormatConfiguration']?.['Deserializer'];
  const parquet = configuration?.['OutputFormatConfiguration']?.['Serializer']?.['ParquetSerDe'];
  if (
    String(configuration?.['Enabled'] ?? true) !== 'true' ||
    !schema ||
    !input?.['OpenXJsonSerDe'] ||
    !parquet
  )
    throw new Error('the local Firehose converts JSON (OpenXJsonSerDe) to Parquet and does nothing else');
  const compression = String(parquet['Compression'] ?? 'SNAPPY').toLowerCase();
  if (compression !== 'snappy' && compression !== 'gzip' && compression !== 'uncompressed')
    throw new Error(`Parquet has no compression ${compression} in Firehose`);
  const { DatabaseName, TableName } = schema as { DatabaseName?: string; TableName?: string };
  const table = glueTables.find(
    (candidate) => candidate.DatabaseName === DatabaseName && candidate.TableInput.Name === TableName,
  );
  if (!table) throw new Error(`there is no Glue table ${DatabaseName}.${TableName}`);
  const columns = (table.TableInput.StorageDescriptor?.Columns ?? []).map(({ Name, Type }: GlueColumn) => ({
    name: Name,
    type: (Type ?? 'string').toLowerCase(),
  }));
  const catalogTable = {
    catalogId: schema['CatalogId'] ?? null,
    databaseName: DatabaseName,
    tableName: TableName,
    region: schema['Region'] ?? null,
    versionId: schema['VersionId'] ?? 'LATEST',
  };
  return { compression: compression as DeliveryShape['compression'], columns, catalogTable };
}
