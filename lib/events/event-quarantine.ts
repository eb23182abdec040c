import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { MembersStore } from '../members/members-store.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { IdempotencyStore } from '../shared/idempotency-store.ts';
import type { RepointApi } from '../shared/repoint-api.ts';
import { RepointFunction } from '../shared/repoint-function.ts';
import type { EventStream } from './event-stream.ts';
import type { PiiKey } from './pii-key.ts';
import type { QuarantineStore } from './quarantine-store.ts';

export interface EventQuarantineProps {
  readonly store: QuarantineStore;
  readonly stream: EventStream;
  readonly piiKey: PiiKey;
  readonly idempotency: IdempotencyStore;
  readonly members: MembersStore;
}

/** Shows and replays what was not accepted. A function of its own: the collector may only put events there. */
export class EventQuarantine extends Construct {
  readonly api: RepointFunction;

  constructor(
    scope: Construct,
    id: string,
    deployment: Deployment,
    { store, stream, piiKey, idempotency, members }: EventQuarantineProps,
  ) {
    super(scope, id);
    this.api = new RepointFunction(this, 'quarantine', deployment, {
      name: 'events-quarantine',
      description: 'Lists quarantined events, and replays them and what Firehose could not file',
      memoryMb: 1024,
      timeout: Duration.seconds(29),
    });
    store.grantReplay(this.api);
    stream.grantWrite(this.api);
    piiKey.grantRead(this.api);
    idempotency.grant(this.api);
    members.grantReadErasures(this.api);
  }

  addRoutes(door: RepointApi): void {
    door.route('GET /events/quarantine', this.api);
    door.route('POST /events/quarantine/replay', this.api);
  }
}
