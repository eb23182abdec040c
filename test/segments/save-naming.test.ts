import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoNamings } from '../../lambdas/segments/namings.aws.ts';
import type { Namings, SegmentStore } from '../../lambdas/segments/ports.ts';
import { putSegment } from '../../lambdas/segments/put-segment.ts';
import { namedSegments } from '../../lambdas/segments/resolve/pinned-rule.ts';
import type { Rule } from '../../lambdas/segments/rule/rule.ts';
import { dynamoSegments } from '../../lambdas/segments/segment-store.aws.ts';
import type { RepointError } from '../../lambdas/shared/errors.ts';
import { namingsContract } from './namings.contract.ts';
import { knownDeps } from './support/known.ts';
import { startTable } from './support/table.ts';
import { ctxAt, memorySegments, START } from './support/worlds.ts';

interface Stores {
  readonly segments: SegmentStore;
  readonly namings: Namings;
}
const inMemory = (): Stores => {
  const segments = memorySegments();
  return { segments, namings: segments.namings };
};
let dynamo: Awaited<ReturnType<typeof startTable>>;
beforeAll(async () => {
  dynamo = await startTable();
});
afterAll(() => dynamo.close());
const onDynamo = (): Stores => ({
  segments: dynamoSegments(dynamo.table, dynamo.client),
  namings: dynamoNamings(dynamo.table, dynamo.client),
});

describe('which segments name which, on DynamoDB', () => namingsContract(onDynamo));
describe('which segments name which, in memory', () => namingsContract(inMemory));

const GOLD: Rule = { attribute: 'grade', is: 'GOLD' };
const time = { now: () => START, sleep: (ms: number) => sleep(Math.min(5, ms)) };
let requests = 0;
const putTo =
  (stores: Stores, clock = time) =>
  (name: string, rule: Rule) =>
    putSegment(
      { ...knownDeps(), ...stores, time: clock },
      { ...ctxAt(START), requestId: `r${requests++}` },
      {
        name,
        rule,
      },
    );

/** A way from a segment to itself, of what is stored. */
async function circleIn({ segments }: Stores): Promise<string[] | undefined> {
  const rules = new Map(
    (await segments.list(100)).segments.map(({ name, rule }) => [name, namedSegments(rule)]),
  );
  const way = (at: string, to: string, seen: readonly string[]): string[] | undefined => {
    for (const next of rules.get(at) ?? []) {
      if (next === to) return [...seen, at, to];
      const longer = seen.includes(next) ? undefined : way(next, to, [...seen, at]);
      if (longer) return longer;
    }
    return undefined;
  };
  for (const name of rules.keys()) {
    const found = way(name, name, []);
    if (found) return found;
  }
  return undefined;
}

describe.each([
  ['on DynamoDB', onDynamo],
  ['in memory', inMemory],
])('segments that are put at once, %s', (_, open) => {
  it('close no circle: one is stored, and the other is told of it', async () => {
    for (let round = 0; round < 5; round++) {
      const stores = open();
      const put = putTo(stores);
      const [a, b, c] = ['a', 'b', 'c'].map((letter) => `${letter}-${_.length}-${round}`) as [
        string,
        string,
        string,
      ];
      for (const name of [a, b, c]) await put(name, GOLD);
      const ends = await Promise.allSettled([
        put(a, { any: [GOLD, { segment: b }] }),
        put(b, { segment: c }),
        put(c, { none: [{ segment: a }] }),
      ]);
      expect(await circleIn(stores)).toBeUndefined();
      const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
      expect(refused).toHaveLength(1);
      expect(refused[0]).toMatchObject({
        code: 'validation',
        message: expect.stringMatching(/circle: .+ → .+ → /),
      });
    }
  });
});

describe('segments that are put at once', () => {
  it('never close a circle, whatever order their reads and writes come in', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const change = fc.record({
      name: fc.constantFrom(...names),
      to: fc.uniqueArray(fc.constantFrom(...names), { minLength: 0, maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(change, { minLength: 2, maxLength: 5 }),
        async (scheduler, changes) => {
          const stores = inMemory();
          for (const name of names) await putTo(stores)(name, GOLD);
          const shuffled = {
            segments: {
              ...stores.segments,
              find: scheduler.scheduleFunction(stores.segments.find),
              save: scheduler.scheduleFunction(stores.segments.save),
            },
            namings: {
              of: scheduler.scheduleFunction(stores.namings.of),
              announce: scheduler.scheduleFunction(stores.namings.announce),
              withdraw: scheduler.scheduleFunction(stores.namings.withdraw),
            },
          };
          const clock = { now: () => START, sleep: () => scheduler.schedule(Promise.resolve()) };
          const ends = Promise.allSettled(
            changes.map(({ name, to }) =>
              putTo(shuffled, clock)(name, { any: [GOLD, ...to.map((segment) => ({ segment }))] }),
            ),
          );
          await scheduler.waitFor(ends);
          expect(await circleIn(stores)).toBeUndefined();
          for (const end of await ends)
            if (end.status === 'rejected')
              expect(['validation', 'conflict']).toContain((end.reason as RepointError).code);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('wait for nobody who has died', async () => {
    const stores = inMemory();
    const put = putTo(stores);
    for (const name of ['a', 'b']) await put(name, GOLD);
    const dead = { names: ['b'], by: 'dead', until: new Date(START).toISOString() };
    await stores.namings.announce({ name: 'a', version: 1 }, dead, START);
    await expect(put('b', { segment: 'a' })).resolves.toMatchObject({ segment: { version: 2 } });
    const a = await stores.segments.find('a');
    await expect(stores.segments.save({ ...a, version: 2 } as never, a, 'dead')).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});
