import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PII_ENV } from '../../lambdas/events/env.ts';
import { acknowledge } from '../shared/acknowledge.ts';
import { type Deployment, KEEP, physicalName } from '../shared/deployment.ts';
import type { RepointFunction } from '../shared/repoint-function.ts';

/** The key that properties marked `x-pii` are hashed with. */
export class PiiKey extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      secretName: physicalName(deployment, 'pii-key'),
      description: 'Key of the hashes that stand for personal properties of events (docs/tracking-plan.md)',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: KEEP,
    });
    acknowledge(
      this.secret,
      'SMG4',
      'Hashes of a new key do not join those of the old one: it is changed by decision, not by calendar.',
    );
  }

  grantRead(fn: RepointFunction): void {
    fn.allow(['secretsmanager:GetSecretValue'], this.secret.secretArn).knows(
      PII_ENV.piiKeySecret,
      physicalName(fn.deployment, 'pii-key'),
    );
  }
}
