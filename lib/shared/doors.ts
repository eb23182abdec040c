import { Duration } from 'aws-cdk-lib';
import type { ThrottleSettings } from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';
import { type Deployment, physicalName } from './deployment.ts';
import { OUR_ERRORS } from './gateway-errors.ts';
import { RepointApi } from './repoint-api.ts';

/** Servers send batches; beyond this something is wrong with the caller. */
const PRIVATE_THROTTLE: ThrottleSettings = { rateLimit: 1000, burstLimit: 2000 };
/** Why a door with an allow-list has no web ACL. */
export const ALLOW_LIST_IS_A_WALL =
  'The resource policy denies every address outside the allow-list, which is what a web ACL would do here.';
/** How long a browser need not ask again whether it may post. */
const PREFLIGHT_AGE = Duration.hours(2);

/** For allow-listed servers: a key names the caller and bounds its rate, the policy decides who may call. */
export function privateDoor(scope: Construct, id: string, deployment: Deployment): RepointApi {
  const api = new RepointApi(scope, id, deployment, {
    name: 'private',
    description: 'Events, members, segments and campaigns for allow-listed servers',
    allowedCidrs: deployment.config.allowedCidrs,
    errors: OUR_ERRORS,
    stageVariables: { door: 'private' },
    // Taken for UTF-8, a file in CP949 would lose what it says.
    binaryTypes: ['text/csv'],
    keyed: true,
    acknowledged: {
      APIG3: ALLOW_LIST_IS_A_WALL,
      APIG4:
        'Callers are allow-listed servers: the policy refuses every other address, and a key names the caller.',
      COG4: 'Callers are servers, not people of a user pool.',
    },
  });
  keyed(api, deployment, 'private', PRIVATE_THROTTLE);
  return api;
}

/** For browsers and apps: what comes in is stored, and nothing is ever told. */
export function publicDoor(scope: Construct, id: string, deployment: Deployment): RepointApi {
  const { allowedOrigins, requestsPerSecond, burst } = deployment.config.collector;
  const api = new RepointApi(scope, id, deployment, {
    name: 'public',
    description: 'The event collector for browsers and apps',
    errors: OUR_ERRORS,
    // A page may read why it was refused; the preflight has told it whether it may post at all.
    errorHeaders: { 'access-control-allow-origin': "'*'" },
    cors: {
      allowOrigins: [...allowedOrigins],
      allowMethods: ['POST'],
      allowHeaders: ['content-type', 'x-api-key'],
      maxAge: PREFLIGHT_AGE,
    },
    stageVariables: { door: 'public' },
    keyed: true,
    acknowledged: {
      APIG3: 'Routes only take, behind a usage plan that throttles; a web ACL is for the operator to choose.',
      APIG4: 'Visitors of a shop have no identity to check; a key bounds their rate, and nothing is told.',
      COG4: 'Visitors of a shop are not people of a user pool.',
    },
  });
  keyed(api, deployment, 'public', { rateLimit: requestsPerSecond, burstLimit: burst });
  return api;
}

function keyed(api: RepointApi, deployment: Deployment, name: string, throttle: ThrottleSettings): void {
  const key = api.addApiKey('Key', {
    apiKeyName: physicalName(deployment, name),
    description: `Callers of the ${name} API`,
  });
  const plan = api.addUsagePlan('UsagePlan', { name: physicalName(deployment, name), throttle });
  plan.addApiStage({ stage: api.deploymentStage });
  plan.addApiKey(key);
}
