import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HookEvent, hookEvent } from '../../../lambdas/pinpoint/hooks/hook.ts';
import { runHook } from '../../../lambdas/pinpoint/hooks/run-hook.ts';

const RUN = {
  applicationId: 'app-1',
  campaignId: 'campaign-1',
  treatmentId: '0',
  activityId: 'activity-1',
  scheduledTime: '2026-11-21T09:00:00.000Z',
  message: {},
};
const eventOf = (ids: readonly string[]): HookEvent =>
  hookEvent(RUN, new Map(ids.map((id) => [id, { ChannelType: 'GCM' }])));
const idsOf = (count: number): string[] => Array.from({ length: count }, (_, n) => `e${n}`);

/** A customer's function, its calls, and the pauses between them. */
function playing(answer: (event: HookEvent, call: number) => unknown, random = () => 0.5) {
  const calls: string[][] = [];
  const slept: number[] = [];
  const deps = {
    random,
    sleep: async (ms: number) => void slept.push(ms),
    hook: {
      filter: async (_name: string, event: HookEvent) =>
        answer(event, calls.push(Object.keys(event.Endpoints))),
    },
  };
  return { calls, slept, ask: (ids: readonly string[]) => runHook(deps, 'shop-hook', eventOf, ids) };
}

describe('asking a hook', () => {
  it('asks about everybody once, 50 endpoints a call at most', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 230 }), async (count) => {
        const { calls, ask } = playing(({ Endpoints }) => Endpoints);
        const results = await ask(idsOf(count));
        expect([...results.keys()]).toEqual(idsOf(count));
        expect([...results.values()].every(({ kind }) => kind === 'keep')).toBe(true);
        expect(calls.flat()).toEqual(idsOf(count));
        expect(calls).toHaveLength(Math.ceil(count / 50));
      }),
      { numRuns: 20 },
    );
  });

  it('makes its calls side by side', async () => {
    const waiting: (() => void)[] = [];
    const { ask } = playing(
      ({ Endpoints }) =>
        new Promise((resolve) => {
          waiting.push(() => resolve(Endpoints));
          // Nobody is answered before all three are asked.
          if (waiting.length === 3) for (const answer of waiting.splice(0)) answer();
        }),
    );
    expect((await ask(idsOf(150))).size).toBe(150);
  });

  it('tries a call three times, with jittered pauses, whether the function fails or cannot be understood', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (lot) => {
        const { calls, slept, ask } = playing(
          ({ Endpoints }, call) => {
            if (call === 1) throw new Error('Unhandled');
            return call === 2 ? 'no endpoints' : Endpoints;
          },
          () => lot,
        );
        expect((await ask(['e1'])).get('e1')).toEqual({ kind: 'keep' });
        expect(calls).toHaveLength(3);
        expect(slept.map((ms) => Math.floor(ms))).toEqual([
          Math.floor(250 * (1 + lot)),
          Math.floor(1000 * (1 + lot)),
        ]);
      }),
      { numRuns: 20 },
    );
  });

  it('gives a call up after the third attempt, for its own endpoints only', async () => {
    const { calls, ask } = playing(({ Endpoints }) => {
      if ('e60' in Endpoints) throw new Error('Task timed out');
      return Endpoints;
    });
    const results = await ask(idsOf(120));
    const failed = [...results].filter(([, { kind }]) => kind === 'failed').map(([id]) => id);
    expect(failed).toEqual(idsOf(120).slice(50, 100));
    expect(results.get('e60')).toEqual({ kind: 'failed', text: 'Task timed out' });
    expect(calls.filter((ids) => ids.includes('e60'))).toHaveLength(3);
    expect(calls).toHaveLength(5);
  });
});
