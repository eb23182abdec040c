import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { SEGMENTS_ENV } from '../../lambdas/segments/env.ts';
import type { Deployment } from '../shared/deployment.ts';
import { type Lake, WRITE_RESULT } from '../shared/lake.ts';
import type { RepointBucket } from '../shared/repoint-bucket.ts';
import {
  READ_ROWS,
  READ_WRITE_ROWS,
  type RepointFunction,
  SEND_MESSAGES,
} from '../shared/repoint-function.ts';
import { RepointTable } from '../shared/repoint-table.ts';
import { WorkQueue } from '../shared/work-queue.ts';

/** Where resolved lists lie in the work bucket; the one prefix the engine's import may read. */
export const LISTS_PREFIX = 'segments/';
/** Where what previews found lies beside them. */
const PREVIEWS_PREFIX = 'previews/';
/** Glue table of what scans found of members. */
const BITS_TABLE = 'segment_bits';

/** Definitions, the queue of resolutions, and the place of resolved lists. */
export class SegmentsStore extends Construct {
  readonly table: RepointTable;
  readonly resolutions: WorkQueue;

  constructor(
    scope: Construct,
    id: string,
    deployment: Deployment,
    readonly work: RepointBucket,
    private readonly lake: Lake,
  ) {
    super(scope, id);
    this.table = new RepointTable(this, 'Table', deployment, {
      name: 'segments',
      sorted: true,
      expiresAt: 'expiresAt',
    });
    this.resolutions = new WorkQueue(this, 'Resolutions', deployment, {
      name: 'resolutions',
      // A resolution waits for its Athena query, which may take minutes.
      consumerTimeout: Duration.minutes(15),
      maxReceives: 3,
    });
  }

  grantReadDefinitions(fn: RepointFunction): void {
    fn.allow(READ_ROWS, this.table.tableArn).knows(SEGMENTS_ENV.table, this.table.tableName);
  }

  grantDefinitions(fn: RepointFunction): void {
    fn.allow(READ_WRITE_ROWS, this.table.tableArn).knows(SEGMENTS_ENV.table, this.table.tableName);
  }

  /** Whoever may ask for a resolution reads its outcome, and where its list lies, from the table. */
  grantResolve(fn: RepointFunction): void {
    this.grantDefinitions(fn);
    const { queue } = this.resolutions;
    fn.allow(SEND_MESSAGES, queue.queueArn).knows(SEGMENTS_ENV.resolutionsQueueUrl, queue.queueUrl);
  }

  /** Lists of testers lie beside resolved ones. */
  grantWriteTesters(fn: RepointFunction): void {
    fn.allowUnder(
      'Lists of testers are objects under one prefix, named by test.',
      ['s3:PutObject'],
      this.work.under(`${LISTS_PREFIX}tests/`),
    ).knows(SEGMENTS_ENV.bucket, this.work.bucketName);
  }

  /** Resolved lists are read where their resolution says. */
  grantReadLists(fn: RepointFunction): void {
    fn.allowUnder(
      'Resolved lists are objects under one prefix, named by segment and resolution.',
      ['s3:GetObject'],
      this.work.under(LISTS_PREFIX),
    ).allow(['s3:ListBucket'], this.work.bucketArn);
  }

  /** What previews found is written by who resolves them, and read by who shows them. */
  grantPreviews(fn: RepointFunction, access: 'read' | 'write'): void {
    fn.allowUnder(
      'What previews found are objects under one prefix, named by preview.',
      access === 'read' ? ['s3:GetObject'] : ['s3:PutObject'],
      this.work.under(PREVIEWS_PREFIX),
    );
  }

  /** Of how long events and lists are kept. */
  knowsDays(fn: RepointFunction): void {
    const { eventsDays, workDays } = fn.deployment.config.retention;
    fn.knows(SEGMENTS_ENV.eventsDays, String(eventsDays)).knows(SEGMENTS_ENV.listDays, String(workDays));
  }

  /** What a scan found of members is joined by the query that follows. */
  grantBits(fn: RepointFunction): void {
    this.lake.grantWorkTable(fn, BITS_TABLE);
  }

  /** UNLOAD writes a list as its caller. */
  grantWriteLists(fn: RepointFunction): void {
    fn.allowUnder(
      'Resolved lists are objects under one prefix, named by segment and resolution.',
      WRITE_RESULT,
      this.work.under(LISTS_PREFIX),
    )
      .allow(['s3:ListBucket', 's3:GetBucketLocation'], this.work.bucketArn)
      .knows(SEGMENTS_ENV.bucket, this.work.bucketName);
  }
}
