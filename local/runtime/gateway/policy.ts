import { isObject, type Json } from '../template/template.ts';
import { type Cidr, holds, parseCidr } from './cidr.ts';

/** What a resource policy says to a request. `implicit-deny`: no statement allows it. */
export type Verdict = 'allow' | 'explicit-deny' | 'implicit-deny';

export interface PolicyRequest {
  /** `arn:aws:execute-api:<region>:<account>:<apiId>/<stage>/<METHOD>/<path>` */
  readonly resourceArn: string;
  /** The peer of the connection, never a header. */
  readonly sourceIp: string;
}

/** The part of an API's ARN that the shorthand `execute-api:/…` stands for. */
export interface PolicyOwner {
  /** `arn:aws:execute-api:<region>:<account>:<apiId>` */
  readonly apiArn: string;
}

type Test = (request: PolicyRequest) => boolean;

interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly resources: readonly RegExp[];
  readonly conditions: readonly Test[];
}

export type Policy = (request: PolicyRequest) => Verdict;

const STATEMENT_KEYS = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition']);

/**
 * Compiles a REST API's resource policy. It is judged as IAM does: an explicit Deny wins, then any Allow, else it is
 * denied. What this evaluator does not know (operators, principals, keys) throws here, at start, and is never skipped.
 */
export function compilePolicy(document: Json, owner: PolicyOwner): Policy {
  if (!isObject(document) || document['Statement'] === undefined)
    throw new Error('A resource policy needs a Statement');
  const statements = [document['Statement']].flat().map((statement) => compiled(statement, owner));
  return (request) => {
    const matching = statements.filter((statement) => applies(statement, request));
    if (matching.some(({ effect }) => effect === 'Deny')) return 'explicit-deny';
    return matching.length > 0 ? 'allow' : 'implicit-deny';
  };
}

const applies = ({ resources, conditions }: Statement, request: PolicyRequest): boolean =>
  resources.some((pattern) => pattern.test(request.resourceArn)) && conditions.every((test) => test(request));

function compiled(statement: Json, owner: PolicyOwner): Statement {
  if (!isObject(statement)) throw new Error('A policy statement must be an object');
  const unknown = Object.keys(statement).filter((key) => !STATEMENT_KEYS.has(key));
  if (unknown.length > 0) throw new Error(`Policy element ${unknown.join(', ')} is not known`);
  const effect = statement['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny')
    throw new Error(`Policy Effect ${JSON.stringify(effect)} is not known`);
  checkPrincipal(statement['Principal'] ?? null);
  const invokes = texts(statement['Action'] ?? null, 'Action').some((action) =>
    wildcard(action).test('execute-api:Invoke'),
  );
  const resources = invokes
    ? texts(statement['Resource'] ?? null, 'Resource').map((resource) => wildcard(expanded(resource, owner)))
    : [];
  return { effect, resources, conditions: conditions(statement['Condition'] ?? {}) };
}

function checkPrincipal(principal: Json): void {
  const anyone = isObject(principal) ? principal['AWS'] : principal;
  if ([anyone ?? null].flat().every((name) => name === '*') && anyone !== undefined) return;
  throw new Error(`Policy Principal ${JSON.stringify(principal)} is not known; only * is`);
}

function texts(value: Json, element: string): string[] {
  const values = [value].flat();
  if (!values.every((text) => typeof text === 'string'))
    throw new Error(`Policy ${element} must be text, found ${JSON.stringify(value)}`);
  return values as string[];
}

/** API Gateway reads `execute-api:/stage/METHOD/path` as this API's own ARN with that path. */
const expanded = (resource: string, { apiArn }: PolicyOwner): string =>
  resource.startsWith('execute-api:/') ? `${apiArn}${resource.slice('execute-api:'.length)}` : resource;

/** IAM's wildcards: `*` is any text, `?` any one character. Action names are not case-sensitive, ARNs are. */
function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, pattern.startsWith('arn:') ? 's' : 'is');
}

function conditions(block: Json): Test[] {
  if (!isObject(block)) throw new Error('A policy Condition must be an object');
  return Object.entries(block).flatMap(([operator, keys]) => {
    if (!isObject(keys)) throw new Error(`Policy condition ${operator} must be an object of keys`);
    return Object.entries(keys).map(([key, values]) => condition(operator, key, values));
  });
}

function condition(operator: string, key: string, values: Json): Test {
  if (key.toLowerCase() !== 'aws:sourceip') throw new Error(`Policy condition key ${key} is not known`);
  const cidrs: Cidr[] = texts(values, operator).map(parseCidr);
  const inside: Test = ({ sourceIp }) => cidrs.some((cidr) => holds(cidr, sourceIp));
  switch (operator) {
    case 'IpAddress':
      return inside;
    case 'NotIpAddress':
      return (request) => !inside(request);
    default:
      throw new Error(`Policy condition operator ${operator} is not known`);
  }
}
