import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Quota } from '../../../lambdas/pinpoint/channels/quota.ts';
import { type AccountRows, accountPace } from '../../../lambdas/pinpoint/delivery/account-pace.ts';
import { dynamoAccountRows } from '../../../lambdas/pinpoint/delivery/account-rows.aws.ts';
import { documentClient } from '../../../lambdas/shared/dynamodb.aws.ts';
import { type DynamoDb, startDynamoDb } from '../../support/dynamodb.ts';
import { WHOLE } from '../../support/matrix.ts';
import { createTables, dynamoAt, tableName } from '../../support/tables.ts';
import { randomOf, VirtualTime } from '../../support/virtual-time.ts';
import {
  type Load,
  memoryAccountRows,
  messagesIn,
  mostWithin,
  PaceWorld,
  START,
  slowed,
} from './pace-world.ts';

const SECOND = 1000;
const NOW = START;

function accountRowsContract(name: string, start: () => Promise<AccountRows>): void {
  describe(`${name} keeps accounts`, () => {
    let rows: AccountRows;
    beforeAll(async () => {
      rows = await start();
    });
    const ask = { costMs: 1000.25, horizonMs: 2500 };

    it('books from now when the pace lies behind, and on from where it stands when it lies ahead', async () => {
      const book = (now: number, ahead: boolean) => rows.book('email', { ...ask, now, ahead });
      expect((await book(NOW, true)).granted).toBe(false);
      expect(await book(NOW, false)).toEqual({ granted: true, nextAt: NOW + 1000.25 });
      expect(await book(NOW + 1, false)).toEqual({ granted: false, nextAt: NOW + 1000.25 });
      expect(await book(NOW + 1, true)).toEqual({ granted: true, nextAt: NOW + 2000.5 });
      expect(await book(NOW + 1, true)).toEqual({ granted: true, nextAt: NOW + 3000.75 });
      expect(await book(NOW + 1, true)).toEqual({ granted: false, nextAt: NOW + 3000.75 });
      expect((await book(NOW + 9000, true)).granted).toBe(false);
      expect(await book(NOW + 9000, false)).toEqual({ granted: true, nextAt: NOW + 10_000.25 });
    });

    it('keeps channel kinds apart, and gives one instant to one of several', async () => {
      const booked = await Promise.all(
        [1, 2, 3].map(() => rows.book('sms', { ...ask, now: NOW, ahead: false })),
      );
      expect(booked.filter(({ granted }) => granted)).toHaveLength(1);
      expect((await rows.book('push', { ...ask, now: NOW, ahead: false })).granted).toBe(true);
    });
  });
}

let dynamoDb: DynamoDb | undefined;
afterAll(() => dynamoDb?.close());

accountRowsContract('DynamoDB', async () => {
  dynamoDb = await startDynamoDb();
  await createTables(dynamoDb.url, 'pinpoint-runs');
  return dynamoAccountRows(tableName('pinpoint-runs'), documentClient(dynamoAt(dynamoDb.url)));
});
accountRowsContract('the memory', async () => memoryAccountRows());

interface Shared {
  readonly perSecond: number;
  readonly runs: number;
  readonly workers: number;
  readonly filled?: Load['filled'];
}

/** Runs of one deployment on one account for a minute: every other one as fast as possible. */
async function sharing({ perSecond, runs, workers, filled }: Shared) {
  const time = new VirtualTime(START);
  const random = randomOf(perSecond + workers);
  const rows = slowed(memoryAccountRows(), time, () => 3 + 7 * random());
  const quota = { of: async (): Promise<Quota> => ({ perSecond, left24h: Number.POSITIVE_INFINITY }) };
  const starts: { at: number; messages: number }[] = [];
  const account = () => {
    const pace = accountPace(quota, rows, () => Math.floor(time.now()));
    return {
      ...pace,
      take: async (kind: string, messages: number) => {
        const grant = await pace.take(kind, messages);
        if ('startAt' in grant) starts.push({ at: grant.startAt, messages });
        return grant;
      },
    };
  };
  for (let run = 0; run < runs; run++)
    await PaceWorld.of(
      {
        ...{ activityId: `run-${run}`, seed: run, workers, callSize: 50, account },
        ratePerMinute: run % 2 === 0 ? undefined : 600,
        latency: (next) => 50 + 300 * next(),
        ...(filled ? { filled } : {}),
      },
      time,
    );
  await time.run(START + 60 * SECOND);
  return starts;
}

