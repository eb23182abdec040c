/** What a run costs: its counts at list prices. */
import type { Counts } from './counts.ts';

export interface Price {
  readonly usd: number;
  /** What the price is for: so many units. */
  readonly per: number;
  readonly unit: string;
  /** Where the price was read, and when. */
  readonly source: string;
}
export type Prices = Readonly<Record<string, Price>>;

/** Invocations of one function and what they took. */
export interface LambdaUse {
  readonly invocations: number;
  readonly durationMs: number;
  readonly memoryMb: number;
}

export interface CostLine {
  readonly name: string;
  readonly amount: number;
  readonly usd: number;
}

/** One vCPU of Lambda comes with so much memory; with less a function gets its share of one. */
const MB_PER_CPU = 1769;

/** How long a function works: its CPU time, stretched when it has less than one CPU, and what it waits for. */
export const durationMs = (cpuMs: number, waitMs: number, memoryMb: number): number =>
  cpuMs * Math.max(1, MB_PER_CPU / memoryMb) + waitMs;

/**
 * Milliseconds that calls take when they are made one after the other, or `beside` of them at a time. Operations that have
 * no latency are an error: nothing is free.
 */
export function waitMs(
  calls: Counts['calls'],
  latencyMs: Readonly<Record<string, number>>,
  beside: Readonly<Record<string, number>> = {},
): number {
  return Object.entries(calls).reduce((sum, [name, count]) => {
    const each = latencyMs[name];
    if (each === undefined) throw new Error(`There is no latency for ${name}`);
    return sum + (count * each) / (beside[name] ?? 1);
  }, 0);
}

/** Each line of the bill. `prices` must have them all. */
export function costOf(
  counts: Omit<Counts, 'calls' | 'ledgerRecords' | 'providerMessages'>,
  uses: readonly LambdaUse[],
  prices: Prices,
): CostLine[] {
  const line = (name: string, amount: number): CostLine => {
    const price = prices[name];
    if (!price) throw new Error(`There is no price ${name}`);
    return { name, amount, usd: (amount * price.usd) / price.per };
  };
  const sum = (of: (use: LambdaUse) => number) => uses.reduce((total, use) => total + of(use), 0);
  return [
    line(
      'lambdaRequests',
      sum(({ invocations }) => invocations),
    ),
    line(
      'lambdaGbSeconds',
      sum((use) => (use.durationMs / 1000) * (use.memoryMb / 1024)),
    ),
    line('dynamodbWrites', counts.writeUnits),
    line('dynamodbReads', counts.readUnits),
    line('sqsRequests', counts.queueRequests),
    line('kinesisIn', counts.streamBytes),
    line('kinesisOut', counts.streamBytes),
    line('firehose', counts.deliveryBytes),
    line('firehoseConversion', counts.deliveryBytes),
    line('firehosePartitioning', counts.deliveryBytes),
  ];
}

export const totalOf = (lines: readonly CostLine[]): number => lines.reduce((sum, { usd }) => sum + usd, 0);
