import { describe, expect, it } from 'vitest';
import type { CompactRequest } from '../../../lambdas/events/compaction/ports.ts';
import { type EraseFromLakeDeps, eraseFromLake } from '../../../lambdas/members/erasure/erase-from-lake.ts';
import type { OpenErasure } from '../../../lambdas/members/erasure/erasure.ts';

const ASKED = Date.parse('2026-03-20T18:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = ASKED + 30 * DAY_MS;
const at = new Date(ASKED).toISOString();

interface Look {
  /** Of the queries, the first ones that fail. */
  readonly failing?: number;
  readonly errors?: readonly string[];
  /** Of whom a closed day's writing has something; nothing of anybody when left out. */
  readonly left?: readonly string[];
  /** Takes what the look asks to be rewritten. */
  readonly requests?: CompactRequest[];
  /** How many browsers the look finds of each open erasure. */
  readonly browsers?: Readonly<Record<string, number>>;
  /** Takes the ids of those whose look came to its end. */
  readonly lookedAt?: string[];
}

const WRITING = { filed: 'occurred', day: '2026-03-02', version: '1-a' } as const;
const SEES_TURNS = /\nturns AS /;
/** Athena takes no longer statement. */
const MOST_BYTES = 262_144;
const SEES_LEFT = /^WITH rows_of_lake [\s\S]*\nSELECT id, filed/;

/** What the query for browsers answers of somebody who alone was named in so many. */
const turnRows = ([id, count]: [string, number]) =>
  Array.from({ length: count }, (_, index) => ({
    id,
    anonymous_id: `${id} ${String(index).padStart(36, '0')}`,
    ...{ occurred_at: '2026-03-02 10:00:00.000', begins: 'first', before_at: null, ends: 'open' },
  }));

/** A look at the lake while erasures are open; whether one was closed. */
async function look(of: Look): Promise<boolean> {
  const { failing = 0, errors = [], left = [], requests = [], browsers = { e1: 0, e2: 0 } } = of;
  const open = (id: string): OpenErasure => ({
    ...{ id, userId: `hana ${id}`, requestedAt: at, turns: [], endpoints: [], key: 'k' },
    done: { member: at, endpoints: at, campaigns: at, state: at },
  });
  const tokens = new Map<string, string>();
  let closed = false;
  const deps: EraseFromLakeDeps = {
    erasures: {
      allOpen: async () => Object.keys(browsers).map(open),
      found: async ({ id }, finding) => {
        if ('lookedAt' in finding) of.lookedAt?.push(id);
        return true;
      },
      keyed: async () => {},
      close: async () => {
        closed = true;
        return true;
      },
    },
    rows: { removeFromBrowsers: async () => {} },
    queries: {
      // A token that was used before is answered with what came of it then, as Athena does.
      start: async (sql, token) => {
        if (Buffer.byteLength(sql) > MOST_BYTES) throw new Error('InvalidRequestException');
        return String(tokens.set(token, sql).size);
      },
      state: async (id) =>
        Number(id) <= failing
          ? { state: 'failed', reason: 'HIVE_CANNOT_OPEN_SPLIT' }
          : { state: 'succeeded', outputs: [] },
      rows: async (id) => {
        const sql = [...tokens.values()][Number(id) - 1] ?? '';
        if (SEES_LEFT.test(sql)) return left.map((id) => ({ id, ...WRITING }));
        return SEES_TURNS.test(sql) ? Object.entries(browsers).flatMap(turnRows) : [];
      },
    } as EraseFromLakeDeps['queries'],
    compactions: {
      read: async ({ name }) => ({
        lines: name === 'events' ? [{ ...WRITING, counts_from: '2026-03-12 00:00:00.000' }] : [],
        revision: undefined,
      }),
    },
    files: {
      async *list(prefix) {
        yield* errors.filter((key) => key.startsWith(prefix));
      },
    },
    rewriting: { send: async (request) => void requests.push(request) },
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

  it('asks for each writing that has something once, and says of whom', async () => {
    const requests: CompactRequest[] = [];
    expect(await look({ left: ['e1', 'e2', 'e1'], requests })).toBe(false);
    const { filed, day } = WRITING;
    expect(requests).toEqual([{ table: 'events', filed, day, anew: true, of: ['e1', 'e2'] }]);
  });

  it('looks for as many at a time as a statement takes, also with what it has just found of them', async () => {
    const ids = Array.from({ length: 400 }, (_, index) => `erasure ${index}`);
    const lookedAt: string[] = [];
    await look({ browsers: Object.fromEntries(ids.map((id) => [id, 5])), lookedAt });
    expect(lookedAt.sort()).toEqual(ids.sort());
  });

  it('looks for the others where somebody cannot be looked for, and fails all the same', async () => {
    const lookedAt: string[] = [];
    await expect(look({ browsers: { e1: 2000, e2: 1 }, lookedAt })).rejects.toThrow('InvalidRequest');
    expect(lookedAt).toEqual(['e2']);
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
