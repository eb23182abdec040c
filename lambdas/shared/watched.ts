import type { Time } from './time.ts';

/** A wait grows by half from look to look: what is through soon is seen soon, and what takes long is not asked after often. */
const GROWTH = 1.5;

export interface Patience {
  /** Epoch milliseconds; nobody looks later. */
  readonly until: number;
  readonly pollMs: { readonly first: number; readonly longest: number };
}

export interface Watch<State> {
  readonly look: () => Promise<State>;
  readonly isOver: (seen: State) => boolean;
}

/** Looks at something until it is over or patience ends; answers what was seen last, which with `seen` may be that. */
export async function watched<State>(
  time: Time,
  { until, pollMs }: Patience,
  { look, isOver }: Watch<State>,
  seen?: State,
): Promise<State> {
  let state = seen === undefined ? await look() : seen;
  for (let waitMs = pollMs.first; !isOver(state); waitMs = Math.min(waitMs * GROWTH, pollMs.longest)) {
    if (time.now() + waitMs > until) break;
    await time.sleep(waitMs);
    state = await look();
  }
  return state;
}
