import { shiftMs } from '../../../../lambdas/pinpoint/delivery/pace.ts';
import type { Due, ListOptions, Registry, RegistryKey, Stored } from '../../../../lambdas/pinpoint/ports.ts';
import type { RunObjects, RunStore, SliceHold } from '../../../../lambdas/pinpoint/runs/ports.ts';
import type { RunRow, SliceRow } from '../../../../lambdas/pinpoint/runs/run.ts';

/** Stored values are copies: nobody changes what another one holds. They are plain, as JSON is: no need of structuredClone. */
const copy = <Value>(value: Value): Value => copied(value) as Value;

function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copied);
  const fresh: Record<string, unknown> = { ...value };
  for (const key in fresh) if (typeof fresh[key] === 'object') fresh[key] = copied(fresh[key]);
  return fresh;
}

/** The registry in memory, held to the same contract as the one on DynamoDB (test/pinpoint/registry.test.ts). */
export function memoryRegistry(): Registry {
  const items = new Map<string, { key: RegistryKey; row: unknown; revision: number; due: Due | undefined }>();
  const idOf = ({ pk, sk }: RegistryKey) => `${pk}\0${sk}`;
  const stored = <Row>(item: { key: RegistryKey; row: unknown; revision: number }): Stored<Row> =>
    copy({ key: item.key, row: item.row as Row, revision: item.revision });
  const put = <Row>(key: RegistryKey, row: Row, due: Due | undefined, before: number) => {
    if ((items.get(idOf(key))?.revision ?? 0) !== before) return undefined;
    const item = { key, row: copy(row), revision: before + 1, due };
    items.set(idOf(key), item);
    return stored<Row>(item);
  };
  return {
    async get<Row>(key: RegistryKey) {
      const item = items.get(idOf(key));
      return item && stored<Row>(item);
    },
    create: async (key, row, due) => put(key, row, due, 0),
    replace: async ({ key, revision }, row, due) => put(key, row, due, revision),
    async remove<Row>(key: RegistryKey) {
      const item = items.get(idOf(key));
      items.delete(idOf(key));
      return item && stored<Row>(item);
    },
    async list<Row>(pk: string, prefix: string, { limit, after, descending = false }: ListOptions = {}) {
      const isPast = (sk: string) => after === undefined || (descending ? sk < after : sk > after);
      const found = [...items.values()]
        .filter(({ key: { pk: own, sk } }) => own === pk && sk.startsWith(prefix) && isPast(sk))
        .sort((a, b) => (a.key.sk < b.key.sk === descending ? 1 : -1));
      const rows = found.slice(0, limit).map((item) => stored<Row>(item));
      const last = rows.at(-1);
      return last && rows.length < found.length ? { rows, after: last.key.sk } : { rows };
    },
    async due<Row>(shard: string, now: number, limit: number) {
      const at = new Date(now).toISOString();
      return [...items.values()]
        .filter(({ due }) => due?.dueShard === shard && due.dueAt <= at)
        .sort((a, b) => ((a.due?.dueAt ?? '') < (b.due?.dueAt ?? '') ? -1 : 1))
        .slice(0, limit)
        .map((item) => stored<Row>(item));
    },
  };
}

