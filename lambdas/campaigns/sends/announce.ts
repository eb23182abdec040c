import { count, logger } from '../../shared/telemetry.ts';
import type { Send } from './send.ts';
import type { SendState } from './send-state.ts';

/** States that somebody should hear of (lib/ops/alarm-registry.ts). */
const COUNTED: Readonly<Partial<Record<SendState, 'SendsFailed' | 'SendsMissed' | 'SendsHeld'>>> = {
  failed: 'SendsFailed',
  missed: 'SendsMissed',
  held: 'SendsHeld',
};

/** Tells operators of a send that did not go out as it was to: the count has an alarm, the log says why. */
export function announce({ id, state, history }: Send): void {
  const name = COUNTED[state];
  if (name === undefined) return;
  logger.warn(`send ${state}`, { send: id, why: history.at(-1)?.why });
  count(name);
}
