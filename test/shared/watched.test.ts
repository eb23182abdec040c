import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { watched } from '../../lambdas/shared/watched.ts';

/** Something that is over at `overAt`, looked at by somebody whose clock goes on by sleeping alone. */
async function watching(overAt: number, until: number, pollMs: { first: number; longest: number }) {
  let now = 0;
  const looks: number[] = [];
  const time = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  const look = async (): Promise<number> => {
    looks.push(now);
    return now;
  };
  const seen = await watched(time, { until, pollMs }, { look, isOver: (at) => at >= overAt });
  return { seen, looks };
}

const pace = fc
  .record({ first: fc.integer({ min: 1, max: 500 }), more: fc.integer({ min: 0, max: 5_000 }) })
  .map(({ first, more }) => ({ first, longest: first + more }));
const moment = fc.integer({ min: 0, max: 60_000 });

describe('what is watched', () => {
  it('is looked at at once and answered as it was seen last', async () => {
    await fc.assert(
      fc.asyncProperty(moment, moment, pace, async (overAt, until, pollMs) => {
        const { seen, looks } = await watching(overAt, until, pollMs);
        expect(looks[0]).toBe(0);
        expect(seen).toBe(looks.at(-1));
        expect(looks.filter((at) => at >= overAt).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is not looked at after patience has ended, and until then as long as it is not over', async () => {
    await fc.assert(
      fc.asyncProperty(moment, moment, pace, async (overAt, until, pollMs) => {
        const { seen, looks } = await watching(overAt, until, pollMs);
        for (const at of looks.slice(1)) expect(at).toBeLessThanOrEqual(until);
        if (seen < overAt) expect(seen).toBeGreaterThan(until - pollMs.longest);
      }),
    );
  });

  it('is looked at less and less often, and never seldomer than is said', async () => {
    await fc.assert(
      fc.asyncProperty(moment, pace, async (overAt, pollMs) => {
        const { looks } = await watching(overAt, 120_000, pollMs);
        const waits = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
        expect(waits[0] ?? pollMs.first).toBeCloseTo(pollMs.first);
        for (const [index, wait] of waits.entries()) {
          expect(wait).toBeLessThanOrEqual(pollMs.longest + 1e-6);
          expect(wait).toBeGreaterThanOrEqual((waits[index - 1] ?? 0) - 1e-6);
        }
      }),
    );
  });

  it('is not looked at when what is known of it is over already', async () => {
    const never = () => Promise.reject(new Error('looked'));
    const time = { now: () => 0, sleep: never };
    const patience = { until: 1_000, pollMs: { first: 1, longest: 1 } };
    const isOver = (state: string) => state === 'ready';
    expect(await watched(time, patience, { look: never, isOver }, 'ready')).toBe('ready');
    await expect(watched(time, patience, { look: never, isOver }, 'running')).rejects.toThrow('looked');
  });
});
