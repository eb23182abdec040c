import { type DynamoDBDocumentClient, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forgetInBrowsers, forgetStates } from '../../../lambdas/members/erasure/forget-states.ts';
import type { StateEraser } from '../../../lambdas/members/erasure/ports.ts';
import { dynamoStateEraser } from '../../../lambdas/members/erasure/state-eraser.aws.ts';
import type { StateStore } from '../../../lambdas/members/ports.ts';
import { STATE_BOUNDS } from '../../../lambdas/members/state/bound-states.ts';
import { MOST_MEMBERS } from '../../../lambdas/members/state/joined-browsers.ts';
import { mergedStates } from '../../../lambdas/members/state/merged-states.ts';
import { dynamoStates } from '../../../lambdas/members/state/state-store.aws.ts';
import { consume, cutInto, told } from '../support/consumers.ts';
import { dynamoOfFile } from '../support/dynamo.ts';
import { memoryStates } from '../support/memory.ts';
import { expectedOf, START, type Told, worlds } from '../support/world.ts';

const DAY_MS = 86_400_000;
const LATER = new Date(START + DAY_MS).toISOString();
const asked = (userId: string) => ({ userId, turns: [], requestedAt: LATER });

/** Whoever erases dies at one of its calls, before it or after it. */
function mortal(eraser: StateEraser, death: number): StateEraser {
  let calls = 0;
  const dying =
    <Given extends unknown[], Answer>(run: (...given: Given) => Promise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      const dies = calls++ === death;
      if (dies && death % 2 === 0) throw new Error('killed before');
      const answer = await run(...given);
      if (dies) throw new Error('killed after');
      return answer;
    };
  return {
    read: eraser.read,
    settledBrowsers: eraser.settledBrowsers,
    change: dying(eraser.change),
    leave: dying(eraser.leave),
    removeState: dying(eraser.removeState),
  };
}

const without = (world: Map<string, object>, userId: string) =>
  new Map([...world].filter(([member]) => member !== userId));

const eventsOf = async (states: StateStore, userId: string) =>
  (await mergedStates(states, [userId])).get(userId)?.events;

