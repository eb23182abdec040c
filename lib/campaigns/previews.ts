import { Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CAMPAIGNS_ENV } from '../../lambdas/campaigns/env.ts';
import type { KakaoStore } from '../channels/kakao-store.ts';
import type { MembersStore } from '../members/members-store.ts';
import { type Engine, importRoleName } from '../pinpoint/engine.ts';
import type { SegmentsStore } from '../segments/segments-store.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { IdempotencyStore } from '../shared/idempotency-store.ts';
import type { RepointApi } from '../shared/repoint-api.ts';
import { RepointFunction } from '../shared/repoint-function.ts';
import type { CampaignsStore } from './campaigns-store.ts';
import { knowsPersonalisation } from './knows-personalisation.ts';
import { knowsSending } from './knows-sending.ts';
import { knowsPolicy } from './policy.ts';
import type { PolicyStore } from './policy-store.ts';

export interface PreviewsProps {
  readonly store: CampaignsStore;
  readonly policy: PolicyStore;
  readonly members: MembersStore;
  readonly segments: SegmentsStore;
  readonly kakao: KakaoStore;
  readonly idempotency: IdempotencyStore;
  readonly engine: Engine;
}

/** What one member would get of a campaign, and tests to listed members. */
export class Previews extends Construct {
  readonly preview: RepointFunction;
  readonly test: RepointFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly deployment: Deployment,
    private readonly props: PreviewsProps,
  ) {
    super(scope, id);
    this.preview = this.previewFunction();
    this.test = this.testFunction();
  }

  addRoutes(door: RepointApi): void {
    door.route('POST /campaigns/preview', this.preview);
    door.route('POST /campaigns/{id}/test', this.test);
  }

  /** Both say what the engine is told, and ask the engine who a member is to it. */
  private fn(name: string, description: string): RepointFunction {
    const fn = new RepointFunction(this, name, this.deployment, {
      name: `campaigns-${name}`,
      description,
      memoryMb: 1024,
      timeout: Duration.seconds(29),
    });
    this.props.idempotency.grant(fn);
    this.props.engine.grantInvoke(fn);
    return knowsPersonalisation(knowsPolicy(knowsSending(fn)));
  }

  private previewFunction(): RepointFunction {
    const { store, policy, members, segments } = this.props;
    const fn = this.fn('preview', 'Shows what a member would get');
    store.grantReadTemplates(fn);
    policy.grantReadContacts(fn);
    policy.grantFindPools(fn);
    members.grantReadMembers(fn);
    members.grantReadState(fn);
    segments.grantReadDefinitions(fn);
    return fn;
  }

  private testFunction(): RepointFunction {
    const { store, segments, kakao } = this.props;
    const fn = this.fn('test', 'Sends a campaign to testers');
    // The version that a test says is kept, and Kakao's content is stored for its channel.
    store.grantCampaigns(fn);
    kakao.grantReadWriteTemplates(fn);
    segments.grantWriteTesters(fn);
    const resourceName = importRoleName(this.deployment);
    const role = Stack.of(this).formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
    return fn.knows(CAMPAIGNS_ENV.importRoleArn, role);
  }
}
