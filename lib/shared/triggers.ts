import { Duration } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Stream } from 'aws-cdk-lib/aws-kinesis';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { KinesisEventSource, SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Deployment, physicalName } from './deployment.ts';
import type { RepointFunction } from './repoint-function.ts';
import { DeadLetterQueue, type WorkQueue } from './work-queue.ts';

export interface QueueTrigger {
  readonly batchSize: number;
  /** Functions at work at once, 2 to 1,000: what stands behind them has a limit of its own. */
  readonly maxConcurrency: number;
}

/** Runs the function on a queue's messages; only those that failed come back. */
export function onQueue(
  fn: RepointFunction,
  { queue }: WorkQueue,
  { batchSize, maxConcurrency }: QueueTrigger,
): void {
  fn.addEventSource(new SqsEventSource(queue, { batchSize, maxConcurrency, reportBatchItemFailures: true }));
}

export interface StreamTrigger {
  readonly batchSize: number;
  readonly maxBatchingWindow: Duration;
}

/**
 * Runs a function on a stream's records, in order within a shard. A batch that fails is halved until the bad record
 * stands alone; that one is set aside, by its place in the stream, where it can be read until the retention ends.
 */
export class StreamConsumer extends Construct {
  readonly entry: string;

  constructor(
    scope: Construct,
    id: string,
    deployment: Deployment,
    fn: RepointFunction,
    stream: Stream,
    trigger: StreamTrigger,
  ) {
    super(scope, id);
    this.entry = fn.entry;
    fn.addEventSource(
      new KinesisEventSource(stream, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: trigger.batchSize,
        maxBatchingWindow: trigger.maxBatchingWindow,
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        retryAttempts: 10,
        onFailure: new SqsDlq(new DeadLetterQueue(this, 'DeadLetters', deployment, `${fn.entry}-dlq`)),
      }),
    );
  }
}

/** What an asynchronous call could not do goes to `deadLetters`; Lambda itself tries `retries` more times. */
export function setAside(
  fn: RepointFunction,
  deadLetters: Queue,
  retries: number,
  maxEventAge: Duration,
): void {
  fn.configureAsyncInvoke({
    onFailure: new SqsDestination(deadLetters),
    retryAttempts: retries,
    maxEventAge,
  });
}

interface TickTimes {
  /** EventBridge Scheduler's expression. */
  readonly expression: string;
  readonly timeZone?: string;
  readonly description: string;
  readonly retries: number;
  readonly maxEventAge: Duration;
}

/** EventBridge Scheduler calls a function at its times; what fails goes to a queue of its own. */
class Tick extends Construct {
  readonly entry: string;

  constructor(
    scope: Construct,
    id: string,
    deployment: Deployment,
    fn: RepointFunction,
    { expression, timeZone, description, retries, maxEventAge }: TickTimes,
  ) {
    super(scope, id);
    this.entry = fn.entry;
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', deployment, `${fn.entry}-dlq`);
    setAside(fn, deadLetters, retries, maxEventAge);
    const role = new Role(this, 'Role', {
      description: `Scheduler invokes ${fn.entry}`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': deployment.config.account } },
      }),
      inlinePolicies: {
        tick: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] }),
            new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
          ],
        }),
      },
    });
    new CfnSchedule(this, 'Schedule', {
      name: physicalName(deployment, fn.entry),
      description: `${description}: ${fn.entry}`,
      scheduleExpression: expression,
      ...(timeZone === undefined ? {} : { scheduleExpressionTimezone: timeZone }),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: fn.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        deadLetterConfig: { arn: deadLetters.queueArn },
        retryPolicy: {
          maximumRetryAttempts: retries,
          maximumEventAgeInSeconds: maxEventAge.toSeconds(),
        },
      },
    });
  }
}

/** Every minute a function looks at what is due. */
export class MinuteTick extends Tick {
  constructor(scope: Construct, id: string, deployment: Deployment, fn: RepointFunction) {
    super(scope, id, deployment, fn, {
      expression: 'cron(* * * * ? *)',
      description: 'Each minute',
      // A tick that failed is not worth repeating: the next one, a minute later, sees all that is due.
      retries: 0,
      maxEventAge: Duration.minutes(1),
    });
  }
}

/** Once a night, at three in the deployment's time zone, a function does what can wait. */
export class NightlyTick extends Tick {
  constructor(scope: Construct, id: string, deployment: Deployment, fn: RepointFunction) {
    super(scope, id, deployment, fn, {
      expression: 'cron(0 3 * * ? *)',
      timeZone: deployment.config.timeZone,
      description: 'Each night',
      retries: 2,
      maxEventAge: Duration.hours(3),
    });
  }
}
