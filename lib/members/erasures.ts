import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ERASE_ENV, KEEPING_ENV } from '../../lambdas/members/env.ts';
import type { PolicyStore } from '../campaigns/policy-store.ts';
import type { EventCompaction } from '../events/event-compaction.ts';
import type { Engine } from '../pinpoint/engine.ts';
import { grantForgetListed } from '../segments/segment-lists.ts';
import type { SegmentsStore } from '../segments/segments-store.ts';
import type { Deployment } from '../shared/deployment.ts';
import { ACCESS_LOG_DAYS, type Lake } from '../shared/lake.ts';
import type { RepointApi } from '../shared/repoint-api.ts';
import { RepointFunction, SEND_MESSAGES } from '../shared/repoint-function.ts';
import { NightlyTick, onQueue } from '../shared/triggers.ts';
import { WorkQueue } from '../shared/work-queue.ts';
import type { MembersStore } from './members-store.ts';

export interface ErasuresProps {
  readonly store: MembersStore;
  readonly policy: PolicyStore;
  readonly segments: SegmentsStore;
  readonly lake: Lake;
  readonly compaction: EventCompaction;
  readonly engine: Engine;
}

/** Erasing people (docs/adr/0008-erasure-rewrites-the-lakes-files.md): by request, out of the tables, and night by night out of the lake. */
export class Erasures extends Construct {
  readonly api: RepointFunction;
  readonly eraser: RepointFunction;
  readonly nightly: RepointFunction;

  constructor(
    scope: Construct,
    id: string,
    deployment: Deployment,
    { store, policy, segments, lake, compaction, engine }: ErasuresProps,
  ) {
    super(scope, id);
    const work = new WorkQueue(this, 'Queue', deployment, {
      name: 'erasures',
      consumerTimeout: Duration.minutes(2),
      maxReceives: 5,
    });
    this.api = new RepointFunction(this, 'api', deployment, {
      name: 'members-erasures',
      description: 'Takes requests for erasure, and tells how far they are',
      memoryMb: 512,
      timeout: Duration.seconds(29),
    });
    this.eraser = new RepointFunction(this, 'erase', deployment, {
      name: 'members-erase',
      description: 'Takes a person out of the tables',
      memoryMb: 512,
      timeout: work.consumerTimeout,
    });
    this.nightly = new RepointFunction(this, 'nightly', deployment, {
      name: 'members-nightly',
      description: 'Finds erased people in the lake, and has their days rewritten',
      memoryMb: 512,
      // It waits for queries over the whole lake.
      timeout: Duration.minutes(15),
    });
    store.grantOpenErasures(this.api);
    store.grantErase(this.eraser);
    policy.grantForgetMember(this.eraser);
    grantForgetListed(this.eraser, segments);
    engine.grantInvoke(this.eraser);
    store.grantCloseErasures(this.nightly);
    lake.grantQueryRows(this.nightly);
    compaction.grantLook(this.nightly, lake);
    compaction.grantQueue(this.nightly);
    for (const fn of [this.api, this.eraser, this.nightly])
      fn.allow(SEND_MESSAGES, work.queue.queueArn).knows(ERASE_ENV.erasuresQueueUrl, work.queue.queueUrl);
    for (const fn of [this.api, this.nightly]) fn.knows(KEEPING_ENV.keeping, keeping(deployment));
    onQueue(this.eraser, work, { batchSize: 1, maxConcurrency: 2 });
    new NightlyTick(this, 'Tick', deployment, this.nightly);
  }

  addRoutes(door: RepointApi): void {
    door.route('DELETE /members/{userId}', this.api);
    door.route('GET /erasures/{id}', this.api);
  }
}

const keeping = ({ config: { retention } }: Deployment): string => {
  const { streamHours, quarantineDays, workDays, logsDays } = retention;
  return JSON.stringify({
    ...{ streamHours, quarantineDays, workDays, logsDays },
    accessLogDays: ACCESS_LOG_DAYS,
  });
};
