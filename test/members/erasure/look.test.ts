import { describe, expect, it } from 'vitest';
import { type EraseFromLakeDeps, eraseFromLake } from '../../../lambdas/members/erasure/erase-from-lake.ts';
import type { OpenErasure } from '../../../lambdas/members/erasure/erasure.ts';

const ASKED = Date.parse('2026-03-20T18:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = ASKED + 30 * DAY_MS;
const at = new Date(ASKED).toISOString();

/** A look at an empty lake while one erasure is open, of which the first `failing` queries fail; whether it was closed. */
async function look({ failing = 0, errors = [] as string[] }): Promise<boolean> {
  const open: OpenErasure = {
    ...{ id: 'e1', userId: 'hana', requestedAt: at, turns: [], endpoints: [], key: 'k' },
    done: { member: at, endpoints: at, campaigns: at, state: at },
  };
  const tokens = new Set<string>();
  let closed = false;
  const deps: EraseFromLakeDeps = {
    erasures: {
      allOpen: async () => [open],
      found: async () => true,
      keyed: async () => {},
      close: async () => {
        closed = true;
        return true;
      },
    },
    rows: { removeFromBrowsers: async () => {} },
    queries: {
      // A token that was used before is answered with what came of it then, as Athena does.
      start: async (_sql, token) => String(tokens.add(token).size),
      state: async (id) =>
        Number(id) <= failing
          ? { state: 'failed', reason: 'HIVE_CANNOT_OPEN_SPLIT' }
          : { state: 'succeeded', outputs: [] },
      rows: async () => [],
    } as EraseFromLakeDeps['queries'],
    compactions: { read: async () => ({ lines: [], revision: undefined }) },
    files: {
      async *list(prefix) {
        yield* errors.filter((key) => key.startsWith(prefix));
      },
    },
    rewriting: { send: async () => {} },
    queue: { send: async () => {} },
    ids: { random: () => 'random' },
    keeping: { quarantineDays: 14, workDays: 14 },
    time: { now: () => NOW, sleep: async () => {} },
  };
  const ctx = { actor: 'test', requestId: 'r', now: NOW, deadline: NOW + 60_000 };
  await eraseFromLake(deps, ctx);
  return closed;
}

describe('the nightly look', () => {
  it('closes an erasure of whom nothing is left', async () => {
    expect(await look({})).toBe(true);
  });

  it('asks again when a file goes that a query was about to read, and gives up at the third time', async () => {
    expect(await look({ failing: 2 })).toBe(true);
    await expect(look({ failing: 3 })).rejects.toThrow('HIVE_CANNOT_OPEN_SPLIT');
  });

  it('waits for what Firehose could not file: events up to the request, the ledger as long as the engine may tell of them', async () => {
    const file = (stream: string, day: string) => `errors/${stream}/format-conversion-failed/${day}/1`;
    expect(await look({ errors: [file('events', '2026-03-20')] })).toBe(false);
    expect(await look({ errors: [file('events', '2026-03-21')] })).toBe(true);
    expect(await look({ errors: [file('ledger', '2026-04-05')] })).toBe(false);
    expect(await look({ errors: [file('ledger', '2026-04-06')] })).toBe(true);
  });
});
