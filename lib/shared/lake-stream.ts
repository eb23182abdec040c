import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { LogGroup, LogStream } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcards } from './acknowledge.ts';
import { type Deployment, KEEP, physicalName } from './deployment.ts';
import { type Lake, lakeFolder, partitionPath } from './lake.ts';

/** Firehose writes after this many seconds: an event is in Athena within 5 minutes (spec §1), files stay few. */
const BUFFER_SECONDS = 120;
/** Parquet conversion and dynamic partitioning both want at least 64 MB. */
const BUFFER_MB = 128;
/** How long Firehose keeps trying before rows go to `errors/`, in seconds. */
const RETRY_SECONDS = 300;

export interface LakeStreamProps {
  /** Name of stream and Firehose, e.g. `events`. */
  readonly name: string;
  /** Name of the lake table whose rows the stream's lines are. */
  readonly table: string;
  readonly lake: Lake;
}

/** A Kinesis stream of JSON lines (many in one record), and the Firehose that files them in the lake as Parquet. */
export class LakeStream extends Construct {
  readonly stream: Stream;
  readonly delivery: CfnDeliveryStream;
  /** Physical name of stream and Firehose without its prefix. */
  readonly shortName: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly deployment: Deployment,
    private readonly props: LakeStreamProps,
  ) {
    super(scope, id);
    this.shortName = props.name;
    const { streamShards, retention } = deployment.config;
    this.stream = new Stream(this, 'Stream', {
      streamName: physicalName(deployment, props.name),
      encryption: StreamEncryption.MANAGED,
      retentionPeriod: Duration.hours(retention.streamHours),
      removalPolicy: KEEP,
      ...(streamShards === 'on-demand'
        ? { streamMode: StreamMode.ON_DEMAND }
        : { streamMode: StreamMode.PROVISIONED, shardCount: streamShards }),
    });
    this.delivery = this.firehose();
  }

  private firehose(): CfnDeliveryStream {
    const { lake, name, table } = this.props;
    const found = lake.tables.get(table);
    if (!found) throw new Error(`There is no schemas/*/${table}.table.json for the stream "${name}"`);
    const partitions = found.table.partitions;
    const folder = lakeFolder(table);
    const role = this.role(folder, table);
    const query = partitions.map((partition) => `${partition.name}:.${partition.name}`).join(',');
    const delivery = new CfnDeliveryStream(this, 'Delivery', {
      deliveryStreamName: physicalName(this.deployment, name),
      deliveryStreamType: 'KinesisStreamAsSource',
      kinesisStreamSourceConfiguration: { kinesisStreamArn: this.stream.streamArn, roleArn: role.roleArn },
      extendedS3DestinationConfiguration: {
        bucketArn: lake.bucket.bucketArn,
        roleArn: role.roleArn,
        prefix: `${folder}/${partitionPath(partitions, (key) => `!{partitionKeyFromQuery:${key}}`)}/`,
        errorOutputPrefix: `errors/${folder}/!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/`,
        bufferingHints: { intervalInSeconds: BUFFER_SECONDS, sizeInMBs: BUFFER_MB },
        dynamicPartitioningConfiguration: {
          enabled: true,
          retryOptions: { durationInSeconds: RETRY_SECONDS },
        },
        processingConfiguration: {
          enabled: true,
          processors: [
            {
              type: 'RecordDeAggregation',
              parameters: [{ parameterName: 'SubRecordType', parameterValue: 'JSON' }],
            },
            {
              type: 'MetadataExtraction',
              parameters: [
                { parameterName: 'MetadataExtractionQuery', parameterValue: `{${query}}` },
                { parameterName: 'JsonParsingEngine', parameterValue: 'JQ-1.6' },
              ],
            },
          ],
        },
        dataFormatConversionConfiguration: {
          enabled: true,
          inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
          outputFormatConfiguration: { serializer: { parquetSerDe: { compression: 'SNAPPY' } } },
          schemaConfiguration: {
            catalogId: this.deployment.config.account,
            databaseName: lake.databaseName,
            tableName: table,
            region: this.deployment.config.region,
            roleArn: role.roleArn,
            versionId: 'LATEST',
          },
        },
        cloudWatchLoggingOptions: this.logging(role),
      },
    });
    // The role's permissions and the table must be there before Firehose checks them.
    delivery.node.addDependency(role, found.resource);
    acknowledge(
      delivery,
      'KDF1',
      'Its source is a Kinesis stream, which is encrypted; Firehose takes no key of its own then.',
    );
    return delivery;
  }

  private logging(role: Role): CfnDeliveryStream.CloudWatchLoggingOptionsProperty {
    const group = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/kinesisfirehose/${physicalName(this.deployment, this.props.name)}`,
      retention: this.deployment.config.retention.logsDays,
      removalPolicy: KEEP,
    });
    const stream = new LogStream(this, 'LogStream', {
      logGroup: group,
      logStreamName: 'delivery',
      removalPolicy: KEEP,
    });
    group.grantWrite(role);
    return { enabled: true, logGroupName: group.logGroupName, logStreamName: stream.logStreamName };
  }

  private role(folder: string, table: string): Role {
    const { lake } = this.props;
    const glue = (resource: string, resourceName?: string) =>
      Stack.of(this).formatArn({
        service: 'glue',
        resource,
        ...(resourceName ? { resourceName } : { arnFormat: ArnFormat.NO_RESOURCE_NAME }),
      });
    const folders = [lake.bucket.under(`${folder}/`), lake.bucket.under(`errors/${folder}/`)];
    const role = new Role(this, 'Role', {
      description: `Firehose ${this.props.name}: reads its stream, writes its folder of the lake`,
      assumedBy: new ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.deployment.config.account } },
      }),
      inlinePolicies: {
        delivery: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: [
                'kinesis:DescribeStream',
                'kinesis:GetShardIterator',
                'kinesis:GetRecords',
                'kinesis:ListShards',
              ],
              resources: [this.stream.streamArn],
            }),
            new PolicyStatement({
              actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
              resources: folders,
            }),
            new PolicyStatement({
              actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
              resources: [lake.bucket.bucketArn],
            }),
            new PolicyStatement({
              actions: ['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'],
              resources: [
                glue('catalog'),
                glue('database', lake.databaseName),
                glue('table', `${lake.databaseName}/${table}`),
              ],
            }),
          ],
        }),
      },
    });
    acknowledgeWildcards(role, 'Firehose names its files itself, in its folder of the lake.', folders);
    return role;
  }
}
