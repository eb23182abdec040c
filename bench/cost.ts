/**
 * npm run bench:cost -- [--region us-east-1] [--million] [--channel push]
 *
 * What the engine itself costs at AWS list prices (prices.json), from counted calls: the real resolving and the real lanes
 * over more and more recipients, against stand-ins that count requests and the units they are billed by. Lambda's time is
 * measured CPU and stated latencies. Provider prices are apart. Requests to S3 are counted and not priced.
 */
import { parseArgs } from 'node:util';
import { bundleWorker, type Workers } from './engine/bundled.ts';
import { type Canned, startCanned } from './engine/canned.ts';
import {
  type CostLine,
  costOf,
  durationMs,
  type LambdaUse,
  type Prices,
  totalOf,
  waitMs,
} from './engine/cost.ts';
import type { Counts } from './engine/counts.ts';
import type { CampaignOptions } from './engine/engine.ts';
import type { Channel } from './engine/people.ts';
import { figure, machine } from './machine.ts';
import { memoryOf } from './memory.ts';
import prices from './prices.json' with { type: 'json' };

const MILLION = 1_000_000;
const MOST_USD = 4;
/** What each call is taken to last, milliseconds. */
const LATENCY_MS = {
  'dynamodb.GetItem': 5,
  'dynamodb.PutItem': 5,
  'dynamodb.UpdateItem': 5,
  'dynamodb.Query': 10,
  'dynamodb.BatchGetItem': 10,
  's3.GetObject': 25,
  's3.PutObject': 40,
  'sqs.SendMessage': 10,
  'sqs.SendMessageBatch': 10,
  'kinesis.PutRecords': 20,
  'provider.SendMessages': 100,
  'provider.SendBulkEmail': 100,
  'hook.Invoke': 50,
};
/** Calls that are made side by side (resolve-run.ts, caps.aws.ts); all others are taken to wait for one another. */
const RESOLVE_BESIDE = { 's3.PutObject': 8, 'dynamodb.PutItem': 8, 'dynamodb.BatchGetItem': 4 };
const LANE_BESIDE = { 'dynamodb.PutItem': 40 };
/** Side by side in this bench's one process. */
const LANES_BESIDE = 8;
const CHANNELS: Readonly<Record<string, Channel>> = { push: 'GCM', email: 'EMAIL' };

interface Run {
  readonly recipients: number;
  readonly counts: Counts;
  readonly lambda: readonly LambdaUse[];
  readonly cpuMs: number;
  readonly wallMs: number;
}

interface Bench {
  readonly canned: Canned;
  readonly workers: Workers;
  readonly memory: { readonly resolve: number; readonly deliver: number };
}

async function ran({ canned, workers, memory }: Bench, campaign: CampaignOptions): Promise<Run> {
  const done = async (work: 'store' | 'resolve' | 'deliver') => {
    await canned.reset();
    const job = { provider: 'sdk', campaign, work, lanesBeside: LANES_BESIDE } as const;
    const [measured] = await workers.measure(canned.env, [job]);
    if (!measured) throw new Error('Nothing was measured');
    return { ...measured, counts: await canned.counts() };
  };
  await done('store');
  const [resolved, delivered] = [await done('resolve'), await done('deliver')];
  const { ledgerRecords, providerMessages } = delivered.counts;
  if (ledgerRecords !== campaign.recipients || providerMessages !== campaign.recipients)
    throw new Error(`${providerMessages} messages and ${ledgerRecords} records for ${campaign.recipients}`);
  const use = (of: typeof resolved, memoryMb: number, beside: Readonly<Record<string, number>>) => ({
    invocations: of.invocations,
    durationMs: durationMs(of.cpuMs, waitMs(of.counts.calls, LATENCY_MS, beside), memoryMb),
    memoryMb,
  });
  return {
    recipients: campaign.recipients,
    counts: summed(resolved.counts, delivered.counts),
    lambda: [use(resolved, memory.resolve, RESOLVE_BESIDE), use(delivered, memory.deliver, LANE_BESIDE)],
    cpuMs: resolved.cpuMs + delivered.cpuMs,
    wallMs: resolved.wallMs + delivered.wallMs,
  };
}

function summed(a: Counts, b: Counts): Counts {
  const names = new Set([...Object.keys(a.calls), ...Object.keys(b.calls)]);
  const calls = Object.fromEntries(
    [...names].map((name) => [name, (a.calls[name] ?? 0) + (b.calls[name] ?? 0)]),
  );
  const add = (name: Exclude<keyof Counts, 'calls'>) => a[name] + b[name];
  return {
    calls,
    writeUnits: add('writeUnits'),
    readUnits: add('readUnits'),
    queueRequests: add('queueRequests'),
    streamBytes: add('streamBytes'),
    deliveryBytes: add('deliveryBytes'),
    ledgerRecords: add('ledgerRecords'),
    providerMessages: add('providerMessages'),
  };
}

