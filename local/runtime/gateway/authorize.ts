import { payloadJson } from '../functions/invocation.ts';
import type { Invoker } from '../sources/ports.ts';
import { isObject, type Json, type JsonObject } from '../template/template.ts';
import type { Authorizer, RestApi } from './api.ts';
import type { ResponseType } from './gateway-responses.ts';
import { compilePolicy } from './policy.ts';
import { type GatewayRequest, header, requestContext, requestFields } from './proxy-event.ts';
import type { Match } from './routes.ts';

export type Authorization =
  | { readonly kind: 'allowed'; readonly context: Record<string, unknown> }
  | { readonly kind: 'refused'; readonly type: ResponseType; readonly message: string };

const refused = (type: ResponseType, message: string): Authorization => ({ kind: 'refused', type, message });

/** Asks a REQUEST authorizer and judges the policy it answers with; nothing is cached (a TTL only saves calls). */
export async function authorize(
  authorizer: Authorizer,
  call: { api: RestApi; request: GatewayRequest; match: Match; methodArn: string },
  functions: Invoker,
): Promise<Authorization> {
  const { api, request, match, methodArn } = call;
  if (authorizer.identityHeaders.some((name) => !header(request, name)))
    return refused('UNAUTHORIZED', 'Unauthorized');
  const invocation = await functions.invoke(authorizer.functionArn, {
    type: 'REQUEST',
    methodArn,
    ...requestFields(api, request, match),
    requestContext: requestContext(api, request, match, undefined),
  });
  const answer = payloadJson<Json>(invocation);
  if (invocation.functionError) {
    const unauthorized = isObject(answer) && answer['errorMessage'] === 'Unauthorized';
    return unauthorized
      ? refused('UNAUTHORIZED', 'Unauthorized')
      : refused('AUTHORIZER_FAILURE', 'Internal server error');
  }
  return judged(answer, call);
}

function judged(
  answer: Json,
  { api, request, methodArn }: { api: RestApi; request: GatewayRequest; methodArn: string },
): Authorization {
  const broken = refused('AUTHORIZER_CONFIGURATION_ERROR', 'Internal server error');
  if (!isObject(answer) || typeof answer['principalId'] !== 'string') return broken;
  const context = contextOf(answer);
  if (!context) return broken;
  try {
    const policy = compilePolicy(forAnyone(answer['policyDocument'] ?? null), { apiArn: api.arn });
    const verdict = policy({ resourceArn: methodArn, sourceIp: request.sourceIp });
    if (verdict === 'allow') return { kind: 'allowed', context };
    const explicit = verdict === 'explicit-deny' ? ' with an explicit deny' : '';
    return refused('ACCESS_DENIED', `User is not authorized to access this resource${explicit}`);
  } catch {
    return broken;
  }
}

/** An authorizer's policy speaks of its one caller and names no principal. */
function forAnyone(document: Json): Json {
  if (!isObject(document)) return document;
  const statements = [document['Statement'] ?? []].flat();
  return {
    ...document,
    Statement: statements.map((one) => (isObject(one) ? { ...one, Principal: '*' } : one)),
  };
}

/** Context values are text, numbers or booleans, and arrive as text; anything else is a broken authorizer. */
function contextOf({ principalId, context = {} }: JsonObject): Record<string, unknown> | undefined {
  if (!isObject(context)) return undefined;
  const values = Object.entries(context);
  if (values.some(([, value]) => typeof value === 'object' && value !== null)) return undefined;
  return {
    principalId,
    ...Object.fromEntries(values.map(([key, value]) => [key, value === null ? null : String(value)])),
  };
}
