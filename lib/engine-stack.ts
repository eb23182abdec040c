import { CfnOutput, Duration } from 'aws-cdk-lib';
import {
  AuthorizationType,
  type CfnAuthorizer,
  type IAuthorizer,
  RequestAuthorizer,
} from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';
import type { DataStack } from './data-stack.ts';
import { Engine } from './pinpoint/engine.ts';
import { ApiGatewayLogging } from './shared/api-gateway-logging.ts';
import { type Deployment, ofDomain, RepointStack } from './shared/deployment.ts';
import { ALLOW_LIST_IS_A_WALL } from './shared/doors.ts';
import { PINPOINT_ERRORS } from './shared/gateway-errors.ts';
import { RepointApi } from './shared/repoint-api.ts';

/** The engine behind the Pinpoint API, and the door for outside Pinpoint clients. */
export class EngineStack extends RepointStack {
  readonly engine: Engine;
  readonly api: RepointApi;

  constructor(scope: Construct, deployment: Deployment, data: DataStack) {
    super(scope, 'RepointEngine', deployment, 'pinpoint', 'Repoint: the engine behind the Pinpoint API');
    const logging = ofDomain('shared', new ApiGatewayLogging(this, 'ApiGatewayLogging'));
    this.engine = new Engine(this, 'Engine', deployment, data.engine);
    this.api = this.door();
    this.api.node.addDependency(logging);
    new CfnOutput(this, 'EngineEndpoint', {
      description: 'Endpoint of a Pinpoint client; the client adds /v1/…',
      value: `https://${this.api.restApiId}.execute-api.${this.region}.${this.urlSuffix}`,
    });
  }

  /** Pinpoint clients sign, and know no API key: the allow-list and the signature are what is asked of them. */
  private door(): RepointApi {
    const api = new RepointApi(this, 'Api', this.deployment, {
      name: 'pinpoint',
      description: 'The Pinpoint API for outside clients',
      allowedCidrs: this.deployment.config.allowedCidrs,
      errors: PINPOINT_ERRORS,
      keyed: false,
      acknowledged: {
        APIG3: ALLOW_LIST_IS_A_WALL,
        COG4: 'Pinpoint clients sign with key pairs of the engine; they are not people of a user pool.',
      },
    });
    // Not cached: every request has a signature of its own. No identity source either: a missing header is refused by
    // the authorizer, in Pinpoint's words.
    const authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: this.engine.authorizer,
      identitySources: [],
      resultsCacheTtl: Duration.seconds(0),
    });
    // The construct writes an empty list as an empty expression, which is not the same as none.
    const resource = authorizer.node.defaultChild as CfnAuthorizer;
    resource.addPropertyDeletionOverride('IdentitySource');
    api.route('ANY /{proxy+}', this.engine.api, {
      authorizer: authorizer as IAuthorizer,
      authorizationType: AuthorizationType.CUSTOM,
    });
    return api;
  }
}
