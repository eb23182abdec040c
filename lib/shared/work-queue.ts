import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { type Deployment, physicalName } from './deployment.ts';

export interface WorkQueueProps {
  /** Physical name without its prefix, e.g. `slices`. */
  readonly name: string;
  /** Time limit of the function that consumes it; a message stays invisible six times as long (AWS's own advice). */
  readonly consumerTimeout: Duration;
  /** Deliveries before a message is set aside. */
  readonly maxReceives: number;
}

const QUEUE_DEFAULTS = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true } as const;
/** SQS keeps a message at most this long. */
const LONGEST = Duration.days(14);
const VISIBILITY_PER_TIMEOUT = 6;
/** SQS hides a message at most this long, in seconds. */
const LONGEST_VISIBILITY = 12 * 60 * 60;

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
    const visibility = Math.min(
      props.consumerTimeout.toSeconds() * VISIBILITY_PER_TIMEOUT,
      LONGEST_VISIBILITY,
    );
    this.queue = new Queue(this, 'Queue', {
      ...QUEUE_DEFAULTS,
      queueName: physicalName(deployment, props.name),
      visibilityTimeout: Duration.seconds(visibility),
      retentionPeriod: LONGEST,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.maxReceives },
    });
  }
}