/** Runs in memory, held to the same contract as the ones on DynamoDB (run-store.contract.ts). */
export function memoryRunStore(): RunStore {
  const runs = new Map<string, RunRow>();
  const slices = new Map<string, SliceRow>();
  const idOf = (activityId: string, number: number) => `${activityId}#${String(number).padStart(5, '0')}`;
  const changeRun = (activityId: string, test: (run: RunRow) => boolean, change: Partial<RunRow>) => {
    const run = runs.get(activityId);
    if (!run || !test(run)) return undefined;
    const after = { ...run, ...copy(change) };
    runs.set(activityId, after);
    return copy(after);
  };
  const held = (
    { activityId, number, owner }: SliceHold,
    change: Partial<SliceRow>,
    keep = true,
  ): boolean => {
    const slice = slices.get(idOf(activityId, number));
    if (slice?.owner !== owner) return false;
    const { owner: _owner, ...rest } = { ...slice, ...change };
    slices.set(idOf(activityId, number), keep ? { ...rest, owner } : rest);
    return true;
  };
  return {
    get: async (activityId) => copy(runs.get(activityId)),
    async takeUp({ activityId, appId, campaignId, callSize, listLines, ...controls }, now, leaseUntil) {
      const run = runs.get(activityId);
      if (run) {
        const free = (row: RunRow) => row.state === 'RESOLVING' && row.leaseUntil <= now;
        return changeRun(activityId, free, { leaseUntil, attempt: run.attempt + 1 });
      }
      const fresh: RunRow = {
        ...{ activityId, appId, campaignId, callSize, listLines, state: 'RESOLVING', attempt: 1, leaseUntil },
        ...{ queued: false, doneSlices: 0, lines: 0, slices: 0, metrics: {} },
        ...{ epoch: 1, nextSlice: 1, nextAt: 0, grantedAt: 0, tried: 0, failed: 0 },
        ...(Object.fromEntries(
          Object.entries(controls).filter(([, value]) => value !== undefined),
        ) as Partial<RunRow>),
      };
      runs.set(activityId, fresh);
      return copy(fresh);
    },
    checkpoint: async (activityId, attempt, { lines, slices: cut, metrics }, leaseUntil) =>
      changeRun(activityId, (run) => run.state === 'RESOLVING' && run.attempt === attempt, {
        ...{ lines, slices: cut, metrics, leaseUntil },
      }) !== undefined,
    resolved: async (activityId, attempt, { lines, slices: cut, metrics }) =>
      changeRun(activityId, (run) => run.state === 'RESOLVING' && run.attempt === attempt, {
        ...{ lines, slices: cut, metrics, leaseUntil: 0, state: 'RUNNING' },
      }) !== undefined,
    async markQueued(activityId) {
      changeRun(activityId, () => true, { queued: true });
    },
    move: async (activityId, from, to) =>
      changeRun(activityId, ({ state }) => from.includes(state), { state: to }) !== undefined,
    async grant(activityId, { epoch, now, costMs, ahead, horizonMs, tried, failed }) {
      const run = runs.get(activityId);
      const inReach = (nextAt: number) =>
        costMs === 0 || (ahead ? nextAt >= now && nextAt <= now + horizonMs : nextAt <= now);
      const open = run?.state === 'RUNNING' && run.paused === undefined && run.epoch === epoch;
      if (!run || !open || !inReach(run.nextAt)) return { granted: false, run: copy(run) };
      const startAt = costMs > 0 && ahead ? run.nextAt : now;
      const after = {
        ...run,
        grantedAt: now,
        nextAt: costMs > 0 ? startAt + costMs : run.nextAt,
        tried: run.tried + tried,
        failed: run.failed + failed,
      };
      runs.set(activityId, after);
      return { granted: true, startAt, run: copy(after) };
    },
    async control(activityId, { paused, ratePerMinute, failuresAccepted }, unlessPaused = false) {
      const run = runs.get(activityId);
      if (!run || !['RESOLVING', 'RUNNING'].includes(run.state)) return undefined;
      if (unlessPaused && run.paused !== undefined) return undefined;
      const { paused: wasPaused, ratePerMinute: rate, ...rest } = run;
      const given = <Value>(value: Value | null | undefined, before: Value | undefined) =>
        value === undefined ? before : (value ?? undefined);
      const after = JSON.parse(
        JSON.stringify({
          ...rest,
          epoch: run.epoch + 1,
          paused: given(paused, wasPaused),
          ratePerMinute: given(ratePerMinute, rate),
          failuresAccepted: given(failuresAccepted, run.failuresAccepted),
          nextAt: run.nextAt + shiftMs(run.ratePerMinute, given(ratePerMinute, run.ratePerMinute)),
        }),
      ) as RunRow;
      runs.set(activityId, after);
      return copy(after);
    },
    nextSlice: async (activityId) =>
      changeRun(
        activityId,
        (run) => ['RUNNING', 'CANCELLED'].includes(run.state) && run.nextSlice <= run.slices,
        { nextSlice: (runs.get(activityId)?.nextSlice ?? 0) + 1 },
      ),
    countDone: async (activityId) =>
      changeRun(activityId, () => true, { doneSlices: (runs.get(activityId)?.doneSlices ?? 0) + 1 }),
    async putSlice(slice) {
      const id = idOf(slice.activityId, slice.number);
      if ((slices.get(id)?.attempt ?? 0) >= slice.attempt) return;
      slices.set(id, {
        ...copy(slice),
        ...{ done: false, states: '.'.repeat(slice.entries), round: 0, leaseUntil: 0 },
        legend: { reasons: [], times: [] },
        skippedWritten: Object.keys(slice.skipped).length === 0,
      });
    },
    slice: async (activityId, number) => copy(slices.get(idOf(activityId, number))),
    slices: async (activityId) =>
      copy(
        [...slices.values()]
          .filter((slice) => slice.activityId === activityId)
          .sort((a, b) => a.number - b.number),
      ),
    async takeSlice({ activityId, number, owner }, now, leaseUntil) {
      const slice = slices.get(idOf(activityId, number));
      if (!slice || slice.done || slice.leaseUntil > now || slice.notBefore > now) return undefined;
      const taken = { ...slice, owner, leaseUntil, notBefore: 0 };
      slices.set(idOf(activityId, number), taken);
      return copy(taken);
    },
    claim: async (hold, { states, legend, skippedWritten }, leaseUntil) =>
      held(hold, { states, legend, skippedWritten, leaseUntil }),
    release: async (hold, { states, legend, skippedWritten }, { round, notBefore }) =>
      held(hold, { states, legend, skippedWritten, round, notBefore, leaseUntil: 0 }, false),
    finish: async (hold, { states, legend }) =>
      held(hold, { states, legend, skippedWritten: true, done: true, leaseUntil: 0 }, false),
  };
}

export interface MemoryObjects extends RunObjects {
  put(key: string, object: unknown): Promise<void>;
  keys(): string[];
}

export function memoryObjects(): MemoryObjects {
  const objects = new Map<string, string>();
  return {
    keys: () => [...objects.keys()],
    async put(key, object) {
      objects.set(key, JSON.stringify(object));
    },
    async putJson(key, json) {
      objects.set(key, Buffer.from(json).toString());
    },
    async putOnce<T>(key: string, object: T) {
      const there = objects.get(key);
      if (there !== undefined) return JSON.parse(there) as T;
      objects.set(key, JSON.stringify(object));
      return object;
    },
    async get<T>(key: string) {
      const text = objects.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as T);
    },
  };
}
