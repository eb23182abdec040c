import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { POLICY_ENV, POLICY_FUNCTION } from '../../lambdas/campaigns/env.ts';
import type { MembersStore } from '../members/members-store.ts';
import type { Engine } from '../pinpoint/engine.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { IdempotencyStore } from '../shared/idempotency-store.ts';
import type { RepointApi } from '../shared/repoint-api.ts';
import { RepointFunction } from '../shared/repoint-function.ts';
import type { CampaignsStore } from './campaigns-store.ts';
import { knowsPersonalisation } from './knows-personalisation.ts';
import type { PolicyStore } from './policy-store.ts';

export interface PolicyProps {
  readonly store: PolicyStore;
  readonly campaigns: CampaignsStore;
  readonly members: MembersStore;
  readonly idempotency: IdempotencyStore;
  readonly engine: Engine;
}

/** What the operator decided about advertising: for functions that write its notices, and for the one that judges. */
export const knowsPolicy = (fn: RepointFunction): RepointFunction =>
  fn.knows(POLICY_ENV.policy, JSON.stringify(fn.deployment.config.policy));

/** The hook that the engine asks before it sends a campaign's messages, and the coupons that it gives. */
export class Policy extends Construct {
  readonly hook: RepointFunction;
  readonly coupons: RepointFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly deployment: Deployment,
    private readonly props: PolicyProps,
  ) {
    super(scope, id);
    this.hook = this.hookFunction();
    this.coupons = this.couponsFunction();
  }

  addRoutes(door: RepointApi): void {
    for (const route of [
      'POST /coupons/pools',
      'GET /coupons/pools',
      'GET /coupons/pools/{name}',
      'POST /coupons/pools/{name}/codes',
    ]) {
      door.route(route, this.coupons);
    }
  }

  private hookFunction(): RepointFunction {
    const { store, campaigns, members, engine } = this.props;
    const fn = new RepointFunction(this, 'policy', this.deployment, {
      name: POLICY_FUNCTION,
      description: 'Decides who gets a message now: consent, night, caps, values, coupons',
      memoryMb: 1024,
      // The engine waits no longer (docs/pinpoint-api.md, "Hooks").
      timeout: Duration.seconds(15),
    });
    campaigns.grantReadCampaigns(fn);
    members.grantReadMembers(fn);
    members.grantReadState(fn);
    store.grantContacts(fn);
    store.grantGiveCoupons(fn);
    engine.grantInvoke(fn);
    return knowsPersonalisation(knowsPolicy(fn));
  }

  private couponsFunction(): RepointFunction {
    const { store, idempotency } = this.props;
    const fn = new RepointFunction(this, 'coupons', this.deployment, {
      name: 'campaigns-coupons',
      description: 'Coupon pools and their codes',
      memoryMb: 1024,
      timeout: Duration.seconds(29),
    });
    store.grantFillCoupons(fn);
    idempotency.grant(fn);
    return fn;
  }
}
