import { Duration } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PINPOINT_ENV } from '../../lambdas/pinpoint/env.ts';
import { acknowledge } from '../shared/acknowledge.ts';
import { type Deployment, KEEP, physicalName } from '../shared/deployment.ts';
import type { Lake } from '../shared/lake.ts';
import { LakeStream } from '../shared/lake-stream.ts';
import { RepointBucket } from '../shared/repoint-bucket.ts';
import {
  BATCH_WRITE_ROWS,
  DELETE_ROWS,
  PUT_RECORDS,
  READ_ROWS,
  READ_WRITE_ROWS,
  type RepointFunction,
  SCAN_ROWS,
  SEND_MESSAGES,
} from '../shared/repoint-function.ts';
import { DUE_INDEX, RepointTable } from '../shared/repoint-table.ts';
import { WorkQueue } from '../shared/work-queue.ts';

/** All the engine keeps: apps and campaigns, endpoints, runs and slices, lists, its ledger and its queues. */
export class EngineStore extends Construct {
  readonly registry: RepointTable;
  readonly endpoints: RepointTable;
  readonly runs: RepointTable;
  readonly bucket: RepointBucket;
  readonly ledger: LakeStream;
  readonly importsQueue: WorkQueue;
  readonly runsQueue: WorkQueue;
  readonly slicesQueue: WorkQueue;
  readonly credentials: Secret;

