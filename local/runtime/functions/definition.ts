import { devNull } from 'node:os';
import { isObject, type JsonObject, type ResolvedResource } from '../template/template.ts';

/** What this machine needs to run one `AWS::Lambda::Function`. */
export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  readonly codeDir: string;
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly logGroupName: string;
  /** Exactly the template's variables, plus those Lambda itself sets and where the SDK finds the stand-ins. */
  readonly environment: Readonly<Record<string, string>>;
  /** Invocations that may run side by side here. */
  readonly concurrency: number;
}

/** What every function shares: where the stand-ins are, and which account and region this machine plays. */
export interface Surroundings {
  readonly region: string;
  /** Service as the SDK spells it in AWS_ENDPOINT_URL_<SERVICE> → URL. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Variable that names an address outside AWS → the stand-in behind it; only functions that have the variable get it. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Workers one function may have at most. */
  readonly maxConcurrency: number;
  /** Path of an asset by its S3 key. */
  readonly assets: ReadonlyMap<string, string>;
}

/** Properties that change what runs here. */
const USED = [
  'Code',
  'Environment',
  'FunctionName',
  'Handler',
  'MemorySize',
  'ReservedConcurrentExecutions',
  'Runtime',
  'Timeout',
];
/** Properties that have their effect in AWS only (permissions, logging, packaging, tracing). */
const WITHOUT_EFFECT_HERE = [
  'Architectures',
  'DeadLetterConfig',
  'Description',
  'EphemeralStorage',
  'KmsKeyArn',
  'LoggingConfig',
  'RecursiveLoop',
  'Role',
  'Tags',
  'TracingConfig',
];

/** Lambda's defaults (CloudFormation reference of AWS::Lambda::Function). */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;

/** Reads a function's resolved properties. Throws on a property or runtime that this machine does not know. */
export function functionDefinition(
  { properties, logicalId, stack }: ResolvedResource,
  arn: string,
  surroundings: Surroundings,
): FunctionDefinition {
  const where = `${stack} / ${logicalId}`;
  const unknown = Object.keys(properties).filter(
    (key) => !USED.includes(key) && !WITHOUT_EFFECT_HERE.includes(key),
  );
  if (unknown.length > 0) throw new Error(`${where}: cannot run a function with ${unknown.join(', ')}`);
  if (!/^nodejs\d+\.x$/.test(String(properties['Runtime'])))
    throw new Error(`${where}: runtime ${String(properties['Runtime'])} does not run here`);
  const name = arn.slice(arn.lastIndexOf(':') + 1);
  const memoryMb = Number(properties['MemorySize'] ?? DEFAULT_MEMORY_MB);
  const reserved = properties['ReservedConcurrentExecutions'];
  return {
    name,
    arn,
    codeDir: codeDir(properties['Code'] as JsonObject, where, surroundings),
    handler: String(properties['Handler']),
    timeoutMs: Number(properties['Timeout'] ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
    memoryMb,
    logGroupName: `/aws/lambda/${name}`,
    environment: {
      ...ofLambda(name, memoryMb, String(properties['Handler']), surroundings),
      ...standingIn(variables(properties['Environment']), surroundings),
    },
    concurrency: Math.min(
      surroundings.maxConcurrency,
      reserved === undefined ? Number.POSITIVE_INFINITY : Number(reserved),
    ),
  };
}

function codeDir(code: JsonObject, where: string, { assets }: Surroundings): string {
  const path = assets.get(String(code['S3Key']));
  if (!path) throw new Error(`${where}: its code is not an asset of this assembly (${JSON.stringify(code)})`);
  return path;
}

function variables(environment: ResolvedResource['properties'][string] | undefined): Record<string, string> {
  const values = isObject(environment) ? environment['Variables'] : undefined;
  return Object.fromEntries(
    Object.entries(isObject(values) ? values : {}).map(([key, value]) => [key, String(value)]),
  );
}

const standingIn = (
  environment: Readonly<Record<string, string>>,
  { addresses }: Surroundings,
): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, addresses[name] ?? value]));

/** Lambda's own variables; the SDK's are set so that no profile of this machine's owner can shine through. */
function ofLambda(
  name: string,
  memoryMb: number,
  handler: string,
  { region, endpoints }: Surroundings,
): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    _HANDLER: handler,
    NODE_NO_WARNINGS: '1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...Object.fromEntries(
      Object.entries(endpoints).map(([service, url]) => [`AWS_ENDPOINT_URL_${service}`, url]),
    ),
  };
}
