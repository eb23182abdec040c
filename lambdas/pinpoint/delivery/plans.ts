import { compiledParts } from '../runs/plan.ts';
import type { RunObjects } from '../runs/ports.ts';
import { planKey, type RunPlan } from '../runs/run.ts';
import type { CompiledPart } from './render.ts';
import { USER_ATTRIBUTE, USER_ID } from './variables.ts';

/** A run's plan with its templates compiled. */
export interface CompiledPlan {
  readonly plan: RunPlan;
  /** By channel type. */
  readonly parts: ReadonlyMap<string, CompiledPart>;
  /** Dotted names to read of each endpoint at delivery: what decides, and what the templates name. */
  readonly endpointNames: readonly string[];
}

/** What decides at delivery whether and where a message goes (design.md, "Reads at delivery"). */
const DECIDING = ['Address', 'ChannelType', 'EndpointStatus', 'OptOut'];
/** Runs whose plans a warm function keeps. */
const KEPT = 20;

/** Loads plans, keeping the last few: a function works on many slices of one run. Undefined when the run has none. */
export function planCache(objects: RunObjects): (activityId: string) => Promise<CompiledPlan | undefined> {
  const kept = new Map<string, CompiledPlan>();
  return async (activityId) => {
    const known = kept.get(activityId);
    if (known) return known;
    const plan = await objects.get<RunPlan>(planKey(activityId));
    if (!plan) return undefined;
    const compiled = compilePlan(plan);
    kept.set(activityId, compiled);
    for (const oldest of kept.keys()) if (kept.size > KEPT) kept.delete(oldest);
    return compiled;
  };
}

export function compilePlan(plan: RunPlan): CompiledPlan {
  const parts = compiledParts(plan.message);
  const named = [...parts.values()].flatMap(({ variables }) => variables);
  const own = named.filter((name) => name !== USER_ID && !name.startsWith(USER_ATTRIBUTE));
  return { plan, parts, endpointNames: [...new Set([...DECIDING, ...own])] };
}
