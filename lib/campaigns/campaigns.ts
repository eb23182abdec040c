import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CAMPAIGNS_ENV, POLICY_ENV } from '../../lambdas/campaigns/env.ts';
import type { KakaoStore } from '../channels/kakao-store.ts';
import type { MembersStore } from '../members/members-store.ts';
import type { Engine } from '../pinpoint/engine.ts';
import type { SegmentsStore } from '../segments/segments-store.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { IdempotencyStore } from '../shared/idempotency-store.ts';
import type { Lake } from '../shared/lake.ts';
import type { RepointApi } from '../shared/repoint-api.ts';
import { RepointFunction } from '../shared/repoint-function.ts';
import { MinuteTick, onQueue } from '../shared/triggers.ts';
import type { CampaignsStore } from './campaigns-store.ts';
import { ImportRole } from './import-role.ts';
import { knowsPersonalisation } from './knows-personalisation.ts';
import { knowsSending } from './knows-sending.ts';
import type { PolicyStore } from './policy-store.ts';

const ROUTES = [
  'POST /campaigns',
  'GET /campaigns',
  'GET /campaigns/{id}',
  'PATCH /campaigns/{id}',
  'POST /campaigns/{id}/clone',
  'POST /campaigns/{id}/start',
  'POST /campaigns/{id}/pause',
  'POST /campaigns/{id}/resume',
  'POST /campaigns/{id}/cancel',
  'POST /campaigns/{id}/approve',
  'GET /campaigns/{id}/history',
  'GET /campaigns/{id}/upcoming',
  'GET /calendar',
];

export interface CampaignsProps {
  readonly store: CampaignsStore;
  readonly policy: PolicyStore;
  readonly members: MembersStore;
  readonly segments: SegmentsStore;
  readonly idempotency: IdempotencyStore;
  readonly engine: Engine;
  readonly lake: Lake;
  readonly kakao: KakaoStore;
}

/** Campaigns by API, the tick that finds sends that are due, and the function that moves a send one step on. */
export class Campaigns extends Construct {
  readonly api: RepointFunction;
  readonly advancer: RepointFunction;
  readonly ticker: RepointFunction;
  readonly tick: MinuteTick;

  constructor(
    scope: Construct,
    id: string,
    private readonly deployment: Deployment,
    private readonly props: CampaignsProps,
  ) {
    super(scope, id);
    this.api = this.apiFunction();
    this.advancer = this.advanceFunction();
    this.ticker = this.tickFunction();
    this.tick = new MinuteTick(this, 'Tick', deployment, this.ticker);
  }

  addRoutes(door: RepointApi): void {
    for (const route of ROUTES) door.route(route, this.api);
  }

  private fn(name: string, description: string, memoryMb: number, timeout: Duration): RepointFunction {
    return new RepointFunction(this, name, this.deployment, {
      name: `campaigns-${name}`,
      description,
      memoryMb,
      timeout,
    });
  }

  /** Moves sends on, or decides about them: what it tells the engine depends on how the operator sends. */
  private sends(fn: RepointFunction): void {
    this.props.store.grantCampaigns(fn);
    knowsPersonalisation(knowsSending(fn));
  }

  private apiFunction(): RepointFunction {
    const { store, policy, segments, idempotency, engine } = this.props;
    const fn = this.fn('api', 'Campaigns and their sends', 1024, Duration.seconds(29));
    this.sends(fn);
    store.grantLists(fn);
    store.grantQueueSends(fn);
    segments.grantReadDefinitions(fn);
    policy.grantFindPools(fn);
    idempotency.grant(fn);
    engine.grantInvoke(fn);
    return fn.knows(POLICY_ENV.policy, JSON.stringify(this.deployment.config.policy));
  }

  private advanceFunction(): RepointFunction {
    const { store, policy, members, segments, engine, lake, kakao } = this.props;
    const fn = this.fn('advance', 'Moves one send one step on', 1024, store.sends.consumerTimeout);
    this.sends(fn);
    store.grantQueueSends(fn);
    segments.grantResolve(fn);
    // What its texts make of the members of its list is judged before anybody gets it.
    segments.grantReadLists(fn);
    members.grantReadMembers(fn);
    members.grantReadState(fn);
    policy.grantFindPools(fn);
    // What became of a test's variants decides who gets the rest.
    lake.grantQueryRows(fn);
    // A run says labels and opt-out texts by the operator's policy; Kakao's content is stored for its channel.
    fn.knows(POLICY_ENV.policy, JSON.stringify(this.deployment.config.policy));
    kakao.grantReadWriteTemplates(fn);
    engine.grantInvoke(fn);
    const role = new ImportRole(this, 'ImportRole', this.deployment, segments, engine);
    fn.knows(CAMPAIGNS_ENV.importRoleArn, role.roleArn);
    onQueue(fn, store.sends, { batchSize: 5, maxConcurrency: 10 });
    return fn;
  }

  private tickFunction(): RepointFunction {
    const { store } = this.props;
    // A core of its own: ten thousand campaigns may be due in one minute (bench/plan.ts).
    const fn = this.fn('tick', 'Queues the campaigns and sends that are due', 1769, Duration.seconds(55));
    store.grantDue(fn);
    store.grantQueueSends(fn);
    return fn;
  }
}
