import { describe, expect, it } from 'vitest';
import { getHistory } from '../../../lambdas/segments/history/get-history.ts';
import { requestResolution } from '../../../lambdas/segments/request-resolution.ts';
import { failed, ready } from '../../../lambdas/segments/resolution.ts';
import { athenaCost } from '../../../lambdas/segments/resolve/athena-cost.ts';
import { ctxAt, resolverOf, START } from '../support/worlds.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

async function world() {
  const deps = resolverOf([]);
  const rule = { did: 'purchase', inTheLastDays: 7 };
  await deps.segments.save({ name: 's', rule, version: 3, createdAt: '', updatedAt: '' }, undefined);
  const resolved = async (at: number, size: number | undefined) => {
    const asked = await requestResolution(deps, ctxAt(at), 's');
    const stored = await deps.resolutions.get('s', asked.id);
    if (!stored) throw new Error('not there');
    const found = { listUrl: 's3://l/', size: size ?? 0, scannedBytes: 50_000_000 };
    const next = size === undefined ? failed(asked, 'no', at) : ready(asked, found, at + 9_000, 14 * DAY);
    await deps.resolutions.replace(stored, next);
  };
  const ask = (query: Record<string, string> = {}, now = START) => getHistory(deps, { now }, 's', query);
  return { resolved, ask };
}

describe('how a segment’s size changed', () => {
  it('is told for each time it was resolved, oldest first, long after the lists are gone', async () => {
    const w = await world();
    await w.resolved(START - 60 * DAY, 10);
    await w.resolved(START - 2 * DAY, undefined);
    await w.resolved(START - DAY, 12);
    const { result, next } = await w.ask();
    expect(next).toBeNull();
    expect(result).toMatchObject([
      { at: new Date(START - 60 * DAY).toISOString(), version: 3, size: 10 },
      { size: 12, tookMs: 9_000, scannedBytes: 50_000_000, costUsd: athenaCost(50_000_000) },
    ]);
  });

  it('is told from a day to a day, both included', async () => {
    const w = await world();
    for (const day of [1, 2, 3, 4]) await w.resolved(Date.parse(`2026-11-0${day}T23:30:00Z`), day);
    const sizes = async (query: Record<string, string>) =>
      (await w.ask(query)).result.map(({ size }) => size);
    expect(await sizes({ from: '2026-11-02', to: '2026-11-03' })).toEqual([2, 3]);
    expect(await sizes({ from: '2026-11-03T00:00:00+09:00' })).toEqual([2, 3, 4]);
  });

  it('goes on after a result of that span, and after no other', async () => {
    const w = await world();
    for (const day of [1, 2, 3]) await w.resolved(Date.parse(`2026-11-0${day}T23:30:00Z`), day);
    const span = { from: '2026-11-02', to: '2026-11-04' };
    const [first] = (await w.ask(span)).result;
    const rest = await w.ask({ ...span, after: first?.resolution ?? '' });
    expect(rest.result.map(({ size }) => size)).toEqual([3]);
    for (const after of ['x', 'resolution', '20261101T2330-v3', '20261105T0000-v3', '20261103T2330'])
      await expect(w.ask({ ...span, after })).rejects.toMatchObject({ code: 'validation', field: 'after' });
  });

  it('says all that is wrong with a question', async () => {
    const w = await world();
    await expect(w.ask({ from: 'monday', to: '2026-13-01', after: '?' })).rejects.toMatchObject({
      code: 'validation',
      problems: [{ field: 'from' }, { field: 'to' }, { field: 'after' }],
    });
    await expect(w.ask({ from: '2026-11-03', to: '2026-11-02' })).rejects.toMatchObject({ field: 'from' });
  });
});
