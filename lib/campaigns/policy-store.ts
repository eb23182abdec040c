import { Construct } from 'constructs';
import { COUPONS_ENV, POLICY_ENV } from '../../lambdas/campaigns/env.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { RepointFunction } from '../shared/repoint-function.ts';
import { RepointTable } from '../shared/repoint-table.ts';

/** Codes of a pool by whether they are given, spread over shards (docs/architecture.md). */
const SHELVES_INDEX = 'shelves';

/** What is remembered to judge the next message: who was written to lately, and coupons. */
export class PolicyStore extends Construct {
  readonly contacts: RepointTable;
  readonly coupons: RepointTable;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.contacts = new RepointTable(this, 'Contacts', deployment, {
      name: 'contacts',
      expiresAt: 'expiresAt',
    });
    this.coupons = new RepointTable(this, 'Coupons', deployment, {
      name: 'coupons',
      list: { name: SHELVES_INDEX, by: 'shelf', sortedBy: 'place', columns: [] },
    });
  }

  grantContacts(fn: RepointFunction): void {
    fn.allow(['dynamodb:BatchGetItem', 'dynamodb:PutItem'], this.contacts.tableArn).knows(
      POLICY_ENV.contactsTable,
      this.contacts.tableName,
    );
  }

  /** Looks who was written to lately. */
  grantReadContacts(fn: RepointFunction): void {
    fn.allow(['dynamodb:BatchGetItem'], this.contacts.tableArn).knows(
      POLICY_ENV.contactsTable,
      this.contacts.tableName,
    );
  }

  /** Gives codes to members. */
  grantGiveCoupons(fn: RepointFunction): void {
    fn.allow(['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], this.coupons.tableArn);
    this.grantShelves(fn);
  }

  /** Makes pools, fills them, and counts what is left. */
  grantFillCoupons(fn: RepointFunction): void {
    fn.allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem'], this.coupons.tableArn);
    this.grantShelves(fn);
  }

  /** Finds pools by their names, and the nearest ones. */
  grantFindPools(fn: RepointFunction): void {
    fn.allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem'], this.coupons.tableArn);
    this.grantShelves(fn);
  }

  /** Takes a member who is erased out of both. */
  grantForgetMember(fn: RepointFunction): void {
    fn.allow(['dynamodb:DeleteItem'], this.contacts.tableArn).knows(
      POLICY_ENV.contactsTable,
      this.contacts.tableName,
    );
    fn.allow(['dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], this.coupons.tableArn);
    this.grantShelves(fn);
  }

  private grantShelves(fn: RepointFunction): void {
    fn.allow(['dynamodb:Query'], `${this.coupons.tableArn}/index/${SHELVES_INDEX}`).knows(
      COUPONS_ENV.couponsTable,
      this.coupons.tableName,
    );
  }
}
