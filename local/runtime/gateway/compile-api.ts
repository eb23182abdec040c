import { isObject, type Json, type JsonObject, type ResolvedResource } from '../template/template.ts';
import type { Authorizer, Method, ResourceNode, RestApi } from './api.ts';
import { functionArnOf } from './function-uri.ts';
import { GatewayResponses } from './gateway-responses.ts';
import { integrationOf } from './integration.ts';
import { compilePolicy } from './policy.ts';
import { stageThrottle } from './stage-throttle.ts';
import { type ApiKey, UsagePlans } from './usage-plans.ts';

/** All of a template's `AWS::ApiGateway::*` resources, with what Ref and GetAtt give for them. */
export interface GatewayTemplate {
  of(type: string): readonly (ResolvedResource & { readonly ref: string })[];
  attribute(resource: ResolvedResource, name: string): string;
}

export interface GatewayPlace {
  readonly region: string;
  readonly accountId: string;
  readonly partition: string;
}

const KNOWN_METHOD = [
  'ApiKeyRequired',
  'AuthorizationType',
  'AuthorizerId',
  'HttpMethod',
  'Integration',
  'MethodResponses',
  'OperationName',
  'ResourceId',
  'RestApiId',
];
const KNOWN_API = [
  'ApiKeySourceType',
  'BinaryMediaTypes',
  'Description',
  'DisableExecuteApiEndpoint',
  'EndpointConfiguration',
  'Name',
  'Policy',
  'Tags',
];
const KNOWN_STAGE = [
  'AccessLogSetting',
  'DeploymentId',
  'Description',
  'MethodSettings',
  'RestApiId',
  'StageName',
  'Tags',
  'TracingEnabled',
  'Variables',
];
const KNOWN_PLAN = ['ApiStages', 'Description', 'Tags', 'Throttle', 'UsagePlanName'];
const KNOWN_AUTHORIZER = [
  'AuthorizerResultTtlInSeconds',
  'AuthorizerUri',
  'IdentitySource',
  'Name',
  'RestApiId',
  'Type',
];

/** Throws when a resource has properties that this gateway would silently ignore. */
function onlyKnown({ stack, logicalId, properties }: ResolvedResource, known: readonly string[]): void {
  const unknown = Object.keys(properties).filter((key) => !known.includes(key));
  if (unknown.length > 0)
    throw new Error(`${stack} / ${logicalId}: ${unknown.join(', ')} is not known to the local gateway`);
}

const belongsTo =
  (apiId: string) =>
  ({ properties }: ResolvedResource): boolean =>
    properties['RestApiId'] === apiId;

/** Makes every REST API of the template ready to serve. `keys` are its API keys with their values. */
export function compileApis(
  template: GatewayTemplate,
  place: GatewayPlace,
  keys: readonly ApiKey[],
  nowMs: number,
): RestApi[] {
  return template.of('AWS::ApiGateway::RestApi').map((resource) => {
    onlyKnown(resource, KNOWN_API);
    const { ref: id, properties } = resource;
    const stage = template.of('AWS::ApiGateway::Stage').filter(belongsTo(id))[0];
    if (!stage) throw new Error(`${resource.stack} / ${resource.logicalId}: this API has no stage`);
    onlyKnown(stage, KNOWN_STAGE);
    const arn = `arn:${place.partition}:execute-api:${place.region}:${place.accountId}:${id}`;
    const { Policy: policy, BinaryMediaTypes: binary = [] } = properties;
    const variables = stage.properties['Variables'];
    return {
      id,
      name: String(properties['Name']),
      stage: String(stage.properties['StageName']),
      stageVariables: isObject(variables) ? (variables as Record<string, string>) : null,
      deploymentId: String(stage.properties['DeploymentId']),
      arn,
      accountId: place.accountId,
      policy: policy === undefined ? undefined : compilePolicy(policy, { apiArn: arn }),
      root: resourceTree(
        template,
        id,
        template.attribute(resource, 'RootResourceId'),
        stage.properties,
        nowMs,
      ),
      responses: new GatewayResponses(
        template
          .of('AWS::ApiGateway::GatewayResponse')
          .filter(belongsTo(id))
          .map((one) => one.properties),
      ),
      usagePlans: usagePlans(template, id, String(stage.properties['StageName']), keys, nowMs),
      binaryMediaTypes: (binary as string[]).map((type) => type.toLowerCase()),
    };
  });
}

