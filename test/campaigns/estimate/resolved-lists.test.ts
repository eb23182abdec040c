import { describe, expect, it } from 'vitest';
import { resolvedLists } from '../../../lambdas/campaigns/estimate/resolved-lists.ts';
import { newResolution, type Resolution, ready } from '../../../lambdas/segments/resolution.ts';
import type { PinnedRule } from '../../../lambdas/segments/resolve/pinned-rule.ts';
import type { Rule } from '../../../lambdas/segments/rule/rule.ts';
import type { Segment } from '../../../lambdas/segments/segment.ts';
import {
  ctxAt,
  memoryQueue,
  memoryResolutions,
  memorySegments,
  START,
  stoppedTime,
} from '../../segments/support/worlds.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const rule: Rule = { attribute: 'grade', is: 'GOLD' };
const pinned: PinnedRule = {
  rule: { kind: 'attribute', attribute: 'grade', test: { operator: 'is', bound: 'GOLD' } },
  uses: { segments: {}, lists: [] },
  path: 'members',
};
const segment = { name: 'gold', version: 1, rule, createdAt: '', updatedAt: '' } as unknown as Segment;

/** A segments domain whose worker does `work` on what is asked for, as long as the caller waits. */
async function world(work?: (resolution: Resolution, now: number) => Resolution) {
  const [segments, resolutions, queue, time] = [
    memorySegments(),
    memoryResolutions(),
    memoryQueue(),
    stoppedTime(),
  ];
  await segments.save(segment, undefined);
  const sleep = async (ms: number) => {
    time.ms += ms;
    for (const { body } of queue.sent.splice(0)) {
      const stored = await resolutions.get(body.segment, body.id);
      if (stored && work) await resolutions.replace(stored, work(stored.resolution, time.ms));
    }
  };
  const lists = resolvedLists({ segments, resolutions, queue, time: { now: time.now, sleep } });
  const past = async (ageMs: number) => {
    const at = newResolution(segment, pinned, START - ageMs);
    await resolutions.create(ready(at, { listUrl: 's3://work/old/', size: 5 }, START - ageMs, DAY));
    return at.id;
  };
  return { lists, past, queue, time };
}
const finished = (resolution: Resolution, now: number) =>
  ready(resolution, { listUrl: 's3://work/new/', size: 7 }, now, DAY);

describe('the list an estimate looks at', () => {
  it('is the last one while that is fresh, and nothing is resolved for it', async () => {
    const { lists, past, time } = await world(finished);
    const resolutionId = await past(9 * MINUTE);
    expect(await lists.of(ctxAt(START), 'gold')).toMatchObject({ resolutionId, url: 's3://work/old/' });
    expect(time.ms).toBe(START);
  });

  it('is a new one that is waited for when there is none, or none that is fresh', async () => {
    for (const age of [undefined, 11 * MINUTE]) {
      const { lists, past } = await world(finished);
      if (age !== undefined) await past(age);
      expect(await lists.of(ctxAt(START), 'gold')).toMatchObject({
        url: 's3://work/new/',
        at: new Date(START).toISOString(),
      });
    }
  });

  it('is the old one where the new one is not there in time, and tells of when it is', async () => {
    const { lists, past, time } = await world();
    await past(60 * MINUTE);
    expect(await lists.of(ctxAt(START), 'gold')).toMatchObject({
      url: 's3://work/old/',
      at: new Date(START - 60 * MINUTE).toISOString(),
    });
    expect(time.ms - START).toBeLessThan(20_000);
  });

  it('is asked for again when there is none that is any good', async () => {
    const { lists, past } = await world();
    await past(25 * 60 * MINUTE);
    await expect(lists.of(ctxAt(START), 'gold')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('ask again'),
    });
  });

  it('is one resolution for all who estimate within a minute', async () => {
    const { lists, queue } = await world();
    await lists.of(ctxAt(START), 'gold').catch(() => undefined);
    const before = queue.sent.length;
    await lists.of(ctxAt(START + 10_000), 'gold').catch(() => undefined);
    expect(queue.sent.length).toBe(before);
  });

  it('tells why a segment cannot be resolved, and of one that is not there', async () => {
    const { lists } = await world((resolution) => ({
      ...resolution,
      state: 'failed',
      reason: 'no such table',
    }));
    await expect(lists.of(ctxAt(START), 'gold')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('no such table'),
    });
    await expect(lists.of(ctxAt(START), 'golf')).rejects.toMatchObject({
      code: 'not_found',
      field: 'segment',
    });
  });
});
