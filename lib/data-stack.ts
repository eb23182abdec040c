import type { Construct } from 'constructs';
import { CampaignsStore } from './campaigns/campaigns-store.ts';
import { PolicyStore } from './campaigns/policy-store.ts';
import { KakaoStore } from './channels/kakao-store.ts';
import { EventStream } from './events/event-stream.ts';
import { PiiKey } from './events/pii-key.ts';
import { QuarantineStore } from './events/quarantine-store.ts';
import { MembersStore } from './members/members-store.ts';
import { EngineStore } from './pinpoint/engine-store.ts';
import { SegmentsStore } from './segments/segments-store.ts';
import { type Deployment, ofDomain, RepointStack } from './shared/deployment.ts';
import { ExampleQueries } from './shared/example-queries.ts';
import { IdempotencyStore } from './shared/idempotency-store.ts';
import { Lake } from './shared/lake.ts';

/** Everything that must outlive a deployment: retained, and not to be deleted by mistake. */
export class DataStack extends RepointStack {
  readonly lake: Lake;
  readonly events: EventStream;
  readonly piiKey: PiiKey;
  readonly quarantine: QuarantineStore;
  readonly members: MembersStore;
  readonly segments: SegmentsStore;
  readonly campaigns: CampaignsStore;
  readonly policy: PolicyStore;
  readonly engine: EngineStore;
  readonly kakao: KakaoStore;
  readonly idempotency: IdempotencyStore;

  constructor(scope: Construct, deployment: Deployment) {
    super(
      scope,
      'RepointData',
      deployment,
      'shared',
      'Repoint: tables, streams, buckets, queues and the lake',
    );
    this.terminationProtection = true;
    this.lake = new Lake(this, 'Lake', deployment);
    new ExampleQueries(this, 'Examples', this.lake);
    this.idempotency = new IdempotencyStore(this, 'Idempotency', deployment);
    this.events = ofDomain('events', new EventStream(this, 'Events', deployment, this.lake));
    this.piiKey = ofDomain('events', new PiiKey(this, 'PiiKey', deployment));
    this.quarantine = new QuarantineStore(deployment, this.lake.bucket);
    this.members = ofDomain('members', new MembersStore(this, 'Members', deployment));
    this.segments = ofDomain(
      'segments',
      new SegmentsStore(this, 'Segments', deployment, this.lake.work, this.lake),
    );
    this.campaigns = ofDomain('campaigns', new CampaignsStore(this, 'Campaigns', deployment));
    this.policy = ofDomain('campaigns', new PolicyStore(this, 'Policy', deployment));
    this.kakao = ofDomain('channels', new KakaoStore(this, 'Kakao', deployment));
    this.engine = ofDomain('pinpoint', new EngineStore(this, 'Pinpoint', deployment, this.lake));
  }
}