function resourceTree(
  template: GatewayTemplate,
  apiId: string,
  rootId: string,
  stage: JsonObject,
  nowMs: number,
): ResourceNode {
  const resources = template.of('AWS::ApiGateway::Resource').filter(belongsTo(apiId));
  const methods = template.of('AWS::ApiGateway::Method').filter(belongsTo(apiId));
  const node = (id: string, part: string, parentPath: string): ResourceNode => {
    const path = part === '' ? '/' : `${parentPath === '/' ? '' : parentPath}/${part}`;
    const own = methods.filter(({ properties }) => properties['ResourceId'] === id);
    return {
      id,
      part,
      path,
      children: resources
        .filter(({ properties }) => properties['ParentId'] === id)
        .map(({ ref, properties }) => node(ref, String(properties['PathPart']), path)),
      methods: new Map(
        own.map((method) => [
          String(method.properties['HttpMethod']),
          methodOf(
            template,
            method,
            stageThrottle(stage, path, String(method.properties['HttpMethod']), nowMs),
          ),
        ]),
      ),
    };
  };
  return node(rootId, '', '');
}

function methodOf(
  template: GatewayTemplate,
  resource: ResolvedResource,
  throttle: Method['throttle'],
): Method {
  onlyKnown(resource, KNOWN_METHOD);
  const { properties, stack, logicalId } = resource;
  const authorization = properties['AuthorizationType'] ?? 'NONE';
  if (authorization !== 'NONE' && authorization !== 'CUSTOM')
    throw new Error(`${stack} / ${logicalId}: AuthorizationType ${String(authorization)} is not known`);
  return {
    httpMethod: String(properties['HttpMethod']),
    apiKeyRequired: properties['ApiKeyRequired'] === true,
    authorizer: authorization === 'CUSTOM' ? authorizerOf(template, properties['AuthorizerId']) : undefined,
    integration: integrationOf(properties['Integration'] ?? null, `${stack} / ${logicalId}`),
    throttle,
  };
}

function authorizerOf(template: GatewayTemplate, id: Json | undefined): Authorizer {
  const resource = template.of('AWS::ApiGateway::Authorizer').find(({ ref }) => ref === id);
  if (!resource) throw new Error(`There is no authorizer ${String(id)}`);
  onlyKnown(resource, KNOWN_AUTHORIZER);
  const { properties, stack, logicalId } = resource;
  if (properties['Type'] !== 'REQUEST')
    throw new Error(`${stack} / ${logicalId}: authorizer type ${String(properties['Type'])} is not known`);
  const sources = String(properties['IdentitySource'] ?? '')
    .split(',')
    .map((source) => source.trim())
    .filter((source) => source !== '');
  const headers = sources.map((source) => /^method\.request\.header\.(.+)$/.exec(source)?.[1]?.toLowerCase());
  if (!headers.every((name) => name !== undefined))
    throw new Error(`${stack} / ${logicalId}: identity source ${sources.join(', ')} is not known`);
  return { functionArn: functionArnOf(String(properties['AuthorizerUri'])), identityHeaders: headers };
}

function usagePlans(
  template: GatewayTemplate,
  apiId: string,
  stage: string,
  keys: readonly ApiKey[],
  nowMs: number,
): UsagePlans {
  const members = template.of('AWS::ApiGateway::UsagePlanKey');
  const plans = template.of('AWS::ApiGateway::UsagePlan').flatMap((plan) => {
    onlyKnown(plan, KNOWN_PLAN);
    const { ApiStages, Throttle } = plan.properties;
    const stages = [ApiStages ?? []].flat().filter(isObject);
    const own = stages.find((one) => one['ApiId'] === apiId && one['Stage'] === stage);
    if (!own) return [];
    const { Throttle: ofMethods } = own;
    if (isObject(ofMethods) && Object.keys(ofMethods).length > 0)
      throw new Error(`${plan.stack} / ${plan.logicalId}: a throttle per method is not known`);
    const keyIds = members
      .filter(({ properties }) => properties['UsagePlanId'] === plan.ref)
      .map(({ properties }) => String(properties['KeyId']));
    const throttle = isObject(Throttle)
      ? { ratePerSecond: Number(Throttle['RateLimit']), burst: Number(Throttle['BurstLimit']) }
      : undefined;
    return [{ keyIds, throttle }];
  });
  return new UsagePlans(keys, plans, nowMs);
}
