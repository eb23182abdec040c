import { evenly } from './spread.ts';

/** What AWS does now and then, to order. Shares lie between 0 and 1 and are evenly spread: 0.2 is every fifth. */
export interface TroubleOrders {
  /** By function: share of its invocations whose worker is ended before it answers. */
  readonly kills?: Readonly<Record<string, number>>;
  /** By queue: share of its messages that come twice, the second time while the first is worked on or later. */
  readonly repeats?: Readonly<Record<string, number>>;
  /** By function: share of the times its schedule should fire that nothing comes. */
  readonly missedTicks?: Readonly<Record<string, number>>;
  /** How many queries Athena fails from now on, as one that may be tried again. */
  readonly failingQueries?: number;
}

/** How often each trouble struck since the start. */
export interface Struck {
  readonly kills: number;
  readonly repeats: number;
  readonly missedTicks: number;
  readonly failingQueries: number;
}

/** Kills come within this time of the invocation's beginning; most of them early, where short functions still are. */
const LATEST_KILL_MS = 400;
const GOLDEN = 0.618033988749895;

/** The orders in force. A restart forgets them. */
export class Troubles {
  private orders: TroubleOrders = {};
  private readonly spread = new Map<string, ReturnType<typeof evenly>>();
  private queries = 0;
  private kills = 0;
  private readonly counts = { kills: 0, repeats: 0, missedTicks: 0, failingQueries: 0 };

  /** Replaces all orders. */
  order(orders: TroubleOrders): void {
    this.orders = orders;
    this.queries = orders.failingQueries ?? 0;
  }

  get struck(): Struck {
    return { ...this.counts };
  }

  /** After how many milliseconds this invocation's worker is to be ended; undefined: it may live. */
  killAfterMs(functionName: string): number | undefined {
    if (!this.meets(`kill ${functionName}`, shareOf(this.orders.kills, functionName))) return undefined;
    this.kills += 1;
    return ((this.kills * GOLDEN) % 1) ** 2 * LATEST_KILL_MS;
  }

  killed(): void {
    this.counts.kills += 1;
  }

  /** Whether a message of the queue comes once more. */
  repeats(queueName: string): boolean {
    const met = this.meets(`repeat ${queueName}`, shareOf(this.orders.repeats, queueName));
    if (met) this.counts.repeats += 1;
    return met;
  }

  /** Whether a schedule's time goes by without its function. */
  missesTick(functionName: string): boolean {
    const met = this.meets(`miss ${functionName}`, shareOf(this.orders.missedTicks, functionName));
    if (met) this.counts.missedTicks += 1;
    return met;
  }

  /** Whether this query fails. */
  failsQuery(): boolean {
    if (this.queries === 0) return false;
    this.queries -= 1;
    this.counts.failingQueries += 1;
    return true;
  }

  private meets(of: string, share: number): boolean {
    if (share === 0) return false;
    const meets = this.spread.get(of) ?? evenly();
    this.spread.set(of, meets);
    return meets(share);
  }
}

/** Names end in what a person calls them: `repoint-local-campaigns-tick` is `campaigns-tick`. */
export const isNamed = (physicalName: string, name: string): boolean =>
  physicalName === name || physicalName.endsWith(`-${name}`);

function shareOf(shares: Readonly<Record<string, number>> | undefined, physicalName: string): number {
  const found = Object.entries(shares ?? {}).find(([name]) => isNamed(physicalName, name));
  return found?.[1] ?? 0;
}
