import type { Duration } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { SHARED_ENV } from '../../lambdas/shared/env.ts';
import { acknowledgeWildcards } from './acknowledge.ts';
import { type Deployment, DROP, physicalName } from './deployment.ts';

export interface RepointFunctionProps {
  /** `<domain>-<entry>`: the entry lambdas/<domain>/<entry>.lambda.ts, bundled to dist/<domain>-<entry>/. */
  readonly name: string;
  readonly description: string;
  /** More memory is also more CPU: 1,769 MB is one core. */
  readonly memoryMb: number;
  readonly timeout: Duration;
}

/** A function as all of ours are: its own role, its own log group with a retention, traced, and nothing granted until `allow`. */
export class RepointFunction extends LambdaFunction {
  /** `<domain>-<entry>`. */
  readonly entry: string;
  readonly deployment: Deployment;
  readonly ownRole: Role;

  constructor(scope: Construct, id: string, deployment: Deployment, props: RepointFunctionProps) {
    const name = physicalName(deployment, props.name);
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      logGroupName: `/aws/lambda/${name}`,
      retention: deployment.config.retention.logsDays,
      removalPolicy: DROP,
    });
    const role = new Role(scope, `${id}Role`, {
      description: `Runs ${name}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    super(scope, id, {
      functionName: name,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: deployment.codeOf(props.name),
      handler: 'index.handler',
      memorySize: props.memoryMb,
      timeout: props.timeout,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      // Lanes, sends and jobs put themselves back on their queue until they are done, and call each other on the way: Lambda
      // would take them for a runaway after 16 rounds and set them aside.
      recursiveLoop: RecursiveLoop.ALLOW,
      environment: {
        POWERTOOLS_SERVICE_NAME: props.name,
        [SHARED_ENV.stage]: deployment.stage,
        [SHARED_ENV.timeZone]: deployment.config.timeZone,
      },
    });
    this.entry = props.name;
    this.deployment = deployment;
    this.ownRole = role;
    acknowledgeWildcards(
      role,
      'X-Ray has no resources: xray:PutTraceSegments and PutTelemetryRecords are granted on * or not at all.',
      ['*'],
    );
  }

  /** Grants actions on named resources. A wildcard among them is acknowledged where the grant is made, with its reason. */
  allow(actions: readonly string[], ...resources: string[]): this {
    this.addToRolePolicy(new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources }));
    return this;
  }

  /** Grants actions under a wildcard that is no wider than `reason` explains. */
  allowUnder(reason: string, actions: readonly string[], ...resources: string[]): this {
    acknowledgeWildcards(this.ownRole, reason, resources);
    return this.allow(actions, ...resources);
  }

  /** Sets an environment variable; lambdas/<domain>/env.ts names it. */
  knows(variable: string, value: string): this {
    this.addEnvironment(variable, value);
    return this;
  }
}

export const READ_ROWS = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'] as const;
export const SCAN_ROWS = ['dynamodb:Scan'] as const;
export const WRITE_ROWS = ['dynamodb:PutItem', 'dynamodb:UpdateItem'] as const;
/** Puts and deletes many rows in one call. */
export const BATCH_WRITE_ROWS = ['dynamodb:BatchWriteItem'] as const;
export const DELETE_ROWS = ['dynamodb:DeleteItem'] as const;
export const READ_WRITE_ROWS = [...READ_ROWS, ...WRITE_ROWS] as const;
export const SEND_MESSAGES = ['sqs:SendMessage'] as const;
export const PUT_RECORDS = ['kinesis:PutRecords'] as const;
