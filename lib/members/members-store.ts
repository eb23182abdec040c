import { Construct } from 'constructs';
import { ATTRIBUTES_ENV, ERASURES_ENV, MEMBERS_ENV } from '../../lambdas/members/env.ts';
import type { Deployment } from '../shared/deployment.ts';
import {
  BATCH_WRITE_ROWS,
  DELETE_ROWS,
  READ_ROWS,
  READ_WRITE_ROWS,
  type RepointFunction,
  SCAN_ROWS,
  WRITE_ROWS,
} from '../shared/repoint-function.ts';
import { RepointTable } from '../shared/repoint-table.ts';

/** Members, what their attributes are called, what the event consumer keeps of them, and who is to be erased. */
export class MembersStore extends Construct {
  readonly members: RepointTable;
  readonly state: RepointTable;
  readonly erasures: RepointTable;
  readonly attributes: RepointTable;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.members = new RepointTable(this, 'Members', deployment, { name: 'members' });
    this.state = new RepointTable(this, 'State', deployment, { name: 'member-state' });
    this.erasures = new RepointTable(this, 'Erasures', deployment, { name: 'erasures', sorted: true });
    this.attributes = new RepointTable(this, 'Attributes', deployment, {
      name: 'member-attributes',
      sorted: true,
    });
  }

  grantReadWriteMembers(fn: RepointFunction): void {
    fn.allow([...READ_WRITE_ROWS, ...BATCH_WRITE_ROWS], this.members.tableArn).knows(
      MEMBERS_ENV.table,
      this.members.tableName,
    );
  }

  /** Knows names, types and examples of attributes, and adds what is new. */
  grantNoteAttributes(fn: RepointFunction): void {
    this.grantReadAttributes(fn);
    fn.allow(['dynamodb:UpdateItem'], this.attributes.tableArn);
  }

  /** Knows names, types and examples of attributes. */
  grantReadAttributes(fn: RepointFunction): void {
    fn.allow(['dynamodb:Query'], this.attributes.tableArn).knows(
      ATTRIBUTES_ENV.attributesTable,
      this.attributes.tableName,
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

  /** Keeps states, and notes who was named in a browser. */
  grantReadWriteState(fn: RepointFunction): void {
    fn.allow([...READ_ROWS, ...BATCH_WRITE_ROWS, 'dynamodb:UpdateItem'], this.state.tableArn).knows(
      MEMBERS_ENV.stateTable,
      this.state.tableName,
    );
  }

  /** Knows who is to be erased. */
  grantReadErasures(fn: RepointFunction): void {
    fn.allow(['dynamodb:Query'], this.erasures.tableArn).knows(
      ERASURES_ENV.erasuresTable,
      this.erasures.tableName,
    );
  }

  /** Opens erasures, and tells how far they are. */
  grantOpenErasures(fn: RepointFunction): void {
    fn.allow(['dynamodb:GetItem', 'dynamodb:PutItem'], this.erasures.tableArn)
      .allow(['dynamodb:BatchGetItem'], this.members.tableArn, this.state.tableArn)
      .knows(ERASURES_ENV.erasuresTable, this.erasures.tableName);
    this.knowsPeople(fn);
  }

  /** Takes people out of both tables. */
  grantErase(fn: RepointFunction): void {
    fn.allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], this.erasures.tableArn)
      .allow(DELETE_ROWS, this.members.tableArn)
      .knows(ERASURES_ENV.erasuresTable, this.erasures.tableName);
    this.forgetsStates(fn);
    this.knowsPeople(fn);
  }

  /** Takes people out of the states of browsers, and closes erasures. */
  grantCloseErasures(fn: RepointFunction): void {
    this.grantReadErasures(fn);
    fn.allow(['dynamodb:GetItem', ...WRITE_ROWS, ...DELETE_ROWS], this.erasures.tableArn);
    this.forgetsStates(fn);
    this.knowsPeople(fn);
  }

  /** Of a browser that several people use, what the others did stays. */
  private forgetsStates(fn: RepointFunction): void {
    fn.allow(
      ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem', ...DELETE_ROWS],
      this.state.tableArn,
    );
  }

  private knowsPeople(fn: RepointFunction): void {
    fn.knows(MEMBERS_ENV.table, this.members.tableName).knows(MEMBERS_ENV.stateTable, this.state.tableName);
  }
}
