import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { STATE_ENV } from '../../lambdas/members/env.ts';
import type { CollectorConfig } from '../config.ts';
import type { EventStream } from '../events/event-stream.ts';
import type { QuarantineStore } from '../events/quarantine-store.ts';
import type { Engine } from '../pinpoint/engine.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { IdempotencyStore } from '../shared/idempotency-store.ts';
import type { RepointApi } from '../shared/repoint-api.ts';
import { RepointFunction } from '../shared/repoint-function.ts';
import { StreamConsumer } from '../shared/triggers.ts';
import type { MembersStore } from './members-store.ts';

export interface MembersProps {
  readonly store: MembersStore;
  readonly events: EventStream;
  readonly quarantine: QuarantineStore;
  readonly idempotency: IdempotencyStore;
  readonly engine: Engine;
}

/** Members by API, and the consumer that keeps their state from events. */
export class Members extends Construct {
  readonly api: RepointFunction;
  readonly state: RepointFunction;

  constructor(
    scope: Construct,
    id: string,
    deployment: Deployment,
    { store, events, quarantine, idempotency, engine }: MembersProps,
  ) {
    super(scope, id);
    this.api = new RepointFunction(this, 'api', deployment, {
      name: 'members-api',
      description: 'Members, and their endpoints through the Pinpoint API',
      memoryMb: 1024,
      timeout: Duration.seconds(29),
    });
    store.grantReadWriteMembers(this.api);
    store.grantNoteAttributes(this.api);
    store.grantReadState(this.api);
    idempotency.grant(this.api);
    engine.grantInvoke(this.api);
    this.state = new RepointFunction(this, 'state', deployment, {
      name: 'members-state',
      description: 'Keeps member state from the events stream',
      memoryMb: 1024,
      timeout: Duration.minutes(1),
    });
    store.grantReadWriteState(this.state);
    store.grantReadErasures(this.state);
    quarantine.grantKeep(this.state);
    this.state.knows(STATE_ENV.ownHosts, JSON.stringify(ownHosts(deployment.config.collector)));
    new StreamConsumer(this, 'StateConsumer', deployment, this.state, events.lakeStream.stream, {
      // Records hold many events each; state is a second old at most (spec §1: event to triggered message in seconds).
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(1),
    });
  }

  addRoutes(door: RepointApi): void {
    for (const route of ['PUT /members/{userId}', 'GET /members/{userId}', 'POST /members']) {
      door.route(route, this.api);
    }
  }
}

/** The hosts of the pages that may post events. Where any page may, none is known to be the shop's own. */
const ownHosts = ({ allowedOrigins }: CollectorConfig): string[] =>
  allowedOrigins.filter((origin) => origin !== '*').map((origin) => new URL(origin).hostname);
