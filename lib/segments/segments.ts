import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { SEGMENTS_ENV, SIZES_ENV } from '../../lambdas/segments/env.ts';
import type { MembersStore } from '../members/members-store.ts';
import type { Engine } from '../pinpoint/engine.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { IdempotencyStore } from '../shared/idempotency-store.ts';
import type { Lake } from '../shared/lake.ts';
import type { RepointApi } from '../shared/repoint-api.ts';
import { RepointFunction } from '../shared/repoint-function.ts';
import { onQueue } from '../shared/triggers.ts';
import type { SegmentsStore } from './segments-store.ts';

const DEFINITIONS = [
  'PUT /segments/{name}',
  'GET /segments/{name}',
  'GET /segments',
  'GET /segments/presets',
  'GET /attributes',
] as const;

const QUESTIONS = [
  'POST /segments/explain',
  'POST /segments/preview',
  'GET /segments/preview/{id}',
  'POST /segments/{name}/resolutions',
  'GET /segments/{name}/resolutions/{id}',
  'GET /segments/{name}/history',
  'GET /segments/{name}/members',
  'GET /segments/{name}/members/{userId}',
] as const;

export interface SegmentsProps {
  readonly store: SegmentsStore;
  readonly members: MembersStore;
  readonly lake: Lake;
  readonly idempotency: IdempotencyStore;
  readonly engine: Engine;
}

/** Definitions by API, the function that resolves one to a list of members, and the one that answers questions about them. */
export class Segments extends Construct {
  readonly api: RepointFunction;
  readonly resolver: RepointFunction;
  readonly questions: RepointFunction;

  constructor(scope: Construct, id: string, deployment: Deployment, props: SegmentsProps) {
    super(scope, id);
    const { store, members, lake, engine } = props;
    this.api = new RepointFunction(this, 'api', deployment, {
      name: 'segments-api',
      description: 'Definitions of segments',
      memoryMb: 512,
      timeout: Duration.seconds(29),
    });
    store.grantDefinitions(this.api);
    store.knowsDays(this.api);
    members.grantReadAttributes(this.api);
    this.resolver = new RepointFunction(this, 'resolve', deployment, {
      name: 'segments-resolve',
      description: 'Resolves a segment to a list in S3',
      // A scan is decoding: a whole CPU.
      memoryMb: 1769,
      timeout: store.resolutions.consumerTimeout,
    });
    // Resolving looks the definition up, and puts itself back into the queue while Athena works.
    store.grantResolve(this.resolver);
    store.grantWriteLists(this.resolver);
    members.grantScanMembers(this.resolver);
    members.grantReadErasures(this.resolver);
    lake.grantQuery(this.resolver);
    store.grantBits(this.resolver);
    store.knowsDays(this.resolver);
    // Whom a preview reaches is judged with what the engine knows of addresses.
    store.grantPreviews(this.resolver, 'write');
    engine.grantInvoke(this.resolver);
    // Athena refuses beyond its quota of queries, and those that queue count.
    onQueue(this.resolver, store.resolutions, { batchSize: 1, maxConcurrency: 5 });
    this.questions = this.answering(deployment, props);
  }

  private answering(deployment: Deployment, { store, members, lake, idempotency }: SegmentsProps) {
    const fn = new RepointFunction(this, 'questions', deployment, {
      name: 'segments-questions',
      description: 'Who is in a segment, how it changed, what a rule would yield and cost',
      memoryMb: 1024,
      timeout: Duration.seconds(29),
    });
    store.grantResolve(fn);
    store.grantReadLists(fn);
    store.grantPreviews(fn, 'read');
    store.knowsDays(fn);
    fn.knows(SEGMENTS_ENV.bucket, store.work.bucketName).knows(SIZES_ENV.lakeBucket, lake.bucket.bucketName);
    members.grantReadMembers(fn);
    members.grantReadErasures(fn);
    members.grantReadAttributes(fn);
    // One person's events, which one asks for at a time.
    lake.grantQueryRows(fn);
    idempotency.grant(fn);
    return fn;
  }

  addRoutes(door: RepointApi): void {
    for (const route of DEFINITIONS) door.route(route, this.api);
    for (const route of QUESTIONS) door.route(route, this.questions);
  }
}
