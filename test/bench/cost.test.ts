import { describe, expect, it } from 'vitest';
import { costOf, durationMs, type Prices, totalOf, waitMs } from '../../bench/engine/cost.ts';
import { noCounts } from '../../bench/engine/counts.ts';
import {
  deliveryBytes,
  itemBytes,
  queueRequests,
  readUnits,
  streamBytes,
  writeUnits,
} from '../../bench/engine/units.ts';
import prices from '../../bench/prices.json' with { type: 'json' };

const KIB = 1024;

describe('the units AWS bills by', () => {
  it.each([
    [0, 1],
    [1, 1],
    [KIB, 1],
    [KIB + 1, 2],
    [3.5 * KIB, 4],
  ])('an item of %d bytes is written for %d units', (bytes, units) => {
    expect(writeUnits(bytes)).toBe(units);
  });

  it.each([
    [0, true, 1],
    [4 * KIB, true, 1],
    [4 * KIB + 1, true, 2],
    [0, false, 0.5],
    [9 * KIB, false, 1.5],
  ])('an item of %d bytes (consistent: %s) is read for %d units', (bytes, consistent, units) => {
    expect(readUnits(bytes, consistent)).toBe(units);
  });

  it('a call to a queue counts once for each 64 KiB begun, a stream record in whole KiB, a delivered one in fives', () => {
    expect([1, 64 * KIB, 64 * KIB + 1].map(queueRequests)).toEqual([1, 1, 2]);
    expect([1, KIB, KIB + 1].map(streamBytes)).toEqual([KIB, KIB, 2 * KIB]);
    expect([1, 5 * KIB, 5 * KIB + 1].map(deliveryBytes)).toEqual([5 * KIB, 5 * KIB, 10 * KIB]);
  });

  it('an item is as large as its names and values, lists and maps a little larger', () => {
    expect(itemBytes({ name: { S: '가나' } })).toBe(4 + 6);
    expect(itemBytes({ n: { N: '1234' }, b: { BOOL: true }, z: { NULL: true } })).toBe(1 + 3 + 1 + 1 + 1 + 1);
    expect(itemBytes({ l: { L: [{ S: 'ab' }, { S: 'c' }] } })).toBe(1 + 3 + (1 + 2) + (1 + 1));
    expect(itemBytes({ m: { M: { k: { S: 'ab' } } } })).toBe(1 + 3 + (1 + 1 + 2));
  });
});

describe('a run’s cost', () => {
  it('is each amount at its price', () => {
    const counts = { ...noCounts(), writeUnits: 2_000_000, readUnits: 4_000_000 };
    const uses = [{ invocations: 1_000_000, durationMs: 1_000, memoryMb: 2048 }];
    const lines = costOf(counts, uses, prices['us-east-1'] as Prices);
    const usd = Object.fromEntries(lines.map((line) => [line.name, line.usd]));
    expect(usd).toMatchObject({ dynamodbWrites: 1.25, dynamodbReads: 0.5, lambdaRequests: 0.2 });
    expect(usd['lambdaGbSeconds']).toBeCloseTo(2 * 0.0000133334, 10);
    expect(totalOf(lines)).toBeCloseTo(1.95 + 2 * 0.0000133334, 10);
  });

  it('is refused while a price or a latency is missing: nothing is free by mistake', () => {
    expect(() => costOf(noCounts(), [], {})).toThrow('There is no price lambdaRequests');
    expect(() => waitMs({ 's3.GetObject': 1 }, {})).toThrow('There is no latency for s3.GetObject');
  });

  it('stretches CPU time where a function has less than a CPU, and not where it has more', () => {
    expect(durationMs(100, 50, 1769)).toBe(150);
    expect(durationMs(100, 50, 3538)).toBe(150);
    expect(durationMs(100, 0, 884.5)).toBe(200);
  });

  it('waits for calls in a row, and for those side by side together', () => {
    const calls = { 'dynamodb.PutItem': 80, 's3.GetObject': 2 };
    expect(waitMs(calls, { 'dynamodb.PutItem': 5, 's3.GetObject': 25 })).toBe(450);
    expect(waitMs(calls, { 'dynamodb.PutItem': 5, 's3.GetObject': 25 }, { 'dynamodb.PutItem': 40 })).toBe(60);
  });
});

describe('the price list', () => {
  it('says of every price where it was read', () => {
    for (const region of Object.values(prices))
      for (const price of Object.values(region))
        expect(price).toMatchObject({ source: expect.stringMatching(/2026|memory/) });
  });
});
