import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Deployment } from '../shared/deployment.ts';
import type { RepointApi } from '../shared/repoint-api.ts';
import { RepointFunction } from '../shared/repoint-function.ts';
import type { EventStream } from './event-stream.ts';
import type { PiiKey } from './pii-key.ts';
import type { QuarantineStore } from './quarantine-store.ts';

export interface EventIntakeProps {
  readonly stream: EventStream;
  readonly quarantine: QuarantineStore;
  readonly piiKey: PiiKey;
}

/** The collector: takes events on both doors. */
export class EventIntake extends Construct {
  readonly api: RepointFunction;

  constructor(
    scope: Construct,
    id: string,
    deployment: Deployment,
    { stream, quarantine, piiKey }: EventIntakeProps,
  ) {
    super(scope, id);
    this.api = new RepointFunction(this, 'api', deployment, {
      name: 'events-api',
      description: 'Validates and enriches events, writes the events stream',
      // Judging a batch of 500 is work for the processor, and the caller waits for it.
      memoryMb: 1024,
      timeout: Duration.seconds(29),
    });
    stream.grantWrite(this.api);
    quarantine.grantKeep(this.api);
    piiKey.grantRead(this.api);
  }

  addRoutes(...doors: RepointApi[]): void {
    for (const door of doors) door.route('POST /events', this.api);
  }
}
