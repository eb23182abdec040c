import { CAMPAIGNS_ENV, POLICY_FUNCTION } from '../../lambdas/campaigns/env.ts';
import { KAKAO_FUNCTION } from '../../lambdas/channels/env.ts';
import { physicalName } from '../shared/deployment.ts';
import type { RepointFunction } from '../shared/repoint-function.ts';

/** How the operator sends: for functions that make what the engine is told. */
export function knowsSending(fn: RepointFunction): RepointFunction {
  const { sending, channels } = fn.deployment.config;
  return fn.knows(
    CAMPAIGNS_ENV.sending,
    JSON.stringify({
      ...sending,
      policyFunction: physicalName(fn.deployment, POLICY_FUNCTION),
      ...(channels.kakao ? { kakaoFunction: physicalName(fn.deployment, KAKAO_FUNCTION) } : {}),
    }),
  );
}
