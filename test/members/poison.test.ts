import { randomUUID } from 'node:crypto';
import type { Context, KinesisStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalOf } from '../../lambdas/events/arrival.ts';
import { collectEvents } from '../../lambdas/events/collect-events.ts';
import { isEventRow } from '../../lambdas/events/index.ts';
import { updateStates } from '../../lambdas/members/state/update-states.ts';
import { streamHandler } from '../../lambdas/shared/stream.ts';
import {
  countedIds,
  memoryQuarantine,
  memoryStream,
  pseudonyms,
} from '../events/quarantine/support/memory.ts';
import { memoryStates } from './support/memory.ts';

const NOW = Date.now() - 60_000;
const CONTEXT = { awsRequestId: 'r-1', getRemainingTimeInMillis: () => 60_000 } as Context;

/** Rows as the collector writes them, one a line: each user views one item. */
async function lines(users: readonly string[]): Promise<string[]> {
  const stream = memoryStream();
  const deps = { stream, quarantine: memoryQuarantine(), ids: countedIds(), pseudonyms };
  const body = users.map((user, index) => ({
    event_id: randomUUID(),
    name: 'view_item',
    occurred_at: NOW - 10_000 + index,
    user_id: user,
    properties: { item_id: `P${index}` },
  }));
  const ctx = { actor: 'key', requestId: 'r', now: NOW, deadline: NOW + 1000 };
  await collectEvents(deps, ctx, { body, arrival: arrivalOf({ door: 'private' }, {}, NOW) });
  return stream.rows().map((row) => JSON.stringify(row));
}

/** A row that every reader takes for one, but whose properties break the folding. */
const breaking = (line: string): string =>
  JSON.stringify({ ...(JSON.parse(line) as object), event_id: randomUUID(), properties: '{"half' });

interface Sent {
  readonly sequenceNumber: string;
  readonly data: string;
}
const recordsOf = (groups: readonly (readonly string[])[]): Sent[] =>
  groups.map((group, index) => ({ sequenceNumber: String(index), data: `${group.join('\n')}\n` }));

function consumer() {
  const [states, quarantine] = [memoryStates(), memoryQuarantine()];
  const deps = { states, quarantine, ids: countedIds() };
  const handler = streamHandler((rows, bad, ctx) => updateStates(deps, ctx, rows, bad), isEventRow);
  return {
    states,
    quarantine,
    deps,
    deliver: (records: readonly Sent[]) =>
      handler(
        {
          Records: records.map(({ sequenceNumber, data }) => ({
            kinesis: {
              sequenceNumber,
              data: Buffer.from(data).toString('base64'),
              approximateArrivalTimestamp: NOW / 1000,
            },
          })),
        } as unknown as KinesisStreamEvent,
        CONTEXT,
      ),
    async views(users: readonly string[]) {
      const { members } = await states.read({ members: [...new Set(users)] });
      return users.map((user) => members.get(user)?.events['view_item'] ?? 0);
    },
  };
}

const POISON: readonly (readonly [string, (line: string) => string])[] = [
  ['no JSON', () => '{"event_id": "half'],
  ['JSON but no row', () => '{}'],
  ['null', () => 'null'],
  ['a number', () => '7'],
  ['a row without a time', (line) => line.replace(/"occurred_at":"[^"]*"/, '"occurred_at":"soon"')],
  ['a row whose user is no text', (line) => line.replace(/"user_id":"[^"]*"/, '"user_id":{}')],
  ['a row whose user is nobody', (line) => line.replace(/"user_id":"[^"]*"/, '"user_id":""')],
  [
    'a row whose user no table takes for a key',
    (line) => line.replace(/"user_id":"[^"]*"/, `"user_id":"${'u'.repeat(2048)}"`),
  ],
  ['a row that breaks the folding', breaking],
];

describe('a poison line in the middle of a batch', () => {
  it.each(POISON)(
    'that is %s goes to quarantine; the others count once, and the stream moves on',
    async (_, poisoned) => {
      const users = ['u1', 'u2', 'u1', 'u3', 'u1'];
      const good = await lines(users);
      const bad = poisoned(good[2] ?? '');
      const { deliver, views, quarantine } = consumer();
      const records = recordsOf([good.slice(0, 2), [good[2] ?? '', bad, good[3] ?? ''], good.slice(4)]);
      expect(await deliver(records)).toEqual({ batchItemFailures: [] });
      expect(await views(['u1', 'u2', 'u3'])).toEqual([3, 1, 1]);
      expect(quarantine.all()).toMatchObject([
        { came_by: 'stream', event: bad, reasons: [{ message: expect.any(String) }] },
      ]);
    },
  );

  it('leaves the same behind when the batch comes twice, in halves, or the other way round', async () => {
    const users = ['u1', 'u2', 'u1', 'u3', 'u1', 'u2'];
    const good = await lines(users);
    const bad = [breaking(good[0] ?? ''), '{"half', breaking(good[1] ?? '')];
    const all = recordsOf([
      ...good.slice(0, 3).map((line) => [line]),
      bad,
      ...good.slice(3).map((line) => [line]),
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('whole', 'reversed', 'halves'), { minLength: 1, maxLength: 4 }),
        async (ways) => {
          const { deliver, views, quarantine } = consumer();
          for (const way of ways) {
            if (way === 'halves') {
              await deliver(all.slice(0, 4));
              await deliver(all.slice(4));
            } else await deliver(way === 'whole' ? all : [...all].reverse());
          }
          expect(await views(['u1', 'u2', 'u3'])).toEqual([3, 2, 1]);
          expect(
            quarantine
              .all()
              .map(({ event }) => event)
              .sort(),
          ).toEqual([...bad].sort());
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is not given up when quarantine does not take it: the batch comes again, and counts once', async () => {
    const [line = ''] = await lines(['u1']);
    const { deps, deliver, views, quarantine } = consumer();
    const { keep } = quarantine;
    deps.quarantine.keep = () => Promise.reject(new Error('S3 is away'));
    const records = recordsOf([[line, '{"half']]);
    await expect(deliver(records)).rejects.toThrow('S3 is away');
    deps.quarantine.keep = keep;
    await deliver(records);
    expect(await views(['u1'])).toEqual([1]);
    expect(quarantine.all()).toHaveLength(1);
  });
});

it('a poison line of something long past lies under today, where it is looked for', async () => {
  const [line = ''] = await lines(['u1']);
  const { deliver, quarantine } = consumer();
  await deliver(
    recordsOf([[breaking(line).replace(/"received_at":"[^"]*"/, '"received_at":"2025-01-01 00:00:00.000"')]]),
  );
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  expect(quarantine.all()[0]?.quarantine_id.startsWith(today)).toBe(true);
});

it('a batch whose states cannot be written comes again, and nothing of it lies in quarantine meanwhile', async () => {
  const [line = ''] = await lines(['u1']);
  const { states, deliver, quarantine } = consumer();
  states.write = () => Promise.reject(new Error('throttled'));
  await expect(deliver(recordsOf([[line, '{"half']]))).rejects.toThrow('throttled');
  expect(quarantine.all()).toEqual([]);
});
