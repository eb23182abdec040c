/**
 * npm run bench:cost:events -- [--requests 400] [--size 25]
 *
 * What taking events in costs at AWS list prices (prices.json), from counted calls: the real collector and the real
 * consumer of member state, against stand-ins that count requests and the units they are billed by. Requests come from browsers
 * (one visitor's events) or from servers (several visitors' events in one). Lambda's time is measured CPU and stated
 * latencies. Storage, requests to S3 and what stands whether or not anything comes in (a stream's hours) are apart.
 */
import { parseArgs } from 'node:util';
import { arrivalOf } from '../lambdas/events/arrival.ts';
import { collectEvents } from '../lambdas/events/collect-events.ts';
import { type EventRow, isEventRow } from '../lambdas/events/index.ts';
import { pseudonymOf } from '../lambdas/events/pseudonym.ts';
import { dynamoStates } from '../lambdas/members/state/state-store.aws.ts';
import { updateStates } from '../lambdas/members/state/update-states.ts';
import { cryptoIds } from '../lambdas/shared/ids.ts';
import { kinesisWriter } from '../lambdas/shared/stream-writer.aws.ts';
import type { StreamRecord } from '../lambdas/shared/stream-writer.ts';
import { bodies, visits } from './collect/bodies.ts';
import { type Canned, STATE_TABLE, startCanned } from './engine/canned.ts';
import { type CostLine, costOf, durationMs, type LambdaUse, totalOf, waitMs } from './engine/cost.ts';
import { figure, machine } from './machine.ts';
import { memoryOf } from './memory.ts';
import prices from './prices.json' with { type: 'json' };

const MILLION = 1_000_000;
const MOST_USD = 0.6;
const LATENCY_MS = {
  'kinesis.PutRecords': 20,
  'dynamodb.BatchGetItem': 10,
  'dynamodb.BatchWriteItem': 10,
  'dynamodb.UpdateItem': 10,
};
const PRICES = prices['us-east-1'];
const HEADERS = {
  'User-Agent': 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/120.0.0.0 Safari/537.36',
};

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '400' }, size: { type: 'string', default: '25' } },
});
const [requests, size] = [Number(values.requests), Number(values.size)];

async function cpuMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const unreachable = {
  keep: async () => {
    throw new Error('an event of the bench is refused');
  },
};

/** The collector's invocations: every record goes into the counted stream, and is kept for its consumer. */
async function collected(texts: readonly string[], records: StreamRecord[]): Promise<number> {
  const stream = kinesisWriter('events');
  const deps = {
    stream: {
      write: async (written: readonly StreamRecord[]) => {
        records.push(...written);
        await stream.write(written);
      },
    },
    quarantine: unreachable,
    ids: cryptoIds,
    pseudonyms: async () => pseudonymOf('0123456789abcdef'.repeat(4)),
  };
  const arrival = arrivalOf({ door: 'public' }, HEADERS, Date.now());
  return cpuMs(async () => {
    for (const text of texts) {
      const ctx = { actor: 'bench', requestId: 'r', now: Date.now(), deadline: Date.now() + 29_000 };
      await collectEvents(deps, ctx, { body: JSON.parse(text), arrival });
    }
  });
}

/** The consumer's: at a quiet hour each request's records are a batch of their own, which costs most. */
async function folded(records: readonly StreamRecord[]): Promise<number> {
  const deps = { states: dynamoStates(STATE_TABLE), quarantine: unreachable, ids: cryptoIds };
  return cpuMs(async () => {
    for (const { lines } of records) {
      const rows = lines
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line));
      const ctx = { actor: 'bench', requestId: 'r', now: Date.now(), deadline: Date.now() + 60_000 };
      await updateStates(deps, ctx, rows.filter(isEventRow) as EventRow[]);
    }
  });
}

interface Bill {
  readonly lines: readonly CostLine[];
  /** Of a million events. */
  readonly usd: number;
}

/** Of the second half of the requests. The first opens connections, and leaves states as there are on any other day. */
async function billOf(canned: Canned, all: readonly string[]): Promise<Bill> {
  const texts = all.slice(all.length / 2);
  const earlier: StreamRecord[] = [];
  await collected(all.slice(0, all.length / 2), earlier);
  await folded(earlier);
  await canned.reset();
  const records: StreamRecord[] = [];
  const collectorMs = await collected(texts, records);
  const taken = await canned.counts();
  await canned.reset();
  const consumerMs = await folded(records);
  const kept = await canned.counts();
  const events = texts.length * size;
  if (taken.ledgerRecords !== events)
    throw new Error(`${taken.ledgerRecords} of ${events} events in the stream`);
  const use = (name: string, invocations: number, cpu: number, calls: typeof taken.calls): LambdaUse => {
    const memoryMb = memoryOf(name);
    return { invocations, durationMs: durationMs(cpu, waitMs(calls, LATENCY_MS), memoryMb), memoryMb };
  };
  const uses = [
    use('events-api', texts.length, collectorMs, taken.calls),
    use('members-state', records.length, consumerMs, kept.calls),
  ];
  const { writeUnits, readUnits } = kept;
  const { apiRequests, kinesisOut } = PRICES;
  const own = costOf({ ...taken, writeUnits, readUnits }, uses, PRICES);
  const lines: CostLine[] = [
    { name: 'apiRequests', amount: texts.length, usd: (texts.length * apiRequests.usd) / apiRequests.per },
    ...own.filter(({ name }) => name !== 'sqsRequests'),
    // Firehose reads the stream, and so does the consumer.
    {
      name: 'kinesisOut, 2nd reader',
      amount: taken.streamBytes,
      usd: (taken.streamBytes * kinesisOut.usd) / kinesisOut.per,
    },
  ].map(({ name, amount, usd }) => ({
    name,
    amount: (amount * MILLION) / events,
    usd: (usd * MILLION) / events,
  }));
  return { lines, usd: totalOf(lines) };
}

async function main(canned: Canned): Promise<boolean> {
  Object.assign(process.env, canned.env);
  const now = Date.now();
  const cases = {
    browsers: await billOf(canned, visits(2 * requests, size, now, requests)),
    servers: await billOf(canned, bodies(2 * requests, size, now)),
  };
  console.log(
    `\n${`for 1,000,000 events, ${size} a request`.padEnd(36)}${'browsers'.padStart(12)}${'servers'.padStart(12)}   amount (browsers)`,
  );
  for (const [at, { name, usd, amount }] of cases.browsers.lines.entries()) {
    const cells = [usd, cases.servers.lines[at]?.usd ?? 0]
      .map((cost) => `$${cost.toFixed(4)}`.padStart(12))
      .join('');
    console.log(`${name.padEnd(36)}${cells}   ${Math.round(amount).toLocaleString('en')}`);
  }
  const fine = [
    figure('from browsers, 1,000,000 events', cases.browsers.usd, 'USD', { atMost: MOST_USD }),
    figure('from servers, 1,000,000 events', cases.servers.usd, 'USD', { atMost: MOST_USD }),
  ];
  return fine.every(Boolean);
}

console.log(machine());
const canned = await startCanned();
try {
  process.exitCode = (await main(canned)) ? 0 : 1;
} finally {
  await canned.stop();
}
