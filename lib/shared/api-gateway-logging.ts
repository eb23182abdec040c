import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { KEEP } from './deployment.ts';

const MANAGED = 'service-role/AmazonAPIGatewayPushToCloudWatchLogs';

/** Lets API Gateway write logs at all. There is one such setting an account and region, so it outlives the stack. */
export class ApiGatewayLogging extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      description: 'API Gateway writes access and execution logs',
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(MANAGED)],
    });
    role.applyRemovalPolicy(KEEP);
    new CfnAccount(this, 'Account', { cloudWatchRoleArn: role.roleArn }).applyRemovalPolicy(KEEP);
    acknowledge(
      role,
      `IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${MANAGED}]`,
      'API Gateway refuses a logging role that may do less than this policy, which AWS made for it.',
    );
  }
}