describe('the erasure of a member', () => {
  it('leaves nothing of them in any row, and the others what is theirs, wherever it dies', async () => {
    const few = { ...STATE_BOUNDS, most: 6, kept: 3, browsers: 1 };
    await fc.assert(
      fc.asyncProperty(
        worlds({ most: 40, inOrder: true }),
        fc.nat(12),
        fc.boolean(),
        async (world, death, isBounded) => {
          const store = memoryStates();
          await consume(store, {
            batches: cutInto(world, [3]),
            deaths: [],
            ...(isBounded ? { bounds: few } : {}),
          });
          await forgetStates(mortal(store, death), asked('kim')).catch(() => undefined);
          await forgetStates(store, asked('kim'));
          expect(store.everything()).not.toContain('kim');
          expect(await told(store)).toEqual(without(expectedOf(world), 'kim'));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('removes what they did without a name, so that it is nobody else’s later', async () => {
    const store = memoryStates();
    const ahead = { ...view('3', 24 * 60 + 1), received: START + 60_000 };
    await consume(store, { batches: [[view('1', 0), login('kim', 1), view('2', 2), ahead]], deaths: [] });
    await forgetStates(store, asked('kim'));
    await consume(store, { batches: [[login('lee', 3 * 24 * 60)]], deaths: [] });
    expect(await eventsOf(store, 'lee')).toEqual({ login: 1 });
  });

  it('removes what the lake alone tells to be theirs, and nothing else', async () => {
    const store = memoryStates();
    // Whose somebody's turn was the one before has its last moment, and they have theirs.
    const views = [view('0', 0), view('1', 1), view('2', 2), view('3', 3)];
    await consume(store, { batches: [views], deaths: [] });
    const turns = [{ anonymousId: 'b1', afterMs: START, toMs: START + 2 * 60_000 }];
    await forgetInBrowsers(store, { ...asked('kim'), turns });
    const { browsers } = await store.read({ browsers: ['b1'] });
    expect(browsers.get('b1')?.happened.map(({ item }) => item?.itemId)).toEqual(['P0', 'P3']);
  });

  it('removes what the lake tells to be theirs, and lets whoever came back be', async () => {
    const store = memoryStates();
    await consume(store, { batches: [[view('1', 1), view('2', 2 * 24 * 60 - 1)]], deaths: [] });
    await consume(store, { batches: [[login('kim', 2 * 24 * 60)]], deaths: [] });
    const turns = [{ anonymousId: 'b1', toMs: START + 2 * 60_000 }];
    await forgetInBrowsers(store, { ...asked('kim'), turns });
    expect(await eventsOf(store, 'kim')).toEqual({ login: 1, view_item: 1 });
  });
});

const happened = (minute: number, rest: Pick<Told, 'id' | 'name' | 'properties'> & Partial<Told>): Told => ({
  browser: 'b1',
  occurred: START + minute * 60_000,
  received: START + 100 * DAY_MS,
  ...rest,
});
const view = (id: string, minute: number) =>
  happened(minute, { id, name: 'view_item', properties: { item_id: `P${id}` } });
const login = (userId: string, minute: number) =>
  happened(minute, { id: `${userId} ${minute}`, name: 'login', userId, properties: {} });

describe('in DynamoDB', async () => {
  const dynamo = await dynamoOfFile();
  const everything = async () =>
    JSON.stringify(
      (await dynamo.client.send(new ScanCommand({ TableName: dynamo.states }))).Items,
      (_, value: unknown) => (value instanceof Set ? [...value] : value),
    );
  const shared = [view('1', 1), login('kim', 2), view('2', 3), login('lee', 4)];

  it('a person goes, and who shares their browser stays', async () => {
    const states: StateStore = dynamoStates(dynamo.states, dynamo.client);
    const eraser = dynamoStateEraser(dynamo.states, dynamo.client);
    await consume(states, { batches: [shared], deaths: [] });
    await states.settle('b-old', 'kim', [{ from: 1, to: 1 }]);
    await forgetStates(eraser, asked('kim'));
    await forgetStates(eraser, asked('kim'));
    expect(await everything()).not.toMatch(/kim|b-old|P1/);
    expect(await told(states)).toEqual(without(expectedOf(shared), 'kim'));
    await forgetStates(eraser, asked('lee'));
    expect(await everything()).toBe('[]');
  });

  it('a browser in which too many were named stays nobody’s when some of them go', async () => {
    const states: StateStore = dynamoStates(dynamo.states, dynamo.client);
    const eraser = dynamoStateEraser(dynamo.states, dynamo.client);
    const crowd = Array.from({ length: MOST_MEMBERS }, (_, index) => `m${index}`);
    for (const userId of crowd) await states.join('till', userId);
    for (const userId of crowd) await eraser.leave('till', userId);
    expect((await states.read({ namings: ['till'] })).namings.get('till')).toMatchObject({
      userIds: [],
      isFull: true,
    });
    expect(await states.join('till', 'one more')).toBeUndefined();
    expect(await everything()).not.toContain('m1');
  });

  it('what comes into a browser meanwhile is not lost', async () => {
    const states: StateStore = dynamoStates(dynamo.states, dynamo.client);
    await consume(states, { batches: [shared], deaths: [] });
    let races = 1;
    const racing = {
      send: async (command: UpdateCommand) => {
        if (command instanceof UpdateCommand && races-- > 0)
          await consume(states, { batches: [[view('3', 5)]], deaths: [] });
        return dynamo.client.send(command);
      },
    } as unknown as DynamoDBDocumentClient;
    await dynamoStateEraser(dynamo.states, racing).change('b1', (state) => ({
      ...state,
      happened: state.happened.filter(({ item }) => item?.itemId !== 'P1'),
    }));
    const { browsers } = await states.read({ browsers: ['b1'] });
    expect(browsers.get('b1')?.happened.map(({ item }) => item?.itemId)).toEqual(['P2', 'P3']);
    expect(races).toBeLessThan(0);
  });
});
