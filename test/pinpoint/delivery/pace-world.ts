import type { AccountPace, AccountRows } from '../../../lambdas/pinpoint/delivery/account-pace.ts';
import { Grants } from '../../../lambdas/pinpoint/delivery/grants.ts';
import { spreadSeconds } from '../../../lambdas/pinpoint/delivery/pace.ts';
import { queueLanes } from '../../../lambdas/pinpoint/runs/lanes.ts';
import type { ControlChange, RunStore } from '../../../lambdas/pinpoint/runs/ports.ts';
import type { LaneMessage, RunRow } from '../../../lambdas/pinpoint/runs/run.ts';
import { randomOf, VirtualTime } from '../../support/virtual-time.ts';
import { memoryRunStore } from '../runs/support/memory.ts';

export const START = Date.UTC(2026, 10, 1, 9);
/** Slices enough for every lane, and for good: the run never comes to its end here. */
const SLICES = 1000;
const SLICE_ENTRIES = 1000;
/** A worker's time before a lane goes back onto the queue, milliseconds. */
const TURN_MS = 40_000;
/** A request on the run's row takes so long on the average, milliseconds. */
const GRANT_MS = 7;
/** Reading the run, its plan and the slice before a lane's first question, milliseconds. */
const TAKE_UP_MS = 40;

export interface Load {
  readonly ratePerMinute: number | undefined;
  readonly workers: number;
  /** Messages in a full call of the channel. */
  readonly callSize: number;
  /** How many of the allowed messages a call holds; all unless said otherwise. */
  readonly filled?: (allowed: number, random: () => number) => number;
  /** Milliseconds a provider call takes. */
  readonly latency: (random: () => number, worker: number) => number;
  readonly seed?: number;
  /** One a worker, as each worker is a process of its own. */
  readonly account?: () => AccountPace;
  readonly activityId?: string;
}

/** One lane's grants, and the instant the last one gave. */
interface Lane {
  readonly grants: Grants;
  readonly startAt: number;
}

/** A call that was granted: how many messages, and the instant it may start, epoch milliseconds. */
export interface Start {
  readonly at: number;
  readonly messages: number;
  /** Milliseconds until its lane could make another one. */
  readonly busyMs: number;
}

export const NO_QUOTA: AccountPace = {
  callLimit: async (_kind, callSize) => callSize,
  take: async () => ({ startAt: 0 }),
};

/** A port whose calls take milliseconds, half before they have their effect and half after. */
export function slowed<Port extends object>(port: Port, time: VirtualTime, ms: () => number): Port {
  return new Proxy(port, {
    get: (target, name, receiver) => {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        const half = ms() / 2;
        await time.sleep(half);
        const answer: unknown = await member.apply(target, args);
        await time.sleep(half);
        return answer;
      };
    },
  });
}

/** Workers that take lanes from a queue and make calls by real grants, on virtual time. */
export class PaceWorld {
  readonly starts: Start[] = [];
  readonly longestWaits = { sleep: 0, delay: 0 };
  /** Requests on the run's row, and lanes that came from the queue. */
  readonly asked = { grants: 0, lanes: 0 };
  readonly time: VirtualTime;
  readonly store: RunStore;
  readonly activityId: string;
  readonly #load: Load;
  readonly #random: () => number;
  readonly #ready: LaneMessage[] = [];
  readonly #idle: (() => void)[] = [];
  readonly #accounts: readonly AccountPace[];

  private constructor(load: Load, time: VirtualTime) {
    this.time = time;
    this.#load = load;
    this.#random = randomOf(load.seed ?? 1);
    this.activityId = load.activityId ?? 'run';
    this.#accounts = Array.from({ length: load.workers }, () => load.account?.() ?? NO_QUOTA);
    this.store = memoryRunStore();
  }

