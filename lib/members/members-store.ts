import { Construct } from 'constructs';
import { MEMBERS_ENV } from '../../lambdas/members/env.ts';
import type { Deployment } from '../shared/deployment.ts';
import {
  BATCH_WRITE_ROWS,
  READ_ROWS,
  READ_WRITE_ROWS,
  type RepointFunction,
  SCAN_ROWS,
} from '../shared/repoint-function.ts';
import { RepointTable } from '../shared/repoint-table.ts';

/** Members, and what the event consumer keeps of them. */
export class MembersStore extends Construct {
  readonly members: RepointTable;
  readonly state: RepointTable;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.members = new RepointTable(this, 'Members', deployment, { name: 'members' });
    this.state = new RepointTable(this, 'State', deployment, { name: 'member-state' });
  }

  grantReadWriteMembers(fn: RepointFunction): void {
    fn.allow([...READ_WRITE_ROWS, ...BATCH_WRITE_ROWS], this.members.tableArn).knows(
      MEMBERS_ENV.table,
      this.members.tableName,
    );
  }

  /** Reads members by their userIds. */
  grantReadMembers(fn: RepointFunction): void {
    fn.allow(['dynamodb:BatchGetItem'], this.members.tableArn).knows(
      MEMBERS_ENV.table,
      this.members.tableName,
    );
  }

  /** An attribute rule looks at every member. */
  grantScanMembers(fn: RepointFunction): void {
    fn.allow([...READ_ROWS, ...SCAN_ROWS], this.members.tableArn).knows(
      MEMBERS_ENV.table,
      this.members.tableName,
    );
  }

  grantReadState(fn: RepointFunction): void {
    fn.allow(READ_ROWS, this.state.tableArn).knows(MEMBERS_ENV.stateTable, this.state.tableName);
  }

  grantReadWriteState(fn: RepointFunction): void {
    fn.allow([...READ_ROWS, ...BATCH_WRITE_ROWS], this.state.tableArn).knows(
      MEMBERS_ENV.stateTable,
      this.state.tableName,
    );
  }
}
