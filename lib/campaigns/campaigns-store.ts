import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CAMPAIGNS_ENV } from '../../lambdas/campaigns/env.ts';
import type { Deployment } from '../shared/deployment.ts';
import {
  DELETE_ROWS,
  READ_WRITE_ROWS,
  type RepointFunction,
  SEND_MESSAGES,
} from '../shared/repoint-function.ts';
import { DUE_INDEX, RepointTable } from '../shared/repoint-table.ts';
import { WorkQueue } from '../shared/work-queue.ts';

/** Campaigns by the state they are listed under, newest last (docs/architecture.md). */
const LISTED_INDEX = 'listed';

/** Campaigns and their sends, and the queue of sends to move one step on. */
export class CampaignsStore extends Construct {
  readonly table: RepointTable;
  readonly sends: WorkQueue;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.table = new RepointTable(this, 'Table', deployment, {
      name: 'campaigns',
      sorted: true,
      due: 'keys',
      // What is remembered to warn of campaigns that say the same.
      expiresAt: 'expiresAt',
      list: {
        name: LISTED_INDEX,
        by: 'listState',
        sortedBy: 'listedAt',
        columns: ['line', 'searchName'],
      },
    });
    this.sends = new WorkQueue(this, 'Sends', deployment, {
      name: 'sends',
      // One step: a handful of calls, then the send goes back into the queue.
      consumerTimeout: Duration.minutes(1),
      maxReceives: 5,
    });
  }

  grantCampaigns(fn: RepointFunction): void {
    fn.allow(READ_WRITE_ROWS, this.table.tableArn).knows(CAMPAIGNS_ENV.table, this.table.tableName);
  }

  /** Reads campaigns by their ids. */
  grantReadCampaigns(fn: RepointFunction): void {
    fn.allow(['dynamodb:GetItem'], this.table.tableArn).knows(CAMPAIGNS_ENV.table, this.table.tableName);
  }

  /** Reads campaigns by their ids, what they said and their sends. */
  grantReadSends(fn: RepointFunction): void {
    this.grantReadCampaigns(fn);
    fn.allow(['dynamodb:Query'], this.table.tableArn);
  }

  /** Reads templates, and the names of those that are there. */
  grantReadTemplates(fn: RepointFunction): void {
    fn.allow(['dynamodb:GetItem', 'dynamodb:Query'], this.table.tableArn).knows(
      CAMPAIGNS_ENV.table,
      this.table.tableName,
    );
  }

  /** Reads the lists of campaigns. */
  grantLists(fn: RepointFunction): void {
    fn.allow(['dynamodb:Query'], `${this.table.tableArn}/index/${LISTED_INDEX}`);
  }

  grantDelete(fn: RepointFunction): void {
    fn.allow(DELETE_ROWS, this.table.tableArn);
  }

  /** Sees the keys of what is due, and claims it; reads nothing else. */
  grantDue(fn: RepointFunction): void {
    fn.allow(['dynamodb:Query'], `${this.table.tableArn}/index/${DUE_INDEX}`)
      .allow(['dynamodb:UpdateItem'], this.table.tableArn)
      .knows(CAMPAIGNS_ENV.table, this.table.tableName);
  }

  grantQueueSends(fn: RepointFunction): void {
    const { queue } = this.sends;
    fn.allow(SEND_MESSAGES, queue.queueArn).knows(CAMPAIGNS_ENV.sendsQueueUrl, queue.queueUrl);
  }
}