  /** A resolved run whose lanes are queued and whose workers wait. */
  static async of(load: Load, time = new VirtualTime(START)): Promise<PaceWorld> {
    const world = new PaceWorld(load, time);
    const { activityId, store } = world;
    const { callSize, ratePerMinute } = load;
    const campaign = { activityId, appId: 'app', campaignId: 'c', listLines: 0 };
    await store.takeUp({ ...campaign, callSize, ratePerMinute }, START, START);
    await store.resolved(activityId, 1, { lines: 0, slices: SLICES, metrics: {} });
    const run = await store.get(activityId);
    if (!run) throw new Error('There is no run');
    for (let worker = 0; worker < load.workers; worker++) time.go(() => world.#worker(worker));
    await world.#lanes(run);
    return world;
  }

  /** Lanes that lie in the queue. */
  get waiting(): number {
    return this.#ready.length;
  }

  /** Changes the run's controls as a campaign's update does, and queues the lanes it needs from then on. */
  async control(change: ControlChange): Promise<void> {
    const after = await this.store.control(this.activityId, change);
    if (after && after.paused === undefined) await this.#lanes(after);
  }

  async #lanes(run: RunRow): Promise<void> {
    await queueLanes({ runs: this.store, sliceQueue: this.#sliceQueue }, run, this.time.now());
  }

  readonly #sliceQueue = {
    send: async (message: LaneMessage, { delaySeconds = 0 } = {}) => this.#queue(message, delaySeconds),
    sendAll: async (messages: readonly LaneMessage[]) => {
      for (const message of messages) this.#queue(message, 0);
    },
  };

  /** A message comes up to a second later than its delay says. */
  #queue(message: LaneMessage, delaySeconds: number): void {
    this.longestWaits.delay = Math.max(this.longestWaits.delay, delaySeconds);
    this.time.go(
      async () => {
        this.#ready.push(message);
        this.#idle.shift()?.();
      },
      (delaySeconds + this.#random()) * 1000,
    );
  }

  async #worker(worker: number): Promise<void> {
    for (;;) {
      const message = this.#ready.shift();
      if (message) await this.#lane(message, worker);
      else await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  async #lane(message: LaneMessage, worker: number): Promise<void> {
    this.asked.lanes += 1;
    await this.time.sleep(TAKE_UP_MS);
    const run = await this.store.get(this.activityId);
    if (!run || (message.slice === undefined && message.epoch !== run.epoch)) return;
    const until = this.time.now() + TURN_MS;
    if (message.slice === undefined && !(await this.store.nextSlice(this.activityId))) return;
    const lane = this.#grants(run, worker);
    while (this.time.now() < until) {
      const end = await this.#call(lane, worker);
      if (end === 'on') continue;
      if (end === undefined) return;
      const spread = spreadSeconds(run.ratePerMinute, SLICE_ENTRIES, this.#random);
      this.#queue({ ...message, slice: 1 }, end + spread);
      return;
    }
    // Its slice is not done yet: it comes back with it, whatever the epoch is then.
    this.#queue({ ...message, slice: 1 }, 0);
  }

  #grants(run: RunRow, worker: number): Lane {
    const { time } = this;
    const lane = { startAt: 0 };
    const runs = slowed(
      { grant: this.store.grant, control: this.store.control },
      time,
      () => 2 * GRANT_MS * this.#random(),
    );
    // No two workers' clocks are the same.
    const clock = () => Math.floor(time.now()) + ((worker * 7) % 41) - 20;
    const grants = new Grants(
      {
        runs: {
          ...runs,
          grant: async (...args) => {
            this.asked.grants += 1;
            const answer = await runs.grant(...args);
            if (answer.granted) lane.startAt = answer.startAt;
            return answer;
          },
        },
        killSwitch: { isOff: async () => false },
        paused: async () => undefined,
        sliceQueue: this.#sliceQueue,
        account: this.#accounts[worker] ?? NO_QUOTA,
        clock,
        sleep: (ms) => {
          this.longestWaits.sleep = Math.max(this.longestWaits.sleep, ms);
          return time.sleep(ms);
        },
      },
      run,
    );
    return Object.assign(lane, { grants });
  }

  /** One call: `on` when it was made, else the delay with which the lane goes back; undefined when it ends. */
  async #call(lane: Lane, worker: number): Promise<'on' | number | undefined> {
    const kind = { name: 'push', callSize: this.#load.callSize };
    const { grants } = lane;
    const { filled = (allowed: number) => allowed } = this.#load;
    let messages = filled(await grants.callLimit(kind), this.#random);
    for (;;) {
      const grant = await grants.take(messages, kind);
      if (grant.kind === 'smaller') {
        messages = Math.min(messages - 1, await grants.callLimit(kind));
        continue;
      }
      if (grant.kind === 'wait') return grant.delaySeconds;
      if (grant.kind !== 'go') return undefined;
      break;
    }
    const latency = this.#load.latency(this.#random, worker);
    this.starts.push({ at: lane.startAt, messages, busyMs: latency + GRANT_MS });
    await this.time.sleep(latency);
    grants.report(messages, 0);
    return 'on';
  }
}

/** An account's rows in memory, as DynamoDB keeps them. */
export function memoryAccountRows(): AccountRows {
  const rows = new Map<string, number>();
  return {
    async book(kind, { now, costMs, ahead, horizonMs }) {
      const nextAt = rows.get(kind);
      const isFree = ahead
        ? nextAt !== undefined && nextAt >= now && nextAt <= now + horizonMs
        : (nextAt ?? 0) <= now;
      if (!isFree) return { granted: false, nextAt: nextAt ?? 0 };
      const after = (ahead ? (nextAt ?? 0) : now) + costMs;
      rows.set(kind, after);
      return { granted: true, nextAt: after };
    },
  };
}

/** The most messages that start within any half-open window of `windowMs`. */
export function mostWithin(starts: readonly Pick<Start, 'at' | 'messages'>[], windowMs: number): number {
  const sorted = [...starts].sort((a, b) => a.at - b.at);
  let [most, sum, first] = [0, 0, 0];
  for (const { at, messages } of sorted) {
    sum += messages;
    for (let head = sorted[first]; head && head.at <= at - windowMs; head = sorted[++first])
      sum -= head.messages;
    most = Math.max(most, sum);
  }
  return most;
}

export const messagesIn = (
  starts: readonly Pick<Start, 'at' | 'messages'>[],
  from: number,
  to: number,
): number =>
  starts.filter(({ at }) => at >= from && at < to).reduce((sum, { messages }) => sum + messages, 0);
