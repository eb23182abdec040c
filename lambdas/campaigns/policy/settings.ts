/** What the operator decided about advertising (lib/config.ts, `policy`), as functions get it. Pure. */
import type { Country } from '../env.ts';
import type { Caps } from './caps.ts';
import type { Law } from './law/law.ts';
import { LAWS } from './law/laws.ts';

/** The environment variable's JSON. */
interface Configured {
  readonly country: Country;
  readonly label: boolean;
  readonly optOutText?: string;
  readonly nightExemptions: boolean;
  readonly defaultCaps: Caps;
  readonly cappedPurposes: 'all' | 'advertising';
}

export interface PolicySettings extends Omit<Configured, 'country'> {
  readonly law: Law;
  /** The deployment's zone, IANA. */
  readonly timeZone: string;
}

/** Settings from the variable's JSON, which was checked when the deployment was synthesized. */
export function policySettings(json: string, timeZone: string): PolicySettings {
  const { country, ...configured } = JSON.parse(json) as Configured;
  return { ...configured, law: LAWS[country], timeZone };
}
