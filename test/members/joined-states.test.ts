import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneOf } from '../../lambdas/events/lane.ts';
import type { StateStore } from '../../lambdas/members/ports.ts';
import { STATE_BOUNDS } from '../../lambdas/members/state/bound-states.ts';
import { mergedStates } from '../../lambdas/members/state/merged-states.ts';
import { consume, cutInto, type Delivery, told } from './support/consumers.ts';
import { memoryStates } from './support/memory.ts';
import { expectedOf, MEMBERS, type Told, worlds } from './support/world.ts';

const LANES = 2;
const laneOfEvent = ({ userId, browser, id }: Told): string => laneOf(userId ?? browser ?? id, LANES);

const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
/** Most calls live. */
const deaths = fc.array(fc.nat(9), { maxLength: 30 });
/** A world, and its events in any order. */
const shuffled = worlds({ most: 30, inOrder: false }).chain((world) =>
  fc.tuple(fc.constant(world), fc.shuffledSubarray(world, { minLength: world.length })),
);
const FEW = { ...STATE_BOUNDS, most: 5, kept: 2, browsers: 1, settledAfterMs: 600_000 };

type Lanes = Omit<Delivery, 'batches'> & { readonly order: readonly Told[]; readonly cut: readonly number[] };

/** Both lanes at the same time: what their workers do happens in any order. */
async function inLanes(
  store: StateStore,
  scheduler: fc.Scheduler,
  { order, cut, ...rest }: Lanes,
): Promise<void> {
  const late = {
    read: scheduler.scheduleFunction(store.read),
    write: scheduler.scheduleFunction(store.write),
    join: scheduler.scheduleFunction(store.join),
    settle: scheduler.scheduleFunction(store.settle),
  };
  const lanes = new Map<string, Told[]>();
  for (const event of order) lanes.set(laneOfEvent(event), [...(lanes.get(laneOfEvent(event)) ?? []), event]);
  const all = [...lanes.values()].map((events, lane) => {
    const dead = lane === 0 ? rest.deaths : [...rest.deaths].reverse();
    return consume(late, { ...rest, batches: cutInto(events, cut), deaths: dead });
  });
  await scheduler.waitFor(Promise.all(all));
}

describe('members’ states', () => {
  it('are what the spec says of their events, in whatever order, batches and lanes these come, and whoever dies', async () => {
    await fc.assert(
      fc.asyncProperty(
        shuffled,
        sizes,
        deaths,
        fc.scheduler(),
        async ([world, order], cut, dead, scheduler) => {
          const store = memoryStates();
          await inLanes(store, scheduler, { order, cut, deaths: dead });
          expect(await told(store)).toEqual(expectedOf(world));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are the same when rows keep only a few events and browsers, as long as events come in their order', async () => {
    await fc.assert(
      fc.asyncProperty(worlds({ most: 60, inOrder: true }), sizes, deaths, async (world, cut, dead) => {
        const store = memoryStates();
        await consume(store, { batches: cutInto(world, cut), deaths: dead, bounds: FEW });
        expect(await told(store)).toEqual(expectedOf(world));
      }),
      { numRuns: 300 },
    );
  });

  it('have no event twice and miss none that names them, however little rows keep and whatever the order', async () => {
    await fc.assert(
      fc.asyncProperty(
        shuffled,
        sizes,
        deaths,
        fc.scheduler(),
        async ([world, order], cut, dead, scheduler) => {
          const store = memoryStates();
          const apart = order.map((event) => ({ ...event, name: event.id, properties: {} }));
          await inLanes(store, scheduler, { order: apart, cut, deaths: dead, bounds: FEW });
          const states = await mergedStates(store, MEMBERS);
          for (const [userId, { events }] of states) {
            expect(new Set(Object.values(events))).toEqual(new Set([1]));
            const own = world.filter((event) => event.userId === userId).map(({ id }) => id);
            expect(Object.keys(events)).toEqual(expect.arrayContaining(own));
          }
          expect(states.size).toBe(new Set(world.flatMap(({ userId }) => userId ?? [])).size);
        },
      ),
      { numRuns: 300 },
    );
  });
});
