import { beforeAll, describe, expect, it } from 'vitest';
import type { GrantAsk, RunStore, SliceHold } from '../../../lambdas/pinpoint/runs/ports.ts';
import type { NewSlice } from '../../../lambdas/pinpoint/runs/run.ts';

const NOW = Date.UTC(2026, 10, 1, 9);
const NOTHING = { lines: 0, slices: 0, metrics: {} };
const LEGEND = { reasons: ['NIGHT'], times: [NOW] };
const PROGRESS = { states: 'ii', legend: LEGEND, skippedWritten: true };
const ASK = { epoch: 1, now: NOW, costMs: 0, ahead: false, horizonMs: 2500, tried: 0, failed: 0 };

const runOf = (activityId: string) => ({
  activityId,
  appId: 'app',
  campaignId: 'campaign',
  callSize: 100,
  listLines: 9,
});
const sliceOf = (activityId: string, number = 1, attempt = 1): NewSlice => ({
  activityId,
  number,
  attempt,
  objectKey: `runs/${activityId}/${number}-${attempt}`,
  treatmentId: '0',
  entries: 2,
  skipped: {},
  notBefore: 0,
});
const holdOf = (activityId: string, owner: string): SliceHold => ({ activityId, number: 1, owner });

/** What every store of runs must hold to. */
export function runStoreContract(name: string, start: () => Promise<RunStore>): void {
  describe(`${name} keeps runs`, () => {
    let store: RunStore;
    beforeAll(async () => {
      store = await start();
    });

    it('lets one of several workers resolve a run, and the next when its lease is over', async () => {
      const taken = await Promise.all([1, 2, 3].map(() => store.takeUp(runOf('resolve'), NOW, NOW + 1000)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(await store.takeUp(runOf('resolve'), NOW + 999, NOW + 2000)).toBeUndefined();
      const next = await store.takeUp(runOf('resolve'), NOW + 1000, NOW + 2000);
      expect(next).toMatchObject({ attempt: 2, state: 'RESOLVING', slices: 0, listLines: 9 });
    });

    it('refuses what a worker writes that has lost the run', async () => {
      await store.takeUp(runOf('lost'), NOW, NOW);
      await store.takeUp(runOf('lost'), NOW, NOW + 1000);
      expect(await store.checkpoint('lost', 1, { ...NOTHING, lines: 7 }, NOW)).toBe(false);
      expect(await store.resolved('lost', 1, NOTHING)).toBe(false);
      expect(await store.checkpoint('lost', 2, { lines: 5, slices: 2, metrics: { A: 3 } }, NOW)).toBe(true);
      expect(await store.get('lost')).toMatchObject({ lines: 5, slices: 2, metrics: { A: 3 } });
    });

    it('gives grants to a RUNNING run of the asker’s epoch that is not paused', async () => {
      await store.takeUp(runOf('grant'), NOW, NOW + 1000);
      const granted = async (change: Partial<GrantAsk> = {}) =>
        (await store.grant('grant', { ...ASK, ...change })).granted;
      expect(await granted()).toBe(false);
      expect(await store.resolved('grant', 1, NOTHING)).toBe(true);
      expect(await granted()).toBe(true);
      expect(await store.control('grant', { paused: 'REQUESTED' })).toMatchObject({
        paused: 'REQUESTED',
        epoch: 2,
      });
      expect(await granted({ epoch: 2 })).toBe(false);
      expect(await store.control('grant', { paused: 'FAILURES' }, true)).toBeUndefined();
      const resumed = await store.control('grant', { paused: null });
      expect(resumed?.paused).toBeUndefined();
      expect(await store.grant('grant', { ...ASK, epoch: 2 })).toMatchObject({
        granted: false,
        run: { epoch: 3 },
      });
      expect(await granted({ epoch: 3, tried: 7, failed: 2 })).toBe(true);
      expect(await store.get('grant')).toMatchObject({ tried: 7, failed: 2, grantedAt: NOW });
      expect(await store.move('grant', ['RUNNING'], 'CANCELLED')).toBe(true);
      expect(await granted({ epoch: 3 })).toBe(false);
      expect(await store.move('grant', ['RUNNING'], 'COMPLETED')).toBe(false);
      expect(await store.control('grant', { paused: 'REQUESTED' })).toBeUndefined();
      expect(await store.grant('no such run', ASK)).toEqual({ granted: false, run: undefined });
    });

    it('books the pace from now when it lies behind, and on from where it stands when it lies ahead', async () => {
      await store.takeUp({ ...runOf('pace'), ratePerMinute: 60 }, NOW, NOW + 1000);
      await store.resolved('pace', 1, NOTHING);
      const ask = (now: number, ahead: boolean, costMs = 1000.25) =>
        store.grant('pace', { ...ASK, now, ahead, costMs });
      expect(await ask(NOW, true)).toMatchObject({ granted: false });
      expect(await ask(NOW, false)).toMatchObject({ granted: true, startAt: NOW });
      expect(await ask(NOW + 1, false)).toMatchObject({ granted: false, run: { nextAt: NOW + 1000.25 } });
      expect(await ask(NOW + 1, true)).toMatchObject({ granted: true, startAt: NOW + 1000.25 });
      expect(await ask(NOW + 1, true)).toMatchObject({ granted: true, startAt: NOW + 2000.5 });
      // 2,999.75 ms away is beyond the horizon.
      expect(await ask(NOW + 1, true)).toMatchObject({ granted: false, run: { nextAt: NOW + 3000.75 } });
      expect(await ask(NOW + 9000, true)).toMatchObject({ granted: false });
      expect(await ask(NOW + 9000, false)).toMatchObject({ granted: true, startAt: NOW + 9000 });
    });

    it('moves the pace with its rate, and leaves it where it is over a pause', async () => {
      await store.takeUp({ ...runOf('far'), ratePerMinute: 1 }, NOW, NOW + 1000);
      await store.resolved('far', 1, NOTHING);
      await store.grant('far', { ...ASK, costMs: 60_000 });
      await store.control('far', { paused: 'REQUESTED' });
      expect(await store.control('far', { paused: null })).toMatchObject({ nextAt: NOW + 60_000 });
      // 600 a minute are 12 a call, hence one message in 60,000 / (600 − 12 + 1) milliseconds.
      const faster = await store.control('far', { ratePerMinute: 600 });
      expect(faster?.nextAt).toBeCloseTo(NOW + 60_000 / 589, 2);
      const slower = await store.control('far', { ratePerMinute: 2 });
      expect(slower?.ratePerMinute).toBe(2);
      expect(slower?.nextAt).toBeCloseTo(NOW + 30_000, 2);
      expect((await store.control('far', { ratePerMinute: null }))?.ratePerMinute).toBeUndefined();
    });

    it('hands out each slice number once, while there are some and the run goes on', async () => {
      await store.takeUp(runOf('next'), NOW, NOW + 1000);
      expect(await store.nextSlice('next')).toBeUndefined();
      await store.resolved('next', 1, { ...NOTHING, slices: 3 });
      const given = await Promise.all([1, 2, 3, 4, 5].map(() => store.nextSlice('next')));
      expect(given.flatMap((run) => run?.nextSlice ?? []).sort()).toEqual([2, 3, 4]);
      expect(await store.nextSlice('no such run')).toBeUndefined();
    });

    it('does not resolve a run again that is running', async () => {
      await store.takeUp(runOf('running'), NOW, NOW);
      await store.resolved('running', 1, NOTHING);
      expect(await store.takeUp(runOf('running'), NOW + 1, NOW + 1000)).toBeUndefined();
    });

    it('keeps the slice of the latest attempt, whichever comes last', async () => {
      await store.putSlice(sliceOf('attempts', 1, 2), NOW);
      await store.putSlice(sliceOf('attempts', 1, 1), NOW);
      await store.putSlice(sliceOf('attempts', 2, 1), NOW);
      await store.putSlice(sliceOf('attempts', 2, 3), NOW);
      expect((await store.slices('attempts')).map(({ attempt }) => attempt)).toEqual([2, 3]);
    });

    it('lists slices in order, past one hundred', async () => {
      for (const number of [120, 3, 21, 1]) await store.putSlice(sliceOf('order', number), NOW);
      expect((await store.slices('order')).map(({ number }) => number)).toEqual([1, 3, 21, 120]);
    });

    it('gives a slice to one worker, and to the next when its lease is over', async () => {
      await store.putSlice(sliceOf('take'), NOW);
      const owners = ['a', 'b', 'c'];
      const taken = await Promise.all(
        owners.map((owner) => store.takeSlice(holdOf('take', owner), NOW, NOW + 1000)),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(taken.find(Boolean)).toMatchObject({ states: '..', round: 0, skippedWritten: true });
      expect(await store.takeSlice(holdOf('take', 'd'), NOW + 1000, NOW + 2000)).toMatchObject({
        owner: 'd',
      });
    });

    it('refuses claim, release and end by a worker that has lost the slice', async () => {
      await store.putSlice(sliceOf('hold'), NOW);
      await store.takeSlice(holdOf('hold', 'a'), NOW, NOW + 10);
      expect(await store.claim(holdOf('hold', 'a'), PROGRESS, NOW + 20)).toBe(true);
      await store.takeSlice(holdOf('hold', 'b'), NOW + 20, NOW + 100);
      expect(await store.claim(holdOf('hold', 'a'), { ...PROGRESS, states: 'ss' }, NOW + 500)).toBe(false);
      expect(await store.release(holdOf('hold', 'a'), PROGRESS, { round: 3, notBefore: 0 })).toBe(false);
      expect(await store.finish(holdOf('hold', 'a'), { states: 'ss', legend: LEGEND })).toBe(false);
      expect(await store.slice('hold', 1)).toMatchObject({ owner: 'b', states: 'ii', done: false });
    });

    it('takes a slice back and gives it out again as it was left', async () => {
      await store.putSlice(sliceOf('release'), NOW);
      await store.takeSlice(holdOf('release', 'a'), NOW, NOW + 1000);
      const left = { states: 's.', legend: LEGEND, skippedWritten: true };
      expect(await store.release(holdOf('release', 'a'), left, { round: 1, notBefore: NOW + 5 })).toBe(true);
      expect(await store.slice('release', 1)).toMatchObject({ notBefore: NOW + 5, leaseUntil: 0 });
      const again = await store.takeSlice(holdOf('release', 'b'), NOW + 5, NOW + 1000);
      expect(again).toMatchObject({ states: 's.', legend: LEGEND, round: 1 });
      await store.putSlice({ ...sliceOf('later'), notBefore: NOW + 5 }, NOW);
      expect(await store.takeSlice(holdOf('later', 'a'), NOW + 4, NOW + 1000)).toBeUndefined();
      expect(await store.takeSlice(holdOf('later', 'a'), NOW + 5, NOW + 1000)).toBeDefined();
    });

    it('never gives out a slice that is done', async () => {
      await store.putSlice(sliceOf('done'), NOW);
      await store.takeSlice(holdOf('done', 'a'), NOW, NOW + 1000);
      expect(await store.finish(holdOf('done', 'a'), { states: 'su', legend: LEGEND })).toBe(true);
      expect(await store.takeSlice(holdOf('done', 'b'), NOW + 5000, NOW + 9000)).toBeUndefined();
      expect(await store.slice('done', 1)).toMatchObject({ states: 'su', done: true });
    });

    it('counts ended slices one by one', async () => {
      await store.takeUp(runOf('count'), NOW, NOW + 1000);
      const counts = await Promise.all([1, 2, 3].map(() => store.countDone('count')));
      expect(counts.map((run) => run?.doneSlices).sort()).toEqual([1, 2, 3]);
      expect(await store.countDone('no such run')).toBeUndefined();
    });
  });
}
