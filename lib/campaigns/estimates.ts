import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { COSTS_ENV } from '../../lambdas/campaigns/env.ts';
import type { MembersStore } from '../members/members-store.ts';
import type { SegmentsStore } from '../segments/segments-store.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { IdempotencyStore } from '../shared/idempotency-store.ts';
import type { Lake } from '../shared/lake.ts';
import type { RepointApi } from '../shared/repoint-api.ts';
import { RepointFunction } from '../shared/repoint-function.ts';
import type { CampaignsStore } from './campaigns-store.ts';
import { knowsPersonalisation } from './knows-personalisation.ts';
import { knowsSending } from './knows-sending.ts';
import { knowsPolicy } from './policy.ts';
import type { PolicyStore } from './policy-store.ts';

export interface EstimatesProps {
  readonly store: CampaignsStore;
  readonly policy: PolicyStore;
  readonly members: MembersStore;
  readonly segments: SegmentsStore;
  readonly lake: Lake;
  readonly idempotency: IdempotencyStore;
}

/** Reach, cost and duration of a campaign before it goes out. */
export class Estimates extends Construct {
  readonly api: RepointFunction;

  constructor(scope: Construct, id: string, deployment: Deployment, props: EstimatesProps) {
    super(scope, id);
    const { store, policy, members, segments, lake, idempotency } = props;
    this.api = new RepointFunction(this, 'api', deployment, {
      name: 'campaigns-estimate',
      description: 'Estimates what a campaign would do',
      // A list of a million members is read through, and five thousand of them are judged: a whole CPU.
      memoryMb: 1769,
      timeout: Duration.seconds(29),
    });
    store.grantReadTemplates(this.api);
    policy.grantReadContacts(this.api);
    policy.grantFindPools(this.api);
    members.grantReadMembers(this.api);
    members.grantReadState(this.api);
    segments.grantResolve(this.api);
    segments.grantReadLists(this.api);
    // What went out this month is counted from the ledger.
    lake.grantQueryRows(this.api);
    idempotency.grant(this.api);
    this.api.knows(COSTS_ENV.costs, JSON.stringify(deployment.config.costs));
    knowsPersonalisation(knowsPolicy(knowsSending(this.api)));
  }

  addRoutes(door: RepointApi): void {
    door.route('POST /campaigns/estimate', this.api);
  }
}
