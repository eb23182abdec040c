import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Campaigns } from './campaigns/campaigns.ts';
import { Estimates } from './campaigns/estimates.ts';
import { KillSwitch } from './campaigns/kill-switch.ts';
import { Policy } from './campaigns/policy.ts';
import { Previews } from './campaigns/previews.ts';
import { Results } from './campaigns/results.ts';
import { Templates } from './campaigns/templates.ts';
import { Kakao } from './channels/kakao.ts';
import { ApiDocs } from './console/api-docs.ts';
import type { DataStack } from './data-stack.ts';
import type { EngineStack } from './engine-stack.ts';
import { EventCompaction } from './events/event-compaction.ts';
import { EventIntake } from './events/event-intake.ts';
import { EventQuarantine } from './events/event-quarantine.ts';
import { Erasures } from './members/erasures.ts';
import { Members } from './members/members.ts';
import { SegmentLists } from './segments/segment-lists.ts';
import { Segments } from './segments/segments.ts';
import { type Deployment, ofDomain, RepointStack } from './shared/deployment.ts';
import { privateDoor, publicDoor } from './shared/doors.ts';
import type { RepointApi } from './shared/repoint-api.ts';

/** The marketing layer: who, what and when. It talks to the engine through the Pinpoint API alone. */
export class MarketingStack extends RepointStack {
  readonly privateApi: RepointApi;
  readonly publicApi: RepointApi;
  readonly events: EventIntake;
  readonly members: Members;
  readonly segments: Segments;
  readonly campaigns: Campaigns;
  readonly policy: Policy;

  constructor(scope: Construct, deployment: Deployment, data: DataStack, { engine }: EngineStack) {
    super(scope, 'RepointApp', deployment, 'shared', 'Repoint: events, members, segments and campaigns');
    this.privateApi = privateDoor(this, 'PrivateApi', deployment);
    this.publicApi = publicDoor(this, 'PublicApi', deployment);
    const { idempotency } = data;
    this.events = ofDomain(
      'events',
      new EventIntake(this, 'Events', deployment, {
        stream: data.events,
        quarantine: data.quarantine,
        piiKey: data.piiKey,
      }),
    );
    const quarantine = new EventQuarantine(this, 'EventQuarantine', deployment, {
      store: data.quarantine,
      stream: data.events,
      piiKey: data.piiKey,
      idempotency,
      members: data.members,
    });
    ofDomain('events', quarantine).addRoutes(this.privateApi);
    const compaction = new EventCompaction(this, 'Compaction', deployment, data.lake, data.members);
    ofDomain('events', compaction);
    const erasures = new Erasures(this, 'Erasures', deployment, {
      store: data.members,
      policy: data.policy,
      segments: data.segments,
      lake: data.lake,
      compaction,
      engine,
    });
    ofDomain('members', erasures).addRoutes(this.privateApi);
    this.members = ofDomain(
      'members',
      new Members(this, 'Members', deployment, {
        store: data.members,
        events: data.events,
        quarantine: data.quarantine,
        idempotency,
        engine,
      }),
    );
    this.segments = ofDomain(
      'segments',
      new Segments(this, 'Segments', deployment, {
        store: data.segments,
        members: data.members,
        lake: data.lake,
        idempotency,
        engine,
      }),
    );
    const lists = new SegmentLists(this, 'SegmentLists', deployment, {
      store: data.segments,
      members: data.members,
      idempotency,
    });
    ofDomain('segments', lists).addRoutes(this.privateApi);
    this.campaigns = ofDomain(
      'campaigns',
      new Campaigns(this, 'Campaigns', deployment, {
        store: data.campaigns,
        policy: data.policy,
        members: data.members,
        segments: data.segments,
        idempotency,
        engine,
        lake: data.lake,
        kakao: data.kakao,
      }),
    );
    this.policy = ofDomain(
      'campaigns',
      new Policy(this, 'Policy', deployment, {
        store: data.policy,
        campaigns: data.campaigns,
        members: data.members,
        idempotency,
        engine,
      }),
    );
    if (deployment.config.channels.kakao)
      ofDomain('channels', new Kakao(this, 'Kakao', deployment, data.kakao));
    const templates = ofDomain(
      'campaigns',
      new Templates(this, 'Templates', deployment, {
        store: data.campaigns,
        kakao: data.kakao,
        idempotency,
        engine,
      }),
    );
    templates.addRoutes(this.privateApi);
    const previews = new Previews(this, 'Previews', deployment, {
      store: data.campaigns,
      policy: data.policy,
      members: data.members,
      segments: data.segments,
      kakao: data.kakao,
      idempotency,
      engine,
    });
    ofDomain('campaigns', previews).addRoutes(this.privateApi);
    const estimates = new Estimates(this, 'Estimates', deployment, {
      store: data.campaigns,
      policy: data.policy,
      members: data.members,
      segments: data.segments,
      lake: data.lake,
      idempotency,
    });
    ofDomain('campaigns', estimates).addRoutes(this.privateApi);
    const results = new Results(this, 'Results', deployment, { store: data.campaigns, lake: data.lake });
    ofDomain('campaigns', results).addRoutes(this.privateApi);
    ofDomain('campaigns', new KillSwitch(this, 'KillSwitch', deployment, engine)).addRoutes(this.privateApi);
    this.events.addRoutes(this.privateApi, this.publicApi);
    this.members.addRoutes(this.privateApi);
    this.segments.addRoutes(this.privateApi);
    this.campaigns.addRoutes(this.privateApi);
    this.policy.addRoutes(this.privateApi);
    ofDomain('console', new ApiDocs(this, 'ApiDocs', deployment)).addRoutes(this.privateApi);
    new CfnOutput(this, 'PrivateUrl', { description: 'The private API', value: this.privateApi.url });
    new CfnOutput(this, 'PublicUrl', { description: 'The public collector', value: this.publicApi.url });
  }
}
