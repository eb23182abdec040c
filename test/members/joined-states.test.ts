import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneOf } from '../../lambdas/events/lane.ts';
import type { StateStore } from '../../lambdas/members/ports.ts';
import { STATE_BOUNDS } from '../../lambdas/members/state/bound-states.ts';
import { mergedStates } from '../../lambdas/members/state/merged-states.ts';
import { consume, cutInto, type Delivery, told } from './support/consumers.ts';
import { memoryStates } from './support/memory.ts';
import { expectedOf, MEMBERS, START, type Told, worlds } from './support/world.ts';

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
    for (const isCrowded of [false, true])
      await fc.assert(
        fc.asyncProperty(
          worlds({ most: 80, inOrder: true, isCrowded }),
          sizes,
          deaths,
          async (world, cut, dead) => {
            const store = memoryStates();
            await consume(store, { batches: cutInto(world, cut), deaths: dead, bounds: FEW });
            expect(await told(store)).toEqual(expectedOf(world));
          },
        ),
        { numRuns: 200 },
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

  it.each([
    ['one by one', { most: 100, kept: 50 }],
    ['summed up', { most: 2, kept: 1 }],
  ])(
    'do not have what was settled, %s, once more when the member comes back after much else',
    async (_, kept) => {
      const store = memoryStates();
      const anonymous = [0, 1, 2].map((index) => happened(index, { browser: 'b1' }));
      const named = (index: number, browser?: string) =>
        happened(index, { userId: 'kim', ...(browser === undefined ? {} : { browser }) });
      // More than there are fingerprints of.
      const much = Array.from({ length: 300 }, (__, index) => named(10 + index));
      const logins = [[named(3, 'b1')], [named(4, 'b2')], [named(5, 'b2')]];
      const batches = [anonymous, ...logins, ...cutInto(much, [100]), [named(400, 'b1')]];
      await consume(store, { batches, deaths: [], bounds: { ...FEW, ...kept } });
      const { members } = await store.read({ members: ['kim'] });
      const [first] = (members.get('kim')?.browsers ?? []).filter(({ anonymousId }) => anonymousId === 'b1');
      expect(first?.settledTo).toBe(START + 3000);
      expect((await mergedStates(store, ['kim'])).get('kim')?.events).toEqual({ page_view: 307 });
    },
  );

  it('have an event once that was sent again with the name of who had signed in meanwhile', async () => {
    const store = memoryStates();
    const before = happened(0, { browser: 'b1' });
    await consume(store, { batches: [[before], [{ ...before, userId: 'kim' }]], deaths: [] });
    expect((await mergedStates(store, ['kim'])).get('kim')?.events).toEqual({ page_view: 1 });
  });
});

const happened = (index: number, rest: Partial<Told>): Told => ({
  ...{ id: `e${index}`, name: 'page_view', properties: {} },
  ...{ occurred: START + index * 1000, received: START + 86_400_000 },
  ...rest,
});
