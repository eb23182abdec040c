import type { Registry } from '../ports.ts';
import type { KillSwitch } from './grants.ts';

/** Whether the engine may send at all, and who said so. */
export interface SendingRow {
  readonly enabled: boolean;
  readonly reason: string;
  /** ISO 8601 with milliseconds. */
  readonly changedAt: string;
  readonly changedBy: string;
}

export const SENDING_KEY = { pk: 'sending', sk: 'sending' } as const;

/** A worker looks again after this: the switch acts within seconds in the middle of every run. */
const LOOK_AGAIN_MS = 2_000;

/** The deployment's kill switch as a row of the registry; there is none until somebody switches sending off. */
export function registryKillSwitch(registry: Pick<Registry, 'get'>, clock: () => number): KillSwitch {
  let seen: Promise<boolean> = Promise.resolve(false);
  let lookAgainAt = 0;
  return {
    isOff() {
      const leftMs = lookAgainAt - clock();
      // More is left than there ever was when the clock was set back.
      if (leftMs > 0 && leftMs <= LOOK_AGAIN_MS) return seen;
      lookAgainAt = clock() + LOOK_AGAIN_MS;
      seen = registry.get<SendingRow>(SENDING_KEY).then((stored) => stored?.row.enabled === false);
      // What could not be read is not taken for "on": the next call looks again.
      seen.catch(() => {
        lookAgainAt = 0;
      });
      return seen;
    },
  };
}