  constructor(scope: Construct, id: string, deployment: Deployment, lake: Lake) {
    super(scope, id);
    const table = (tableId: string, name: string, more = {}) =>
      new RepointTable(this, tableId, deployment, { name: `pinpoint-${name}`, ...more });
    this.registry = table('Registry', 'registry', { sorted: true, due: 'rows' });
    this.endpoints = table('Endpoints', 'endpoints');
    this.runs = table('Runs', 'runs', { sorted: true, expiresAt: 'expiresAt' });
    this.bucket = new RepointBucket(this, 'Bucket', deployment, {
      name: 'pinpoint',
      accessLogs: lake.accessLogs,
      // Imported lists are segments and live as long as the engine; run slices are done within days.
      expireDays: { 'runs/': deployment.config.retention.workDays },
    });
    this.ledger = new LakeStream(this, 'Ledger', deployment, { name: 'ledger', table: 'ledger_raw', lake });
    // A list of millions is read, checked and written in one go.
    this.importsQueue = this.queue(deployment, 'imports', Duration.minutes(15), 3);
    // All slices of a run are cut and queued in one go.
    this.runsQueue = this.queue(deployment, 'runs', Duration.minutes(15), 3);
    // A slice of 1,000 takes seconds unless its rate is low; a worker hands the rest back before its time runs out,
    // and after a crash the slice comes back five minutes after that.
    this.slicesQueue = this.queue(deployment, 'slices', Duration.minutes(2), 10);
    this.credentials = new Secret(this, 'Credentials', {
      secretName: physicalName(deployment, 'pinpoint-credentials'),
      description: 'Access key pairs of outside Pinpoint clients: { "<accessKeyId>": "<secretAccessKey>" }',
      // One pair to begin with; more are added by hand, and the old one taken out when its client has moved on.
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'REPOINTKEY0000000001',
        passwordLength: 40,
        excludePunctuation: true,
      },
      removalPolicy: KEEP,
    });
    acknowledge(
      this.credentials,
      'SMG4',
      'A pair is changed together with its client: both pairs are valid until the client has moved on.',
    );
  }

  private queue(
    deployment: Deployment,
    name: string,
    consumerTimeout: Duration,
    maxReceives: number,
  ): WorkQueue {
    return new WorkQueue(this, `Queue-${name}`, deployment, { name, consumerTimeout, maxReceives });
  }

  grantRegistry(fn: RepointFunction): void {
    fn.allow(READ_WRITE_ROWS, this.registry.tableArn).knows(
      PINPOINT_ENV.registryTable,
      this.registry.tableName,
    );
  }

  /** DeleteApp, DeleteSegment, DeleteEndpoint and their kin. */
  grantDelete(fn: RepointFunction): void {
    fn.allow(DELETE_ROWS, this.registry.tableArn, this.endpoints.tableArn);
  }

  /** An import gives addresses to other endpoints; a deleted application takes all its endpoints along. */
  grantReplaceEndpoints(fn: RepointFunction): void {
    this.grantEndpoints(fn);
    fn.allow([...SCAN_ROWS, ...DELETE_ROWS, ...BATCH_WRITE_ROWS], this.endpoints.tableArn);
  }

  grantDue(fn: RepointFunction): void {
    fn.allow(['dynamodb:Query'], `${this.registry.tableArn}/index/${DUE_INDEX}`);
  }

  grantReadEndpoints(fn: RepointFunction): void {
    fn.allow(READ_ROWS, this.endpoints.tableArn).knows(PINPOINT_ENV.endpointsTable, this.endpoints.tableName);
  }

  grantEndpoints(fn: RepointFunction): void {
    fn.allow(READ_WRITE_ROWS, this.endpoints.tableArn).knows(
      PINPOINT_ENV.endpointsTable,
      this.endpoints.tableName,
    );
  }

  grantRuns(fn: RepointFunction): void {
    fn.allow(READ_WRITE_ROWS, this.runs.tableArn).knows(PINPOINT_ENV.runsTable, this.runs.tableName);
  }

  /** Reads objects under `prefix` of the engine's bucket; who may not list is told "forbidden" of what is not there. */
  grantReadObjects(fn: RepointFunction, prefix: string): void {
    this.allowObjects(fn, prefix, ['s3:GetObject']);
    fn.allow(['s3:ListBucket'], this.bucket.bucketArn);
  }

  /** Writes objects under `prefix` of the engine's bucket. */
  grantWriteObjects(fn: RepointFunction, prefix: string): void {
    this.allowObjects(fn, prefix, ['s3:PutObject']);
  }

  /** Takes away objects under `prefix` of the engine's bucket. */
  grantDeleteObjects(fn: RepointFunction, prefix: string): void {
    this.allowObjects(fn, prefix, ['s3:DeleteObject']);
    fn.allow(['s3:ListBucket'], this.bucket.bucketArn);
  }

  private allowObjects(fn: RepointFunction, prefix: string, actions: string[]): void {
    fn.allowUnder(
      'The engine keeps lists and slices as objects named by segment and run, under one prefix each.',
      actions,
      this.bucket.under(prefix),
    ).knows(PINPOINT_ENV.bucket, this.bucket.bucketName);
  }

  grantWriteLedger(fn: RepointFunction): void {
    const { stream } = this.ledger;
    fn.allow(PUT_RECORDS, stream.streamArn).knows(PINPOINT_ENV.ledgerStream, stream.streamName);
  }

  grantQueueImports(fn: RepointFunction): void {
    this.allowSend(fn, this.importsQueue, PINPOINT_ENV.importsQueueUrl);
  }

  grantQueueRuns(fn: RepointFunction): void {
    this.allowSend(fn, this.runsQueue, PINPOINT_ENV.runsQueueUrl);
  }

  grantQueueSlices(fn: RepointFunction): void {
    this.allowSend(fn, this.slicesQueue, PINPOINT_ENV.slicesQueueUrl);
  }

  private allowSend(fn: RepointFunction, { queue }: WorkQueue, variable: string): void {
    fn.allow(SEND_MESSAGES, queue.queueArn).knows(variable, queue.queueUrl);
  }

  grantReadCredentials(fn: RepointFunction): void {
    fn.allow(['secretsmanager:GetSecretValue'], this.credentials.secretArn).knows(
      PINPOINT_ENV.credentialsSecret,
      physicalName(fn.deployment, 'pinpoint-credentials'),
    );
  }
}
