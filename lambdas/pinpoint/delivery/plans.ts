import { type CompiledPart, compilePart } from '../../shared/rendering/render.ts';
import { USER_ATTRIBUTE, USER_ID } from '../../shared/rendering/variables.ts';
import type { ChannelKind } from '../channels/channel.ts';
import { saidBy } from '../channels/registry.ts';
import type { RunObjects } from '../runs/ports.ts';
import { planKey, type RunPlan, type TreatmentPlan } from '../runs/run.ts';

/** What a treatment says to one channel type, ready to be rendered. */
export interface CompiledSaying {
  readonly kind: ChannelKind;
  readonly part: CompiledPart;
}

/** A treatment with its templates compiled, by channel type. */
export type Sayings = ReadonlyMap<string, CompiledSaying>;

export interface CompiledTreatment {
  readonly plan: TreatmentPlan;
  readonly sayings: Sayings;
}

/** A run's plan with its templates compiled. */
export interface CompiledPlan {
  readonly plan: RunPlan;
  readonly treatment: (treatmentId: string) => CompiledTreatment;
  /** Dotted names to read of each endpoint at delivery; undefined when a function is told the whole endpoint. */
  readonly endpointNames: readonly string[] | undefined;
}

/** What decides at delivery whether and where a message goes (design.md, "Reads at delivery"). */
const DECIDING = ['Address', 'ChannelType', 'EndpointStatus', 'OptOut', USER_ID];
const TIMEZONE = 'Demographic.Timezone';
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

/** Compiling a long template takes seconds, and a plan is compiled for all who ask it anything. */
const compiled = new WeakMap<object, Sayings>();

/** What a treatment says, by channel type; each treatment is compiled once. */
export function compiledSayings(
  treatment: Pick<TreatmentPlan, 'message' | 'customDelivery' | 'defaults'>,
): Sayings {
  const known = compiled.get(treatment);
  if (known) return known;
  const sayings = new Map(
    [...saidBy(treatment)].map(([type, { kind, part }]) => [
      type,
      { kind, part: compilePart(part, treatment.defaults?.[kind.name]) },
    ]),
  );
  compiled.set(treatment, sayings);
  return sayings;
}

export function compilePlan(plan: RunPlan): CompiledPlan {
  const treatments = new Map(
    plan.treatments.map((treatment) => [
      treatment.treatmentId,
      { plan: treatment, sayings: compiledSayings(treatment) },
    ]),
  );
  return {
    plan,
    treatment(treatmentId) {
      const treatment = treatments.get(treatmentId);
      if (!treatment) throw new Error(`Run ${plan.activityId} has no treatment ${treatmentId}`);
      return treatment;
    },
    endpointNames: namesToRead(plan, [...treatments.values()]),
  };
}

function namesToRead(plan: RunPlan, treatments: readonly CompiledTreatment[]): string[] | undefined {
  if (plan.hook !== undefined || plan.treatments.some(({ customDelivery }) => customDelivery))
    return undefined;
  const named = treatments
    .flatMap(({ sayings }) => [...sayings.values()])
    .flatMap(({ part }) => part.variables)
    .filter((name) => name !== USER_ID && !name.startsWith(USER_ATTRIBUTE));
  return [...new Set([...DECIDING, ...(plan.quietTime ? [TIMEZONE] : []), ...named])];
}
