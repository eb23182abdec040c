import { ArnFormat, Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import { LAKE_ENV } from '../../lambdas/shared/env.ts';
import { type Deployment, KEEP } from './deployment.ts';
import { type LakePartition, type LakeTable, lakeTables } from './glue-columns.ts';
import { prestoView, viewColumns } from './presto-view.ts';
import { RepointBucket } from './repoint-bucket.ts';
import type { RepointFunction } from './repoint-function.ts';
import { type ViewFile, viewFiles } from './view-files.ts';

/** The product is younger than this day: no lake partition lies before it. */
const FIRST_DAY = '2024-01-01';
const GIGABYTE = 1024 ** 3;
/** Requests to buckets are kept this long, in days. */
export const ACCESS_LOG_DAYS = 90;
/** What Firehose could not write is kept until somebody has replayed it, in days. */
const ERROR_DAYS = 365;
/** Filter of the lake's request metrics that sees what Firehose could not file. */
export const ERRORS_FILTER = 'errors';
/** Where Athena's results lie in the work bucket. */
export const ATHENA_PREFIX = 'athena/';

const QUERY = ['athena:StartQueryExecution', 'athena:GetQueryExecution'] as const;
/** What writing a result to S3 takes. */
export const WRITE_RESULT = [
  's3:GetObject',
  's3:PutObject',
  's3:AbortMultipartUpload',
  's3:ListMultipartUploadParts',
] as const;

/** The lake folder of a table: `events_raw` lies under `events/`. */
export const lakeFolder = (table: string): string => table.replace(/_raw$/, '');

/** Where a row is put, as Glue and Firehose both write it: `filed=${filed}/day=${day}`. */
export const partitionPath = (
  partitions: readonly LakePartition[],
  value: (name: string) => string,
): string => partitions.map(({ name }) => `${name}=${value(name)}`).join('/');

/** The lake: Parquet in S3, its Glue catalog, the documented views, and the Athena workgroup that reads them. */
export class Lake extends Construct {
  readonly bucket: RepointBucket;
  /** Resolved lists and query results; everything here expires. */
  readonly work: RepointBucket;
  readonly accessLogs: RepointBucket;
  readonly database: CfnDatabase;
  readonly databaseName: string;
  readonly workgroup: CfnWorkGroup;
  readonly tables: ReadonlyMap<string, { readonly table: LakeTable; readonly resource: CfnTable }>;
  readonly views: readonly ViewFile[];

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    const { retention, athenaScanLimitGb, account } = deployment.config;
    this.accessLogs = new RepointBucket(this, 'AccessLogs', deployment, {
      name: 'access-logs',
      expireDays: { '': ACCESS_LOG_DAYS },
    });
    this.bucket = new RepointBucket(this, 'Bucket', deployment, {
      name: 'lake',
      accessLogs: this.accessLogs,
      expireDays: {
        'events/': retention.eventsDays,
        'events_compacted/': retention.eventsDays,
        'identity_turns/': retention.eventsDays,
        'activity_pieces/': retention.eventsDays,
        'quarantined_events/': retention.quarantineDays,
        'ledger/': retention.ledgerDays,
        'ledger_compacted/': retention.ledgerDays,
        'errors/': ERROR_DAYS,
      },
    });
    this.bucket.addMetric({ id: ERRORS_FILTER, prefix: 'errors/' });
    this.work = new RepointBucket(this, 'Work', deployment, {
      name: 'work',
      accessLogs: this.accessLogs,
      expireDays: { '': retention.workDays },
    });
    this.databaseName = `repoint_${deployment.stage}`;
    this.database = new CfnDatabase(this, 'Database', {
      catalogId: account,
      databaseInput: {
        name: this.databaseName,
        description: 'Events, the messages ledger and the views on them',
      },
    });
    this.database.applyRemovalPolicy(KEEP);
    this.tables = new Map(
      lakeTables().map((table) => [table.name, { table, resource: this.table(deployment, table) }]),
    );
    this.views = viewFiles();
    for (const view of this.views) this.view(deployment, view);
    this.workgroup = this.athena(deployment, athenaScanLimitGb * GIGABYTE);
  }

  /** May run queries of the workgroup over every view and every table without personal data; where a result goes is granted apart. */
  grantQuery(fn: RepointFunction): void {
    const tables = [...this.tables].flatMap(([name, { table }]) =>
      table.personal || table.bucket === 'work' ? [] : [name],
    );
    const names = [...tables, ...this.views.map(({ name }) => name)];
    const workgroup = Stack.of(this).formatArn({
      service: 'athena',
      resource: 'workgroup',
      resourceName: this.workgroup.name,
    });
    fn.allow(QUERY, workgroup)
      .allow(
        ['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartitions'],
        this.glue('catalog'),
        this.glue('database', this.databaseName),
        ...names.map((name) => this.glue('table', `${this.databaseName}/${name}`)),
      )
      .allow(['s3:GetBucketLocation', 's3:ListBucket'], this.bucket.bucketArn)
      .allowUnder(
        'Athena reads the files of the lake as its caller; the tables lie under these folders.',
        ['s3:GetObject'],
        ...tables.map((table) => this.bucket.under(`${lakeFolder(table)}/`)),
      )
      .allow(['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], this.work.bucketArn)
      .allowUnder(
        'Athena writes each result under a key of its own, as its caller.',
        WRITE_RESULT,
        this.work.under(ATHENA_PREFIX),
      )
      .knows(LAKE_ENV.workgroup, this.workgroup.name)
      .knows(LAKE_ENV.database, this.databaseName);
  }

  /** `grantQuery`, and may read the rows that come of it: Athena reads its result from S3 as its caller. */
  grantQueryRows(fn: RepointFunction): void {
    this.grantQuery(fn);
    const { name: resourceName } = this.workgroup;
    fn.allow(
      ['athena:GetQueryResults'],
      Stack.of(this).formatArn({ service: 'athena', resource: 'workgroup', resourceName }),
    );
  }

  /** Writes the rows of a table of the work bucket, and may join them in its queries. */
  grantWorkTable(fn: RepointFunction, name: string): void {
    fn.allow(['glue:GetTable', 'glue:GetPartitions'], this.glue('table', `${this.databaseName}/${name}`))
      .allow(['s3:ListBucket'], this.work.bucketArn)
      .allowUnder(
        'Rows of a piece of work are objects under their table, named by what they are for.',
        WRITE_RESULT,
        this.work.under(`${lakeFolder(name)}/`),
      );
  }

  private glue(resource: string, resourceName?: string): string {
    return Stack.of(this).formatArn({
      service: 'glue',
      resource,
      ...(resourceName ? { resourceName } : { arnFormat: ArnFormat.NO_RESOURCE_NAME }),
    });
  }

  private table(
    { config }: Deployment,
    { name, description, format, bucket, columns, partitions }: LakeTable,
  ): CfnTable {
    const { bucketName } = bucket === 'work' ? this.work : this.bucket;
    const location = `s3://${bucketName}/${lakeFolder(name)}/`;
    return new CfnTable(this, `Table-${name}`, {
      catalogId: config.account,
      databaseName: this.database.ref,
      tableInput: {
        name,
        description,
        tableType: 'EXTERNAL_TABLE',
        parameters: {
          EXTERNAL: 'TRUE',
          classification: format,
          ...projection(partitions, location),
        },
        partitionKeys: partitions.map((partition) => ({
          name: partition.name,
          type: partition.type === 'date' ? 'date' : 'string',
        })),
        storageDescriptor: {
          location,
          columns: [...columns],
          ...FORMATS[format],
        },
      },
    });
  }

  private view({ config }: Deployment, view: ViewFile): void {
    new CfnTable(this, `View-${view.name}`, {
      catalogId: config.account,
      databaseName: this.database.ref,
      tableInput: {
        name: view.name,
        description: view.grain,
        tableType: 'VIRTUAL_VIEW',
        parameters: { presto_view: 'true', comment: view.grain },
        partitionKeys: [],
        storageDescriptor: { columns: viewColumns(view), location: '', serdeInfo: {} },
        viewOriginalText: prestoView(view, this.databaseName, config.timeZone),
        viewExpandedText: '/* Presto View */',
      },
    });
  }

  private athena(deployment: Deployment, bytesScannedCutoffPerQuery: number): CfnWorkGroup {
    const workgroup = new CfnWorkGroup(this, 'Workgroup', {
      name: `repoint-${deployment.stage}`,
      description: 'Segments and reports; every result is encrypted and expires',
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${this.work.bucketName}/${ATHENA_PREFIX}`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
    workgroup.applyRemovalPolicy(KEEP);
    return workgroup;
  }
}

/** How Athena reads and writes files of a format. */
const FORMATS: Readonly<
  Record<
    LakeTable['format'],
    Pick<CfnTable.StorageDescriptorProperty, 'inputFormat' | 'outputFormat' | 'serdeInfo'>
  >
> = {
  parquet: {
    inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
    serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
  },
  json: {
    inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
    serdeInfo: { serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
  },
};

/** Partition projection: Athena computes the partitions, so nothing has to register a new day. */
function projection(partitions: readonly LakePartition[], location: string): Record<string, string> {
  if (partitions.length === 0) return {};
  const parameters: Record<string, string> = {
    'projection.enabled': 'true',
    'storage.location.template': `${location}${partitionPath(partitions, (key) => `\${${key}}`)}/`,
  };
  for (const partition of partitions) {
    const key = `projection.${partition.name}`;
    parameters[`${key}.type`] = partition.type;
    if (partition.type === 'enum') {
      parameters[`${key}.values`] = partition.values.join(',');
    } else if (partition.type === 'date') {
      parameters[`${key}.format`] = partition.format;
      // An event may be filed under tomorrow: clocks of clients run ahead (spec §1: −7…+1 days).
      parameters[`${key}.range`] = `${FIRST_DAY},NOW+1DAYS`;
      parameters[`${key}.interval`] = '1';
      parameters[`${key}.interval.unit`] = 'DAYS';
    }
  }
  return parameters;
}
