import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SignIn } from './console/sign-in.ts';
import { type Deployment, RepointStack } from './shared/deployment.ts';

/** Sign-in for the people who use the console. */
export class ConsoleStack extends RepointStack {
  readonly signIn: SignIn;

  constructor(scope: Construct, deployment: Deployment) {
    super(scope, 'RepointConsole', deployment, 'console', 'Repoint: sign-in of the console');
    this.signIn = new SignIn(this, 'SignIn', deployment);
    new CfnOutput(this, 'UserPoolId', { value: this.signIn.pool.userPoolId });
    new CfnOutput(this, 'UserPoolClientId', { value: this.signIn.client.userPoolClientId });
  }
}