const LOADS = [1, 3].flatMap((runs) => [5, 20, 50].map((workers) => ({ runs, workers })));
/** Each quota with each load; a part of it holds each load twice and each quota four times. */
const QUOTAS = [1, 14, 200]
  .flatMap((perSecond, q) => LOADS.map((load, l) => ({ perSecond, ...load, part: (q + l) % 3 < 2 })))
  .filter(({ part }) => WHOLE || part);

describe('an account', () => {
  it.each(QUOTAS)(
    'of $perSecond a second is used but never above it, by $runs runs of $workers workers',
    async (load) => {
      for (const filled of [
        undefined,
        (allowed: number, next: () => number) => 1 + Math.floor(next() * allowed),
      ]) {
        const starts = await sharing({ ...load, filled });
        expect(mostWithin(starts, SECOND)).toBeLessThanOrEqual(load.perSecond);
        const used = messagesIn(starts, START + 4 * SECOND, START + 58 * SECOND) / 54;
        expect(used).toBeGreaterThanOrEqual(0.8 * load.perSecond);
      }
    },
  );

  it('leaves room for its largest call after its smallest ones', async () => {
    const pace = accountPace(
      { of: async () => ({ perSecond: 200, left24h: 1e9 }) },
      memoryAccountRows(),
      () => NOW,
    );
    const starts: { at: number; messages: number }[] = [];
    const limit = await pace.callLimit('email', 50);
    for (let at = NOW; at < NOW + 2000; ) {
      for (const messages of at < NOW + 990 ? [1] : [1, limit]) {
        const grant = await pace.take('email', messages);
        at = 'startAt' in grant ? grant.startAt : NOW + 2000;
        if ('startAt' in grant) starts.push({ at, messages });
      }
    }
    expect(starts.length).toBeGreaterThan(180);
    expect(mostWithin(starts, SECOND)).toBeLessThanOrEqual(200);
  });

  it('gives nothing away in parts: one and a half a second are one, a tenth is one in ten seconds', async () => {
    for (const [perSecond, windowMs] of [
      [1.5, SECOND],
      [0.1, 10 * SECOND],
    ] as const) {
      let now = NOW;
      const pace = accountPace(
        { of: async () => ({ perSecond, left24h: 1e9 }) },
        memoryAccountRows(),
        () => now,
      );
      const starts: { at: number; messages: number }[] = [];
      for (; now < NOW + 60 * SECOND; now += 250) {
        const grant = await pace.take('email', 1);
        if ('startAt' in grant) starts.push({ at: grant.startAt, messages: 1 });
      }
      expect(mostWithin(starts, windowMs)).toBe(1);
      expect(starts.length).toBeGreaterThanOrEqual(60 / (windowMs / SECOND));
    }
  });

  it('waits where its day is used up, and goes on when there is room again', async () => {
    let left24h = 5;
    const pace = accountPace(
      { of: async () => ({ perSecond: 14, left24h }) },
      memoryAccountRows(),
      () => NOW,
    );
    expect(await pace.take('email', 1)).toEqual({ startAt: NOW });
    left24h = 0;
    expect(await pace.take('email', 1)).toEqual({ waitSeconds: 60 });
    left24h = 100;
    expect(await pace.take('email', 1)).toMatchObject({ startAt: expect.closeTo(NOW + 1000 / 14, 2) });
  });

  it('gives what is left of its day in smaller calls, and no more until it is told anew', async () => {
    let told: Quota = { perSecond: 500, left24h: 70 };
    let now = NOW;
    const pace = accountPace({ of: async () => told }, memoryAccountRows(), () => now);
    const sent: number[] = [];
    for (let turn = 0; turn < 6; turn++, now += SECOND) {
      if (turn === 5) told = { perSecond: 500, left24h: 70 };
      let messages = await pace.callLimit('email', 50);
      let grant = await pace.take('email', 50);
      if ('room' in grant) {
        messages = Math.min(messages, grant.room);
        grant = await pace.take('email', messages);
      }
      if ('startAt' in grant) sent.push(messages);
      else expect(grant).toEqual({ waitSeconds: 60 });
    }
    expect(sent).toEqual([50, 20, 50]);
  });

  it('has nothing to say about a channel without a quota', async () => {
    const pace = accountPace({ of: async () => undefined }, memoryAccountRows(), () => NOW);
    expect(await pace.callLimit('push', 100)).toBe(100);
    for (let n = 0; n < 100; n++) expect(await pace.take('push', 100)).toEqual({ startAt: NOW });
  });
});
