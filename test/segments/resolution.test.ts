import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bitsPartition,
  isExpired,
  listPrefix,
  newResolution,
  ready as readyWith,
  resolutionId,
} from '../../lambdas/segments/resolution.ts';
import { resolutionView } from '../../lambdas/segments/resolution-view.ts';
import { partsOf } from '../../lambdas/segments/resolve/announce.ts';
import { athenaCost } from '../../lambdas/segments/resolve/athena-cost.ts';
import type { PinnedRule } from '../../lambdas/segments/resolve/pinned-rule.ts';
import { segmentName } from '../../lambdas/segments/segment.ts';

const name = fc
  .string({ unit: fc.constantFrom(...'ab9_.-가나다é'), minLength: 1, maxLength: 6 })
  .filter((text) => /^[\p{L}\p{N}_]/u.test(text))
  .map((text) => segmentName(text));

const pinned = (segments: Record<string, number> = {}, grade = 'GOLD'): PinnedRule => ({
  rule: { kind: 'attribute', attribute: 'grade', test: { operator: 'is', bound: grade } },
  uses: { segments, lists: [] },
  path: 'members',
});
const resolutionOf = (segment: string) => newResolution({ name: segment, version: 1 }, pinned(), 0);

describe('the place of a list', () => {
  it('is another for another segment, in plain ASCII, whatever script the name is in', () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        const [first, second] = [resolutionOf(a), resolutionOf(b)];
        expect(listPrefix(first) === listPrefix(second)).toBe(a === b);
        expect(bitsPartition(first) === bitsPartition(second)).toBe(a === b);
        expect(listPrefix(first)).toMatch(/^segments\/[\x21-\x7e]+\/$/);
        expect(bitsPartition(first)).toMatch(/^[0-9a-f]{32}$/);
      }),
    );
  });

  it('is short enough for the name of a folder, and another still, of names of 64 letters of any script', () => {
    const names = ['가'.repeat(64), `${'가'.repeat(63)}나`, '𠀀'.repeat(64), 'x'.repeat(64)];
    const places = names.map((text) => listPrefix(resolutionOf(segmentName(text))));
    expect(new Set(places).size).toBe(names.length);
    const folders = places.flatMap((place) => place.split('/'));
    expect(Math.max(...folders.map(({ length }) => length))).toBeLessThanOrEqual(255);
  });

  it('is another for another try', () => {
    const places = [1, 2].map((attempt) => listPrefix({ ...resolutionOf('a'), attempt }));
    expect(new Set(places).size).toBe(2);
  });
});

describe('one result a minute', () => {
  const MINUTE = 60_000;
  it('is for one version, and one version of each segment that is named in it', () => {
    const id = resolutionId(3, pinned({ b: 1, a: 2 }), MINUTE);
    expect(resolutionId(3, pinned({ a: 2, b: 1 }), 2 * MINUTE - 1)).toBe(id);
    expect(resolutionId(3, pinned({ a: 2, b: 1 }), 2 * MINUTE)).not.toBe(id);
    expect(resolutionId(3, pinned({ a: 2, b: 2 }), MINUTE)).not.toBe(id);
    expect(resolutionId(4, pinned({ a: 2, b: 1 }), MINUTE)).not.toBe(id);
  });

  it('is for one rule, of those that no segment has', () => {
    const id = resolutionId(0, pinned(), MINUTE);
    expect(resolutionId(0, pinned(), MINUTE + 1)).toBe(id);
    expect(resolutionId(0, pinned({}, 'SILVER'), MINUTE)).not.toBe(id);
  });
});

describe('a resolution as it is shown', () => {
  const queued = resolutionOf('a');
  it('tells how far it is', () => {
    expect(resolutionView(queued, 0)).toMatchObject({
      state: 'queued',
      progress: { step: 'waiting', attempt: 0 },
    });
    const running = { ...queued, state: 'running', attempt: 1 } as const;
    expect(resolutionView({ ...running, scanned: 7 }, 0).progress).toEqual({
      step: 'scanning',
      scanned: 7,
      attempt: 1,
    });
    expect(resolutionView({ ...running, path: 'events' }, 0).progress?.step).toBe('querying');
    const both = { ...running, path: 'both', scanned: 9, scannedAt: queued.requestedAt } as const;
    expect(resolutionView(both, 0).progress).toMatchObject({ step: 'querying', scanned: 9 });
  });

  it('has expired once its list may be gone, and keeps its size', () => {
    const listUntil = new Date(1000).toISOString();
    const ready = { ...queued, state: 'ready', size: 5, finishedAt: queued.requestedAt, listUntil } as const;
    expect(resolutionView(ready, 999)).toMatchObject({ state: 'ready', size: 5 });
    expect(resolutionView(ready, 1000)).toMatchObject({ state: 'expired', size: 5 });
  });
});

describe('a list', () => {
  it('is told to be there only as long as its first file is kept, however long the others took', () => {
    const [kept, took] = [14 * 24 * 3_600_000, 3_000_000];
    const done = readyWith(resolutionOf('a'), { listUrl: 's3://l/', size: 1 }, took, kept);
    expect([kept - 1, kept].map((at) => isExpired(done, at))).toEqual([false, true]);
  });
});

describe('the time of a resolution', () => {
  const at = (second: number) => new Date(second * 1000).toISOString();
  const done = { ...resolutionOf('a'), requestedAt: at(0), startedAt: at(2), finishedAt: at(60) };

  it.each([
    ['events', { path: 'events' }, { ResolutionWaiting: 2000, ResolutionQuerying: 58_000 }],
    [
      'members',
      { path: 'members', scannedAt: at(60) },
      { ResolutionWaiting: 2000, ResolutionScanning: 58_000 },
    ],
    [
      'both',
      { path: 'both', scannedAt: at(20) },
      { ResolutionWaiting: 2000, ResolutionScanning: 18_000, ResolutionQuerying: 40_000 },
    ],
  ] as const)('of %s is all told, in its parts', (_, more, parts) => {
    expect(Object.fromEntries(partsOf({ ...done, ...more }))).toEqual(parts);
  });

  it('is not told of one that nobody has begun', () => {
    expect(partsOf(resolutionOf('a'))).toEqual([]);
  });
});

describe('what Athena charges', () => {
  it('is five dollars a terabyte, in whole megabytes, of ten at least', () => {
    expect(athenaCost(1024 ** 4)).toBe(5);
    expect(athenaCost(0)).toBe(athenaCost(10 * 1024 ** 2));
    expect(athenaCost(10 * 1024 ** 2 + 1)).toBe(athenaCost(11 * 1024 ** 2));
  });
});
