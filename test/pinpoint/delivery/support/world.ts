import type { Outcome, OutgoingMessage } from '../../../../lambdas/pinpoint/channels/ports.ts';
import type { AccountPace } from '../../../../lambdas/pinpoint/delivery/account-pace.ts';
import { planCache } from '../../../../lambdas/pinpoint/delivery/plans.ts';
import { recipientsOf } from '../../../../lambdas/pinpoint/delivery/recipients.ts';
import { type LaneDeps, runLane } from '../../../../lambdas/pinpoint/delivery/run-lane.ts';
import { LEASE_MS } from '../../../../lambdas/pinpoint/delivery/slice-work.ts';
import type { EndpointDefinition } from '../../../../lambdas/pinpoint/endpoints/definition.ts';
import type { HookResult } from '../../../../lambdas/pinpoint/hooks/run-hook.ts';
import type { LedgerRecord } from '../../../../lambdas/pinpoint/ledger/record.ts';
import type { DottedValues } from '../../../../lambdas/pinpoint/ports.ts';
import { closeRun } from '../../../../lambdas/pinpoint/runs/close-run.ts';
import { queueLanes } from '../../../../lambdas/pinpoint/runs/lanes.ts';
import {
  type Entry,
  type LaneMessage,
  planKey,
  type RunPlan,
  type RunRow,
  type SkippedEntry,
  type SliceObject,
  type SliceRow,
} from '../../../../lambdas/pinpoint/runs/run.ts';
import type { Ctx } from '../../../../lambdas/shared/context.ts';
import { memoryCaps } from '../../caps/support/memory.ts';
import { memoryObjects, memoryRegistry, memoryRunStore } from '../../runs/support/memory.ts';

export const START = Date.UTC(2026, 10, 1, 9);
export const ACTIVITY = 'activity-1';
const APP = 'app-1';
/** Lanes a world works on at most: a loop that never ends is told from a long one. */
const MOST_LANES = 3000;

export const PLAN: RunPlan = {
  applicationId: APP,
  campaignId: 'campaign-1',
  activityId: ACTIVITY,
  treatments: [
    {
      treatmentId: '0',
      activityId: ACTIVITY,
      message: {
        GCMMessage: {
          Title: 'Hello {{User.UserId}}',
          Body: '{{User.UserAttributes.name}}{{Attributes.plan}}',
        },
      },
    },
  ],
  scheduledTime: new Date(START).toISOString(),
  campaignTags: '{}',
  userNames: ['User.UserAttributes.name'],
};

/** A hook's verdict on an endpoint; `times`: how often it was asked about it before. */
export type Judge = (id: string, times: number, endpoint: EndpointDefinition) => HookResult;

export interface WorldOptions {
  readonly entries: number;
  /** Recipients of a slice; all of them unless said otherwise. */
  readonly perSlice?: number;
  /** Of the first slice. */
  readonly skipped?: readonly SkippedEntry[];
  /** What the provider answers; `sent` unless said otherwise. */
  readonly answer?: (message: OutgoingMessage, attempt: number) => Outcome;
  readonly plan?: Partial<RunPlan>;
  readonly kind?: string;
  readonly channelType?: string;
  readonly hook?: Judge;
  /** How long the hook takes, milliseconds. */
  readonly hookMs?: number;
  /** How long a provider call takes, milliseconds. */
  readonly callMs?: number;
  readonly recipients?: readonly string[];
  readonly account?: (clock: () => number) => AccountPace;
  readonly ratePerMinute?: number;
  readonly endBy?: number;
  /** When each slice may begin, epoch milliseconds. */
  readonly notBefore?: number;
}

const unlimited = (clock: () => number): AccountPace => ({
  callLimit: async (_kind, callSize) => callSize,
  take: async () => ({ startAt: clock() }),
});

export interface ProviderCall {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly ids: readonly string[];
}

