import type { GatewayResponses } from './gateway-responses.ts';
import type { Policy } from './policy.ts';
import type { TokenBucket } from './token-bucket.ts';
import type { UsagePlans } from './usage-plans.ts';

/** What a method does with a request that passed the gate. */
export type Integration =
  | { readonly kind: 'function'; readonly functionArn: string; readonly timeoutMs: number }
  | { readonly kind: 'mock'; readonly status: number; readonly headers: Readonly<Record<string, string>> };

/** A REQUEST authorizer. */
export interface Authorizer {
  readonly functionArn: string;
  /** Header names (lower case) without which the request is unauthorized before the authorizer is asked. */
  readonly identityHeaders: readonly string[];
}

export interface Method {
  readonly httpMethod: string;
  readonly apiKeyRequired: boolean;
  readonly authorizer: Authorizer | undefined;
  readonly integration: Integration;
  /** Throttle of the stage's settings for this method. */
  readonly throttle: TokenBucket | undefined;
}

/** One node of the resource tree. */
export interface ResourceNode {
  readonly id: string;
  /** `/members/{userId}` */
  readonly path: string;
  /** `members`, `{userId}` or `{proxy+}`; empty for the root. */
  readonly part: string;
  readonly children: ResourceNode[];
  /** By HTTP method or `ANY`. */
  readonly methods: Map<string, Method>;
}

/** A REST API with its one stage, ready to take requests. */
export interface RestApi {
  readonly id: string;
  readonly name: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>> | null;
  readonly deploymentId: string;
  /** `arn:aws:execute-api:<region>:<account>:<id>` */
  readonly arn: string;
  readonly accountId: string;
  readonly policy: Policy | undefined;
  readonly root: ResourceNode;
  readonly responses: GatewayResponses;
  readonly usagePlans: UsagePlans;
  /** Media types that travel to the function as base64. */
  readonly binaryMediaTypes: readonly string[];
}
