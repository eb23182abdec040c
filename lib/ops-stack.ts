import type { Stack } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { alarmRegistry, type Watched } from './ops/alarm-registry.ts';
import { Alarms } from './ops/alarms.ts';
import { overview } from './ops/overview.ts';
import { type Deployment, RepointStack } from './shared/deployment.ts';
import { LakeStream } from './shared/lake-stream.ts';
import { RepointApi } from './shared/repoint-api.ts';
import { RepointFunction } from './shared/repoint-function.ts';
import { MinuteTick, StreamConsumer } from './shared/triggers.ts';
import { DeadLetterQueue, WorkQueue } from './shared/work-queue.ts';

/** Alarms and the dashboard. What is watched is found in the other stacks, so that nothing new goes unwatched. */
export class OpsStack extends RepointStack {
  constructor(scope: Construct, deployment: Deployment, stacks: readonly Stack[]) {
    super(scope, 'RepointOps', deployment, 'shared', 'Repoint: alarms and dashboard');
    const all = stacks.flatMap((stack) => stack.node.findAll());
    const watched: Watched = {
      functions: found(all, RepointFunction).map(({ entry }) => entry),
      deadLetters: found(all, DeadLetterQueue).map(({ shortName }) => shortName),
      ticks: found(all, MinuteTick).map(({ entry }) => entry),
      streamConsumers: found(all, StreamConsumer).map(({ entry }) => entry),
      deliveries: found(all, LakeStream).map(({ shortName }) => shortName),
      apis: found(all, RepointApi).map(({ shortName }) => shortName),
    };
    const alarms = new Alarms(this, 'Alarms', deployment, alarmRegistry(deployment, watched));
    const queues = found(all, WorkQueue).map(({ shortName }) => shortName);
    overview(this, deployment, watched, queues, alarms.alarms);
  }
}

const found = <C extends IConstruct>(
  all: readonly IConstruct[],
  kind: abstract new (...args: never[]) => C,
): C[] => all.filter((one): one is C => one instanceof kind);
