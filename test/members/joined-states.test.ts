import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneOf } from '../../lambdas/events/lane.ts';
import { STATE_BOUNDS } from '../../lambdas/members/state/bound-states.ts';
import { consume, cutInto, told } from './support/consumers.ts';
import { memoryStates } from './support/memory.ts';
import { expectedOf, type Told, worlds } from './support/world.ts';

const LANES = 2;
const laneOfEvent = ({ userId, browser, id }: Told): string => laneOf(userId ?? browser ?? id, LANES);

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
