import { plan } from '../../schemas/events/plan/generated/plan.js';

/** Events of the tracking plan, which behaviour rules may name. */
export const eventNames: readonly string[] = Object.keys(plan);
