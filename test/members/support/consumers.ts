/** Consumers of the events stream over a store, which may die and are given their batches again. */
import type { StateStore } from '../../../lambdas/members/ports.ts';
import type { StateBounds } from '../../../lambdas/members/state/bound-states.ts';
import { memberItems } from '../../../lambdas/members/state/member-items.ts';
import { mergedStates } from '../../../lambdas/members/state/merged-states.ts';
import { stateView } from '../../../lambdas/members/state/state-view.ts';
import { updateStates } from '../../../lambdas/members/state/update-states.ts';
import { countedIds, memoryQuarantine } from '../../events/quarantine/support/memory.ts';
import { MEMBERS, rowOf, type Told } from './world.ts';

/** What each member's state is told to be. */
export async function told(states: Pick<StateStore, 'read'>): Promise<Map<string, object>> {
  const merged = await mergedStates(states, MEMBERS);
  return new Map(
    [...merged].map(([userId, state]) => {
      const { cart, viewed } = memberItems(state);
      const names = (items: typeof cart) => items.map(({ name }) => name);
      return [userId, { view: stateView(state), cart: names(cart), viewed: names(viewed) }];
    }),
  );
}

/** The store, of which a worker dies at some of its calls that write: before it, after it, or with half of its rows written. */
function mortal(store: StateStore, deaths: readonly number[]): StateStore {
  let calls = 0;
  const dying = async <Answer>(
    run: () => Promise<Answer>,
    half?: () => Promise<unknown>,
  ): Promise<Answer> => {
    const way = deaths[calls++] ?? 0;
    if (way === 1) throw new Error('killed before');
    if (way === 2 && half) await half();
    else {
      const answer = await run();
      if (way === 0 || way > 3) return answer;
    }
    throw new Error('killed after');
  };
  return {
    read: store.read,
    write: (rows) =>
      dying(
        () => store.write(rows),
        // Rows of one batch are not written all or none.
        () =>
          store.write(
            calls % 2 === 0
              ? { members: rows.members ?? new Map() }
              : { browsers: rows.browsers ?? new Map() },
          ),
      ),
    join: (...given) => dying(() => store.join(...given)),
    settle: (...given) => dying(() => store.settle(...given)),
  };
}

export interface Delivery {
  readonly batches: readonly (readonly Told[])[];
  readonly deaths: readonly number[];
  readonly bounds?: StateBounds;
}

/** Consumes the batches of one lane in their order, each again until its worker lives, some once more. */
export async function consume(store: StateStore, { batches, deaths, bounds }: Delivery): Promise<void> {
  const states = mortal(store, deaths);
  const deps = { states, quarantine: memoryQuarantine(), ids: countedIds(), ...(bounds ? { bounds } : {}) };
  for (const [index, batch] of batches.entries()) {
    const now = Math.max(...batch.map(({ occurred }) => occurred));
    const ctx = { actor: 'test', requestId: 'r', now, deadline: now + 60_000 };
    const run = () => updateStates(deps, ctx, batch.map(rowOf));
    for (let again = index % 3 === 0 ? 2 : 1; again > 0; ) {
      try {
        await run();
        again--;
      } catch (error) {
        if (!(error as Error).message.startsWith('killed')) throw error;
      }
    }
  }
}

export const cutInto = (events: readonly Told[], sizes: readonly number[]): Told[][] => {
  const batches: Told[][] = [];
  for (let from = 0, at = 0; from < events.length; at++) {
    const size = sizes[at % sizes.length] ?? 1;
    batches.push(events.slice(from, from + size));
    from += size;
  }
  return batches;
};
