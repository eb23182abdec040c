import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneOf } from '../../lambdas/events/lane.ts';
import type { StateStore } from '../../lambdas/members/ports.ts';
import { STATE_BOUNDS, type StateBounds } from '../../lambdas/members/state/bound-states.ts';
import { memberItems } from '../../lambdas/members/state/member-items.ts';
import { mergedStates } from '../../lambdas/members/state/merged-states.ts';
import { stateView } from '../../lambdas/members/state/state-view.ts';
import { updateStates } from '../../lambdas/members/state/update-states.ts';
import { countedIds, memoryQuarantine } from '../events/quarantine/support/memory.ts';
import { memoryStates } from './support/memory.ts';
import { expectedOf, rowOf, type Told, worlds } from './support/world.ts';

const MEMBERS = ['kim', 'lee', 'park'];
const LANES = 2;
const laneOfEvent = ({ userId, browser, id }: Told): string => laneOf(userId ?? browser ?? id, LANES);

/** What each member's state is told to be. */
async function told(states: StateStore): Promise<Map<string, object>> {
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

interface Delivery {
  readonly batches: readonly (readonly Told[])[];
  readonly deaths: readonly number[];
  readonly bounds?: StateBounds;
}

/** Consumes the batches of one lane in their order, each again until its worker lives, some once more. */
async function consume(store: StateStore, { batches, deaths, bounds }: Delivery): Promise<void> {
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

const cutInto = (events: readonly Told[], sizes: readonly number[]): Told[][] => {
  const batches: Told[][] = [];
  for (let from = 0, at = 0; from < events.length; at++) {
    const size = sizes[at % sizes.length] ?? 1;
    batches.push(events.slice(from, from + size));
    from += size;
  }
  return batches;
};

const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
/** Most calls live. */
const deaths = fc.array(fc.nat(9), { maxLength: 30 });

describe('members’ states', () => {
  it('are what the spec says of their events, in whatever order, batches and lanes these come, and whoever dies', async () => {
    const shuffled = worlds({ most: 30, inOrder: false }).chain((world) =>
      fc.tuple(fc.constant(world), fc.shuffledSubarray(world, { minLength: world.length })),
    );
    await fc.assert(
      fc.asyncProperty(
        shuffled,
        sizes,
        deaths,
        fc.scheduler(),
        async ([world, order], cut, dead, scheduler) => {
          const store = memoryStates();
          // What workers do at the same time happens in any order.
          const late = {
            read: scheduler.scheduleFunction(store.read),
            write: scheduler.scheduleFunction(store.write),
            join: scheduler.scheduleFunction(store.join),
            settle: scheduler.scheduleFunction(store.settle),
          };
          const lanes = new Map<string, Told[]>();
          for (const event of order)
            lanes.set(laneOfEvent(event), [...(lanes.get(laneOfEvent(event)) ?? []), event]);
          const all = Promise.all(
            [...lanes.values()].map((events, lane) =>
              consume(late, {
                batches: cutInto(events, cut),
                deaths: lane === 0 ? dead : [...dead].reverse(),
              }),
            ),
          );
          await scheduler.waitFor(all);
          expect(await told(store)).toEqual(expectedOf(world));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are the same when rows keep only a few events and browsers, as long as events come in their order', async () => {
    const bounds = { ...STATE_BOUNDS, most: 5, kept: 2, browsers: 1, settledAfterMs: 600_000 };
    await fc.assert(
      fc.asyncProperty(worlds({ most: 60, inOrder: true }), sizes, deaths, async (world, cut, dead) => {
        const store = memoryStates();
        await consume(store, { batches: cutInto(world, cut), deaths: dead, bounds });
        expect(await told(store)).toEqual(expectedOf(world));
      }),
      { numRuns: 300 },
    );
  });
});