/** A resolved run, its endpoints, a queue and a provider that remembers what it was given, on one simulated clock. */
export class World {
  now = START;
  halted = false;
  readonly runs = memoryRunStore();
  readonly objects = memoryObjects();
  readonly registry = memoryRegistry();
  readonly caps = memoryCaps();
  readonly queue: { readonly message: LaneMessage; readonly at: number; readonly delaySeconds: number }[] =
    [];
  readonly ledger: LedgerRecord[] = [];
  readonly calls: ProviderCall[] = [];
  readonly sent: OutgoingMessage[] = [];
  /** How often the provider was given a message, by endpoint id. */
  readonly attempts = new Map<string, number>();
  /** How often the hook was asked, by endpoint id. */
  readonly asked = new Map<string, number>();
  readonly deactivated: string[] = [];
  readonly readdressed: string[][] = [];
  readonly pauses: RunRow[] = [];
  readonly naps: number[] = [];
  readonly endpoints = new Map<string, DottedValues>();
  /** Compiled once for all workers: a plan never changes, and compiling is most of a short lane. */
  readonly #plans = planCache(this.objects);
  readonly #options: WorldOptions;
  #owners = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
  }

  async build(): Promise<this> {
    const { entries, perSlice = entries, plan, hook, endBy, ratePerMinute } = this.#options;
    const { kind = 'push', channelType = 'GCM', skipped = [], notBefore = 0 } = this.#options;
    const all = Array.from({ length: entries }, (_, index): Entry => {
      return { e: `e${index}`, u: `u${index}`, c: channelType, v: [[`name${index}`]] };
    });
    for (const { e } of all)
      this.endpoints.set(e, {
        Address: `token-${e}`,
        ChannelType: channelType,
        EndpointStatus: 'ACTIVE',
        OptOut: 'NONE',
        'Attributes.plan': ['gold'],
      });
    const slices = Math.ceil(entries / perSlice);
    const campaign = { activityId: ACTIVITY, appId: APP, campaignId: PLAN.campaignId };
    await this.runs.takeUp(
      { ...campaign, callSize: 100, listLines: entries, endBy, ratePerMinute },
      this.now,
      this.now,
    );
    for (let number = 1; number <= slices; number++) {
      const own = number === 1 ? skipped : [];
      const byReason: Record<string, number> = {};
      for (const { r } of own) byReason[r] = (byReason[r] ?? 0) + 1;
      const object: SliceObject = {
        ...{ kind, treatmentId: '0', skipped: own },
        entries: all.slice((number - 1) * perSlice, number * perSlice),
      };
      await this.objects.put(`slice-${number}`, object);
      await this.runs.putSlice(
        {
          ...{ activityId: ACTIVITY, number, attempt: 1, objectKey: `slice-${number}`, treatmentId: '0' },
          ...{ entries: object.entries.length, skipped: byReason, notBefore },
        },
        this.now,
      );
    }
    await this.runs.resolved(ACTIVITY, 1, { lines: entries, slices, metrics: {} });
    await this.objects.put(planKey(ACTIVITY), { ...PLAN, ...(hook ? { hook: 'hook' } : {}), ...plan });
    return this;
  }

  get clock(): () => number {
    return () => this.now;
  }

  /** What one worker has. */
  deps(): LaneDeps {
    const { recipients = ['*'], account = unlimited, hookMs = 0 } = this.#options;
    const provider = { send: async (messages: readonly OutgoingMessage[]) => this.#provided(messages) };
    return {
      registry: this.registry,
      runs: this.runs,
      objects: this.objects,
      plans: this.#plans,
      endpoints: {
        endpoints: async (_app, ids, names) => {
          const rows = ids.flatMap((id) => {
            const whole = this.endpoints.get(id);
            const chosen = Object.entries(whole ?? {}).filter(([name]) => names?.includes(name) ?? true);
            return whole ? [[id, Object.fromEntries(chosen)] as const] : [];
          });
          return new Map(rows);
        },
        users: async (_app, ids) =>
          new Map(
            ids.map((id) => [
              id,
              { values: { 'User.UserAttributes.grade': [`grade-${id}`] }, endpoints: [] },
            ]),
          ),
        deactivate: async (_app, id) => void this.deactivated.push(id),
        readdress: async (_app, id, from, to) => void this.readdressed.push([id, from, to]),
      },
      adapters: { push: provider, custom: provider },
      caps: this.caps,
      askHook: async (_plan, _treatment, endpoints) => {
        this.now += hookMs;
        return new Map([...endpoints].map(([id, endpoint]) => [id, this.#judged(id, endpoint)]));
      },
      recipients: recipientsOf(recipients),
      account: account(this.clock),
      killSwitch: { isOff: async () => this.halted },
      paused: async (run) => void this.pauses.push(run),
      ledger: {
        write: async (_lane, records) => {
          this.now += 1;
          this.ledger.push(...records);
        },
      },
      sliceQueue: {
        send: async (message, { delaySeconds = 0 } = {}) => this.#queued(message, delaySeconds),
        sendAll: async (messages) => {
          for (const message of messages) this.#queued(message, 0);
        },
      },
      clock: this.clock,
      moment: () => ({ now: this.clock(), timeZone: 'Asia/Seoul', newId: () => 'uuid' }),
      sleep: async (ms) => {
        this.naps.push(ms);
        this.now += ms;
      },
      random: () => 0.5,
      newId: () => `owner-${this.#owners++}`,
    };
  }

  ctx(timeMs = 900_000): Ctx {
    return { actor: 'test', requestId: 'r', now: this.now, deadline: this.now + timeMs };
  }

  /** One lane, by a healthy worker. */
  async lane(message: LaneMessage = LANE, deps = this.deps(), timeMs = 900_000): Promise<void> {
    await runLane(deps, this.ctx(timeMs), message);
  }

  /** Plays the queue in the order of its times until it is empty, or only up to a time. */
  async drained(until = Number.POSITIVE_INFINITY): Promise<void> {
    for (let lanes = 0; this.queue.length > 0; lanes++) {
      if (lanes > MOST_LANES) throw new Error('The queue never runs empty');
      this.queue.sort((a, b) => a.at - b.at);
      if ((this.queue[0]?.at ?? 0) > until) return;
      const next = this.queue.shift();
      if (!next) return;
      this.now = Math.max(this.now, next.at);
      await this.lane(next.message);
    }
  }

  /** Healthy workers take up what is left, as the tick sees to it when leases are over. */
  async finished(): Promise<void> {
    for (let ticks = 0; ticks < 50; ticks++) {
      await this.drained();
      if ((await this.slices()).every(({ done }) => done))
        return void (await closeRun(this.deps(), ACTIVITY));
      this.now += LEASE_MS + 1000;
      await this.woken();
    }
    throw new Error('The run never ended');
  }

  /** Queues what the run needs, as the tick and whoever resumes it do. */
  async woken(): Promise<void> {
    await queueLanes(this.deps(), await this.run(), this.now);
  }

  async run(): Promise<RunRow> {
    const run = await this.runs.get(ACTIVITY);
    if (!run) throw new Error('There is no run');
    return run;
  }

  slices = (): Promise<readonly SliceRow[]> => this.runs.slices(ACTIVITY);

  #queued(message: LaneMessage, delaySeconds: number): void {
    this.queue.push({ message, delaySeconds, at: this.now + delaySeconds * 1000 });
  }

  #judged(id: string, endpoint: EndpointDefinition): HookResult {
    const times = this.asked.get(id) ?? 0;
    this.asked.set(id, times + 1);
    return this.#options.hook?.(id, times, endpoint) ?? { kind: 'keep' };
  }

  #provided(messages: readonly OutgoingMessage[]): Outcome[] {
    this.calls.push({ at: this.now, ids: messages.map(({ identity }) => identity.endpointId) });
    this.now += this.#options.callMs ?? 1;
    return messages.map((message): Outcome => {
      const attempt = (this.attempts.get(message.identity.endpointId) ?? 0) + 1;
      this.attempts.set(message.identity.endpointId, attempt);
      const outcome = this.#options.answer?.(message, attempt) ?? { kind: 'sent', providerMessageId: 'p' };
      if (outcome.kind === 'sent') this.sent.push(message);
      return outcome;
    });
  }
}

