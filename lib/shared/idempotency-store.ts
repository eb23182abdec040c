import { Construct } from 'constructs';
import { SHARED_ENV } from '../../lambdas/shared/env.ts';
import type { Deployment } from './deployment.ts';
import { DELETE_ROWS, type RepointFunction } from './repoint-function.ts';
import { RepointTable } from './repoint-table.ts';

/** First answers to POSTs with an Idempotency-Key. */
export class IdempotencyStore extends Construct {
  readonly table: RepointTable;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.table = new RepointTable(this, 'Table', deployment, {
      name: 'idempotency',
      expiresAt: 'expiration',
    });
  }

  /** A first answer is forgotten again when its work failed. */
  grant(fn: RepointFunction): void {
    fn.allow(
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', ...DELETE_ROWS],
      this.table.tableArn,
    ).knows(SHARED_ENV.idempotencyTable, this.table.tableName);
  }
}
