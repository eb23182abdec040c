import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { MembersStore } from '../members/members-store.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { Lake } from '../shared/lake.ts';
import type { RepointApi } from '../shared/repoint-api.ts';
import { RepointFunction } from '../shared/repoint-function.ts';
import { onQueue } from '../shared/triggers.ts';
import type { SegmentsStore } from './segments-store.ts';

export interface SegmentsProps {
  readonly store: SegmentsStore;
  readonly members: MembersStore;
  readonly lake: Lake;
}

/** Definitions by API, and the function that resolves one to a list of members. */
export class Segments extends Construct {
  readonly api: RepointFunction;
  readonly resolver: RepointFunction;

  constructor(scope: Construct, id: string, deployment: Deployment, { store, members, lake }: SegmentsProps) {
    super(scope, id);
    this.api = new RepointFunction(this, 'api', deployment, {
      name: 'segments-api',
      description: 'Definitions of segments',
      memoryMb: 512,
      timeout: Duration.seconds(29),
    });
    store.grantDefinitions(this.api);
    this.resolver = new RepointFunction(this, 'resolve', deployment, {
      name: 'segments-resolve',
      description: 'Resolves a segment to a list in S3',
      memoryMb: 1024,
      timeout: store.resolutions.consumerTimeout,
    });
    // Resolving looks the definition up, and puts itself back into the queue while Athena works.
    store.grantResolve(this.resolver);
    store.grantWriteLists(this.resolver);
    members.grantScanMembers(this.resolver);
    lake.grantQuery(this.resolver);
    // Athena refuses beyond its quota of queries, and those that queue count.
    onQueue(this.resolver, store.resolutions, { batchSize: 1, maxConcurrency: 5 });
  }

  addRoutes(door: RepointApi): void {
    for (const route of ['PUT /segments/{name}', 'GET /segments/{name}', 'GET /segments']) {
      door.route(route, this.api);
    }
  }
}
