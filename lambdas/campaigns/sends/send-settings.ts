/** What an operator decided about sending (lib/config.ts, `sending`), as functions get it. Pure. */

/** The environment variable's JSON. */
interface Configured {
  readonly missedAfterMinutes: number;
  readonly ratePerMinute?: number;
  readonly heldFromMembers?: number;
  /** Physical names of the hook, and of the channel that brings messages to Kakao; absent: no Kakao. */
  readonly policyFunction: string;
  readonly kakaoFunction?: string;
}

export type SendingSettings = Omit<Configured, 'missedAfterMinutes'>;

export interface SendSettings {
  readonly missedAfterMs: number;
  readonly settings: SendingSettings;
}

/** Settings from the variable's JSON, which was checked when the deployment was synthesized. */
export function sendSettings(json: string): SendSettings {
  const { missedAfterMinutes, ...settings } = JSON.parse(json) as Configured;
  return { missedAfterMs: missedAfterMinutes * 60_000, settings };
}
