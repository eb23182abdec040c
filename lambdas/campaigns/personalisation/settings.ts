/** What the operator decided about personalisation (lib/config.ts), as functions get it. Pure. */
import type { PersonalisationEnv } from '../env.ts';
import type { Money } from './amount-text.ts';
import { type Variables, variables } from './variables.ts';

export interface PersonalisationSettings {
  readonly variables: Variables;
  readonly money: Money;
}

/** Settings from the variable's JSON, which was checked when the deployment was synthesized. */
export function personalisationSettings(json: string): PersonalisationSettings {
  const { attributeLabels, currency, locale } = JSON.parse(json) as PersonalisationEnv;
  return { variables: variables(attributeLabels), money: { currency, locale } };
}