const usd = (amount: number): string => `$${amount.toFixed(amount < 0.1 ? 4 : 2)}`;
const column = (text: string): string => text.padStart(14);

/** The lines of several runs side by side, each for a million recipients. */
function showBills(heads: readonly string[], runs: readonly Run[], of: Prices): number[] {
  const bills = runs.map((run) => costOf(run.counts, run.lambda, of));
  const perMillion = (line: CostLine | undefined, at: number) =>
    ((line?.usd ?? 0) * MILLION) / (runs[at]?.recipients ?? MILLION);
  console.log(`${'for 1,000,000 recipients'.padEnd(28)}${heads.map(column).join('')}   amount of the first`);
  for (const [index, { name, amount }] of (bills[0] ?? []).entries()) {
    const cells = bills.map((bill, at) => column(usd(perMillion(bill[index], at)))).join('');
    const units = Math.round((amount * MILLION) / (runs[0]?.recipients ?? MILLION)).toLocaleString('en');
    console.log(`${name.padEnd(28)}${cells}   ${units} ${of[name]?.unit ?? ''}`);
  }
  const totals = bills.map((bill, at) => (totalOf(bill) * MILLION) / (runs[at]?.recipients ?? MILLION));
  console.log(`${'sum'.padEnd(28)}${totals.map((total) => column(usd(total))).join('')}`);
  return totals;
}

function showGrowth(runs: readonly Run[], of: Prices): void {
  console.log(
    `\n${['recipients', 'cost', 'per 1,000,000', 'CPU', 'Lambda time', 'DynamoDB', 'S3', 'provider'].map(column).join('')}`,
  );
  for (const { recipients, counts, lambda, cpuMs } of runs) {
    const cost = totalOf(costOf(counts, lambda, of));
    const calls = (service: string) =>
      Object.entries(counts.calls)
        .filter(([name]) => name.startsWith(`${service}.`))
        .reduce((sum, [, count]) => sum + count, 0)
        .toLocaleString('en');
    const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
    const cells = [
      recipients.toLocaleString('en'),
      usd(cost),
      usd((cost * MILLION) / recipients),
      seconds(cpuMs),
      seconds(lambda.reduce((sum, use) => sum + use.durationMs, 0)),
      ...[calls('dynamodb'), calls('s3'), calls('provider')],
    ];
    console.log(cells.map(column).join(''));
  }
}

async function main(
  bench: Bench,
  channel: Channel,
  region: string,
  scales: readonly number[],
): Promise<boolean> {
  const regional = (prices as Readonly<Record<string, Prices>>)[region];
  if (!regional) throw new Error(`--region is ${region}; allowed: ${Object.keys(prices).join(', ')}`);
  const of: Prices = { ...prices['us-east-1'], ...regional };
  const runs: Run[] = [];
  for (const recipients of scales) {
    runs.push(await ran(bench, { name: `plain-${recipients}`, channel, recipients }));
  }
  const small = { channel, recipients: 10_000 };
  const capped = await ran(bench, { ...small, name: 'capped', request: { Limits: { Daily: 5 } } });
  const hook = { Hook: { LambdaFunctionName: 'filter', Mode: 'FILTER' as const } };
  const hooked = await ran(bench, { ...small, name: 'hooked', request: hook });
  const largest = runs.at(-1);
  if (!largest) return false;
  const borrowed =
    region === 'us-east-1' ? '' : `, ${Object.keys(regional).join(', ')}; all others us-east-1`;
  console.log(`list prices of ${region}${borrowed}\n`);
  const [total = Number.POSITIVE_INFINITY] = showBills(
    [`${largest.recipients.toLocaleString('en')} run`, 'daily cap', 'hook'],
    [largest, capped, hooked],
    of,
  );
  showGrowth(runs, of);
  const pinpoint = (of['pinpointEndpoints']?.usd ?? 0) * MILLION;
  console.log(
    `\nPinpoint asked ${usd(pinpoint)} for 1,000,000 targeted endpoints, beside its providers' prices.`,
  );
  return figure("the engine's cost of 1,000,000 messages", total, 'USD', { atMost: MOST_USD });
}

const { values } = parseArgs({
  options: {
    region: { type: 'string', default: 'us-east-1' },
    channel: { type: 'string', default: 'push' },
    million: { type: 'boolean', default: false },
  },
});
const channel = CHANNELS[values.channel];
if (!channel) throw new Error(`--channel is ${values.channel}; allowed: ${Object.keys(CHANNELS).join(', ')}`);
console.log(machine());
const canned = await startCanned();
const workers = bundleWorker();
const memory = { resolve: memoryOf('pinpoint-resolve'), deliver: memoryOf('pinpoint-deliver') };
try {
  const scales = [10_000, 100_000, ...(values.million ? [MILLION] : [])];
  process.exitCode = (await main({ canned, workers, memory }, channel, values.region, scales)) ? 0 : 1;
} finally {
  workers.remove();
  await canned.stop();
}
