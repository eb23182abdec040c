import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { type Deployment, physicalName } from './deployment.ts';

export interface WorkQueueProps {
  /** Physical name without its prefix, e.g. `slices`. */
  readonly name: string;
  /** Time limit of the function that consumes it; a message stays invisible six times as long, or five minutes longer. */
  readonly consumerTimeout: Duration;
  /** Deliveries before a message is set aside. */
  readonly maxReceives: number;
}

const QUEUE_DEFAULTS = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true } as const;
/** SQS keeps a message at most this long. */
const LONGEST = Duration.days(14);
/**
 * AWS's own advice, for consumers that are throttled while their messages wait. Ours have a concurrency of their own on their
 * queue, so that a message of a worker that died need not wait an hour and a half where a worker may take fifteen minutes.
 */
const VISIBILITY_PER_TIMEOUT = 6;
const LONGEST_SLACK_SECONDS = 5 * 60;

/** A queue for what could not be done; an alarm watches each (lib/ops/alarm-registry.ts). */
export class DeadLetterQueue extends Queue {
  /** Physical name without its prefix, e.g. `slices-dlq`. */
  readonly shortName: string;

  constructor(scope: Construct, id: string, deployment: Deployment, shortName: string) {
    super(scope, id, {
      ...QUEUE_DEFAULTS,
      queueName: physicalName(deployment, shortName),
      retentionPeriod: LONGEST,
    });
    this.shortName = shortName;
    acknowledge(this, 'SQS3', 'It is a dead-letter queue itself.');
  }
}

/** A queue of work with its dead-letter queue. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetterQueue;
  readonly consumerTimeout: Duration;
  readonly shortName: string;

  constructor(scope: Construct, id: string, deployment: Deployment, props: WorkQueueProps) {
    super(scope, id);
    this.shortName = props.name;
    this.consumerTimeout = props.consumerTimeout;
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', deployment, `${props.name}-dlq`);
    const seconds = props.consumerTimeout.toSeconds();
    const visibility = Math.min(seconds * VISIBILITY_PER_TIMEOUT, seconds + LONGEST_SLACK_SECONDS);
    this.queue = new Queue(this, 'Queue', {
      ...QUEUE_DEFAULTS,
      queueName: physicalName(deployment, props.name),
      visibilityTimeout: Duration.seconds(visibility),
      retentionPeriod: LONGEST,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.maxReceives },
    });
  }
}
