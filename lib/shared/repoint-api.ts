import {
  AccessLogFormat,
  type CorsOptions,
  EndpointType,
  IpAddressType,
  LambdaIntegration,
  LogGroupLogDestination,
  type Method,
  MethodLoggingLevel,
  type MethodOptions,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { allowListPolicy, hasIpv6 } from './allow-list.ts';
import { type Deployment, DROP, physicalName } from './deployment.ts';
import { type ErrorShape, shapeGatewayErrors } from './gateway-errors.ts';
import type { RepointFunction } from './repoint-function.ts';

/** The stage of every API: the paths of the spec and of Pinpoint begin with it. */
export const STAGE_NAME = 'v1';

export interface RepointApiProps {
  /** Physical name without its prefix, e.g. `private`. */
  readonly name: string;
  readonly description: string;
  /** Only these addresses reach it; left out for the public door. */
  readonly allowedCidrs?: readonly string[];
  readonly errors: ErrorShape;
  readonly errorHeaders?: Readonly<Record<string, string>>;
  readonly cors?: CorsOptions;
  /** Bodies of these types reach functions as they were sent, byte for byte; all others as text. */
  readonly binaryTypes?: readonly string[];
  /** What functions are told of the door, e.g. `{ door: 'public' }`. */
  readonly stageVariables?: Record<string, string>;
  /** Every route needs an API key of a usage plan. */
  readonly keyed: boolean;
  /** Findings of cdk-nag that the door's purpose explains. */
  readonly acknowledged: Readonly<Record<string, string>>;
}

/** One line a request: who called what, and what came of it. Of visitors no address is kept (spec §1, "Envelope"). */
const accessLog = (ofVisitors: boolean): string =>
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    ...(ofVisitors ? {} : { ip: '$context.identity.sourceIp' }),
    apiKeyId: '$context.identity.apiKeyId',
    method: '$context.httpMethod',
    path: '$context.path',
    status: '$context.status',
    latencyMs: '$context.responseLatency',
    bytes: '$context.responseLength',
    error: '$context.error.responseType',
  });

/** A REST API as all of ours are: logged, traced, its own errors in one shape, and regional behind the allow-list unless public. */
export class RepointApi extends RestApi {
  /** Physical name without its prefix. */
  readonly shortName: string;

  constructor(
    scope: Construct,
    id: string,
    deployment: Deployment,
    private readonly props: RepointApiProps,
  ) {
    const { config } = deployment;
    const cidrs = props.allowedCidrs;
    const accessLogs = new LogGroup(scope, `${id}AccessLogs`, {
      logGroupName: `/aws/apigateway/${physicalName(deployment, props.name)}`,
      retention: config.retention.logsDays,
      removalPolicy: DROP,
    });
    super(scope, id, {
      restApiName: physicalName(deployment, props.name),
      description: props.description,
      ...(cidrs ? { policy: allowListPolicy(cidrs) } : {}),
      // An edge would hide the caller's address from the policy, and it alone tells the caller's country, as no caller can.
      endpointConfiguration: {
        types: [cidrs ? EndpointType.REGIONAL : EndpointType.EDGE],
        ipAddressType: !cidrs || hasIpv6(cidrs) ? IpAddressType.DUAL_STACK : IpAddressType.IPV4,
      },
      cloudWatchRole: false,
      ...(props.binaryTypes ? { binaryMediaTypes: [...props.binaryTypes] } : {}),
      ...(props.cors ? { defaultCorsPreflightOptions: props.cors } : {}),
      deployOptions: {
        stageName: STAGE_NAME,
        accessLogDestination: new LogGroupLogDestination(accessLogs),
        accessLogFormat: AccessLogFormat.custom(accessLog(!cidrs)),
        loggingLevel: MethodLoggingLevel.ERROR,
        metricsEnabled: true,
        tracingEnabled: true,
        ...(props.stageVariables ? { variables: props.stageVariables } : {}),
      },
    });
    this.shortName = props.name;
    this.keepExecutionLogs(deployment);
    shapeGatewayErrors(this, props.errors, props.errorHeaders);
    acknowledge(
      this,
      'APIG2',
      'Functions check every request against schemas/ and name field and problem; the gateway would only say "Invalid request body".',
    );
    for (const [finding, reason] of Object.entries(props.acknowledged)) acknowledge(this, finding, reason);
  }

  /** Adds a route, e.g. `PUT /members/{userId}`; an answer that takes longer than 29 s is cut by the gateway. */
  route(route: string, fn: RepointFunction, options: MethodOptions = {}): Method {
    const [method = '', path = ''] = route.split(' ');
    const integration = new LambdaIntegration(fn, { scopePermissionToMethod: false });
    return this.root
      .resourceForPath(path)
      .addMethod(method, integration, { apiKeyRequired: this.props.keyed, ...options });
  }

  /** API Gateway makes this group itself, without an end, unless it is there before the stage. */
  private keepExecutionLogs({ config }: Deployment): void {
    const logs = new LogGroup(this, 'ExecutionLogs', {
      logGroupName: `API-Gateway-Execution-Logs_${this.restApiId}/${STAGE_NAME}`,
      retention: config.retention.logsDays,
      removalPolicy: DROP,
    });
    this.deploymentStage.node.addDependency(logs);
  }
}
