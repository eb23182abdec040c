import { hookEvent } from '../hooks/hook.ts';
import { type HookDeps, runHook } from '../hooks/run-hook.ts';
import type { AskHook } from './prepare.ts';

/** Asks a run's hook about the endpoints of a call. */
export const hookOf =
  (deps: HookDeps): AskHook =>
  async (plan, { treatmentId, activityId, message, ownMessage = message }, endpoints) => {
    const { applicationId, campaignId, scheduledTime } = plan;
    const run = { applicationId, campaignId, treatmentId, activityId, scheduledTime, message: ownMessage };
    const eventOf = (ids: readonly string[]) =>
      hookEvent(run, new Map([...endpoints].filter(([id]) => ids.includes(id))));
    return runHook(deps, plan.hook ?? '', eventOf, [...endpoints.keys()]);
  };
