import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { LISTS_ENV, SEGMENTS_ENV } from '../../lambdas/segments/env.ts';
import type { MembersStore } from '../members/members-store.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { IdempotencyStore } from '../shared/idempotency-store.ts';
import type { RepointApi } from '../shared/repoint-api.ts';
import {
  BATCH_WRITE_ROWS,
  DELETE_ROWS,
  READ_WRITE_ROWS,
  RepointFunction,
  SCAN_ROWS,
  SEND_MESSAGES,
} from '../shared/repoint-function.ts';
import { onQueue } from '../shared/triggers.ts';
import { WorkQueue } from '../shared/work-queue.ts';
import type { SegmentsStore } from './segments-store.ts';

/** What was uploaded, and what of it is nobody's; apart from the lists that the engine may import. */
const UPLOADS_PREFIX = 'lists/';

export interface SegmentListsProps {
  readonly store: SegmentsStore;
  readonly members: MembersStore;
  readonly idempotency: IdempotencyStore;
}

/** Uploaded lists: the API that takes them, and the function that finds out who is on them. */
export class SegmentLists extends Construct {
  readonly api: RepointFunction;
  readonly matcher: RepointFunction;

  constructor(
    scope: Construct,
    id: string,
    deployment: Deployment,
    { store, members, idempotency }: SegmentListsProps,
  ) {
    super(scope, id);
    const work = new WorkQueue(this, 'Queue', deployment, {
      name: 'lists',
      // One pass over all members: of 6.4 million it takes minutes.
      consumerTimeout: Duration.minutes(15),
      maxReceives: 3,
    });
    this.api = new RepointFunction(this, 'api', deployment, {
      name: 'segments-lists',
      description: 'Uploaded lists of people',
      memoryMb: 1024,
      timeout: Duration.seconds(29),
    });
    this.matcher = new RepointFunction(this, 'match', deployment, {
      name: 'segments-match',
      description: 'Finds out who is on an uploaded list',
      // A million rows are held in memory while members go by.
      memoryMb: 2048,
      timeout: work.consumerTimeout,
    });
    for (const fn of [this.api, this.matcher]) {
      this.grantLists(fn, store);
      members.grantReadMembers(fn);
      members.grantReadState(fn);
      members.grantReadErasures(fn);
      fn.allow(SEND_MESSAGES, work.queue.queueArn).knows(LISTS_ENV.listsQueueUrl, work.queue.queueUrl);
    }
    idempotency.grant(this.api);
    this.matcher.allow(SCAN_ROWS, members.members.tableArn);
    // Each is a scan of all members: two at once are enough.
    onQueue(this.matcher, work, { batchSize: 1, maxConcurrency: 2 });
  }

  addRoutes(door: RepointApi): void {
    for (const route of [
      'POST /segments/lists',
      'GET /segments/lists',
      'GET /segments/lists/{id}',
      'DELETE /segments/lists/{id}',
      'POST /segments/lists/{id}/parts',
      'POST /segments/lists/{id}/close',
      'GET /segments/lists/{id}/unmatched',
    ])
      door.route(route, this.api);
  }

  private grantLists(fn: RepointFunction, { table, work }: SegmentsStore): void {
    fn.allow([...READ_WRITE_ROWS, ...BATCH_WRITE_ROWS, ...DELETE_ROWS], table.tableArn)
      .allowUnder(
        'Uploads are objects under one prefix, named by list.',
        ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        work.under(UPLOADS_PREFIX),
      )
      .allow(['s3:ListBucket'], work.bucketArn)
      .knows(SEGMENTS_ENV.table, table.tableName)
      .knows(SEGMENTS_ENV.bucket, work.bucketName);
  }
}

/** May take a person who is erased off every list. */
export function grantForgetListed(fn: RepointFunction, { table }: SegmentsStore): void {
  fn.allow(['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:UpdateItem'], table.tableArn).knows(
    SEGMENTS_ENV.table,
    table.tableName,
  );
}
