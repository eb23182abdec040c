import { Construct } from 'constructs';
import { EVENTS_ENV } from '../../lambdas/events/env.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { Lake } from '../shared/lake.ts';
import { LakeStream } from '../shared/lake-stream.ts';
import { PUT_RECORDS, type RepointFunction } from '../shared/repoint-function.ts';

/** The stream of accepted events, filed in the lake. */
export class EventStream extends Construct {
  readonly lakeStream: LakeStream;

  constructor(scope: Construct, id: string, deployment: Deployment, lake: Lake) {
    super(scope, id);
    this.lakeStream = new LakeStream(this, 'Stream', deployment, {
      name: 'events',
      table: 'events_raw',
      lake,
    });
  }

  grantWrite(fn: RepointFunction): void {
    const { stream } = this.lakeStream;
    fn.allow(PUT_RECORDS, stream.streamArn).knows(EVENTS_ENV.stream, stream.streamName);
  }
}
