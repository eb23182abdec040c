import { conflict } from '../../shared/errors.ts';

/**
 * scheduled → resolving → (held →) importing → sending ⇄ paused → (deciding → sending) → completed, or failed, cancelled,
 * missed (docs/adr/0003-a-send-is-a-state-machine.md). A pause goes back to where it came from. Missed is a send that did
 * not begin in time: nobody got anything.
 */
const NEXT = {
  scheduled: ['resolving', 'paused', 'missed', 'failed', 'cancelled'],
  resolving: ['held', 'importing', 'paused', 'completed', 'missed', 'failed', 'cancelled'],
  held: ['importing', 'missed', 'failed', 'cancelled'],
  importing: ['sending', 'paused', 'missed', 'failed', 'cancelled'],
  sending: ['paused', 'deciding', 'completed', 'missed', 'failed', 'cancelled'],
  paused: ['scheduled', 'resolving', 'importing', 'sending', 'deciding', 'failed', 'cancelled'],
  deciding: ['sending', 'paused', 'completed', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
  missed: [],
} as const satisfies Record<string, readonly string[]>;

export type SendState = keyof typeof NEXT;
export const SEND_STATES = Object.keys(NEXT) as readonly SendState[];

/** One change of state: when (ISO 8601), by whom, and why when it says more than the state. */
export interface Change {
  readonly state: SendState;
  readonly at: string;
  readonly by: string;
  readonly why?: string;
}

interface HasState {
  readonly state: SendState;
  readonly history: readonly Change[];
}

export const nextStates = (state: SendState): readonly SendState[] => NEXT[state];
export const isFinal = ({ state }: Pick<HasState, 'state'>): boolean => NEXT[state].length === 0;
/** Whether somebody may have it rest: it is at work, or about to be. */
export const canPause = (state: SendState): boolean => nextStates(state).includes('paused');

/** The send in its next state, with the change in its history. Throws `conflict` for a transition that is not stated above. */
export function moved<Send extends HasState>(
  send: Send,
  state: SendState,
  change: { readonly at: number; readonly by: string; readonly why?: string },
): Send {
  if (!nextStates(send.state).includes(state)) {
    throw conflict(`A send that is ${send.state} cannot become ${state}`);
  }
  const entry: Change = { ...change, state, at: new Date(change.at).toISOString() };
  return { ...send, state, history: [...send.history, entry] };
}
