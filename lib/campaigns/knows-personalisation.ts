import { PERSONALISATION_ENV, type PersonalisationEnv } from '../../lambdas/campaigns/env.ts';
import type { RepointFunction } from '../shared/repoint-function.ts';

/** What texts may name, and how they write amounts: for functions that read the texts of campaigns. */
export function knowsPersonalisation(fn: RepointFunction): RepointFunction {
  const { personalisation, costs } = fn.deployment.config;
  const told: PersonalisationEnv = { ...personalisation, currency: costs.currency };
  return fn.knows(PERSONALISATION_ENV.personalisation, JSON.stringify(told));
}
