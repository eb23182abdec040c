import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { LANES, laneOf } from '../../lambdas/events/lane.ts';

const shardOf = (partitionKey: string, shards: number): number =>
  Math.floor((createHash('md5').update(partitionKey).digest().readUInt32BE(0) / 2 ** 32) * shards);

describe('lanes', () => {
  it.each([2, 4])('fill all of %i shards', (shards) => {
    const people = Array.from({ length: 2000 }, (_, index) => laneOf(String(index).padStart(14, '0')));
    const used = new Map<number, number>();
    for (const lane of people) used.set(shardOf(lane, shards), (used.get(shardOf(lane, shards)) ?? 0) + 1);
    expect(used.size).toBe(shards);
    for (const count of used.values()) expect(count).toBeGreaterThan((0.7 * people.length) / shards);
  });

  it('are as many as declared', () => {
    const lanes = new Set(Array.from({ length: 1000 }, (_, index) => laneOf(`user-${index}`)));
    expect(lanes.size).toBe(LANES);
  });
});