export const worldOf = (options: WorldOptions): Promise<World> => new World(options).build();

/** A lane without a slice of its own. */
export const LANE: LaneMessage = { activityId: ACTIVITY, epoch: 1 };
export const laneOf = (slice: number): LaneMessage => ({ ...LANE, slice });

const rank = (status: string): number =>
  status === 'sent' || status === 'failed' ? 1 : status === 'uncertain' ? 2 : 3;

/** One final state by endpoint id, as the view `messages` takes it (lib/pinpoint/views/messages.sql). */
export function finalStates(
  ledger: readonly LedgerRecord[],
): Map<string, { status: string; reason: string }> {
  const best = new Map<string, LedgerRecord>();
  for (const record of ledger) {
    const id = record.endpoint_id ?? '';
    const before = best.get(id);
    if (!before || comesBefore(record, before)) best.set(id, record);
  }
  return new Map([...best].map(([id, { status = '', reason = '' }]) => [id, { status, reason }] as const));
}

function comesBefore(one: LedgerRecord, other: LedgerRecord): boolean {
  const ranks = rank(one.status ?? '') - rank(other.status ?? '');
  if (ranks !== 0) return ranks < 0;
  if (one.occurred_at !== other.occurred_at) return one.occurred_at > other.occurred_at;
  return one.record_id < other.record_id;
}
