import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { COMPACTION_ENV, NIGHTLY_ENV } from '../../lambdas/events/env.ts';
import type { MembersStore } from '../members/members-store.ts';
import type { Deployment } from '../shared/deployment.ts';
import { type Lake, lakeFolder, WRITE_RESULT } from '../shared/lake.ts';
import { RepointFunction, SEND_MESSAGES } from '../shared/repoint-function.ts';
import { NightlyTick, onQueue } from '../shared/triggers.ts';
import { WorkQueue } from '../shared/work-queue.ts';

const foldersOf = (...tables: string[]): string[] => tables.map((table) => `${lakeFolder(table)}/`);
const RAW = foldersOf('events_raw', 'ledger_raw');
const COMPACTED = foldersOf('events_compacted', 'identity_turns', 'activity_pieces', 'ledger_compacted');
const COMPACTIONS = foldersOf('compactions', 'ledger_compactions');
const WHY = 'Files of a partition are named by Firehose and Athena, under one folder a table.';

/**
 * Each night closed days of events and of the ledger are rewritten into few files, each row once (docs/adr/0007-closed-days-are-rewritten.md,
 * docs/adr/0013-the-ledger-is-compacted-too.md).
 */
export class EventCompaction extends Construct {
  readonly nightly: RepointFunction;
  readonly compactor: RepointFunction;
  private readonly work: WorkQueue;

  constructor(scope: Construct, id: string, deployment: Deployment, lake: Lake, members: MembersStore) {
    super(scope, id);
    this.work = new WorkQueue(this, 'Compactions', deployment, {
      name: 'compactions',
      // A day waits for its Athena query, which may take minutes.
      consumerTimeout: Duration.minutes(15),
      maxReceives: 3,
    });
    this.nightly = new RepointFunction(this, 'nightly', deployment, {
      name: 'events-nightly',
      description: 'Queues what is to be compacted, drops what is beyond the retention',
      memoryMb: 512,
      timeout: Duration.minutes(5),
    });
    this.compactor = new RepointFunction(this, 'compact', deployment, {
      name: 'events-compact',
      description: 'Rewrites one closed partition of events or of the ledger',
      memoryMb: 512,
      timeout: this.work.consumerTimeout,
    });
    for (const fn of [this.nightly, this.compactor]) this.grantCompactions(fn, lake);
    this.compactor
      .allowUnder(WHY, ['s3:GetObject'], ...under(lake, COMPACTED))
      .allowUnder(WHY, ['s3:DeleteObject'], ...under(lake, RAW));
    this.grantQueue(this.nightly);
    const { eventsDays, ledgerDays } = deployment.config.retention;
    this.nightly
      .knows(NIGHTLY_ENV.eventsDays, String(eventsDays))
      .knows(NIGHTLY_ENV.ledgerDays, String(ledgerDays));
    members.grantReadErasures(this.compactor);
    lake.grantQuery(this.compactor);
    this.compactor.allowUnder(WHY, WRITE_RESULT, ...under(lake, COMPACTED));
    new NightlyTick(this, 'Tick', deployment, this.nightly);
    // One day after the other as far as may be: SQS runs at least two, and of two days the second to end is weighed anew.
    onQueue(this.compactor, this.work, { batchSize: 1, maxConcurrency: 2 });
  }

  /** May ask for a partition to be rewritten. */
  grantQueue(fn: RepointFunction): void {
    const { queue } = this.work;
    fn.allow(SEND_MESSAGES, queue.queueArn).knows(NIGHTLY_ENV.compactionsQueueUrl, queue.queueUrl);
  }

  /** Sees which writings count, and what lies in the lake. */
  grantLook(fn: RepointFunction, lake: Lake): void {
    fn.allow(['s3:ListBucket'], lake.bucket.bucketArn)
      .allowUnder(WHY, ['s3:GetObject'], ...under(lake, COMPACTIONS))
      .knows(COMPACTION_ENV.lakeBucket, lake.bucket.bucketName);
  }

  /** Which writings count, and dropping those that do not. */
  private grantCompactions(fn: RepointFunction, lake: Lake): void {
    fn.allow(['s3:ListBucket'], lake.bucket.bucketArn)
      .allowUnder(WHY, ['s3:DeleteObject'], ...under(lake, COMPACTED))
      .allowUnder(WHY, ['s3:GetObject', 's3:PutObject'], ...under(lake, COMPACTIONS))
      .knows(COMPACTION_ENV.lakeBucket, lake.bucket.bucketName);
  }
}

const under = ({ bucket }: Lake, folders: readonly string[]): string[] =>
  folders.map((folder) => bucket.under(folder));
