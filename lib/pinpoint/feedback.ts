import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { type Deployment, physicalName } from '../shared/deployment.ts';
import { RepointFunction } from '../shared/repoint-function.ts';
import { setAside } from '../shared/triggers.ts';
import { DeadLetterQueue } from '../shared/work-queue.ts';
import type { EngineStore } from './engine-store.ts';

/** A receipt is worth waiting for: both the bus and Lambda try again this long. */
const PATIENCE = Duration.hours(6);

/** Receipts, opens and clicks of the providers, from the account's default bus into the ledger. */
export class Feedback extends Construct {
  readonly fn: RepointFunction;
  private readonly deadLetters: DeadLetterQueue;

  constructor(
    scope: Construct,
    id: string,
    private readonly deployment: Deployment,
    store: EngineStore,
  ) {
    super(scope, id);
    this.fn = new RepointFunction(this, 'Function', deployment, {
      name: 'pinpoint-feedback',
      description: 'Receipts and opens into the ledger stream',
      memoryMb: 512,
      timeout: Duration.seconds(30),
    });
    store.grantWriteLedger(this.fn);
    // A hard bounce, a complaint or an opt-out deactivates its endpoint.
    store.grantEndpoints(this.fn);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', deployment, 'pinpoint-feedback-dlq');
    setAside(this.fn, this.deadLetters, 2, PATIENCE);
    this.rule('ses', { source: ['aws.ses'] });
    this.rule('sms', { source: ['aws.sms-voice'], detailType: ['Text Message Delivery Status Updated'] });
  }

  private rule(name: string, eventPattern: EventPattern): void {
    new Rule(this, `Rule-${name}`, {
      ruleName: physicalName(this.deployment, `pinpoint-feedback-${name}`),
      eventPattern,
      targets: [new LambdaFunction(this.fn, { deadLetterQueue: this.deadLetters, maxEventAge: PATIENCE })],
    });
  }
}
