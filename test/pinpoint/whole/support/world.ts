import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { appKey } from '../../../../lambdas/pinpoint/apps/app.ts';
import {
  type ActivityRow,
  activityPrefix,
  appPartition,
  type CampaignRow,
  campaignKey,
} from '../../../../lambdas/pinpoint/campaigns/campaign.ts';
import { campaignOperations } from '../../../../lambdas/pinpoint/campaigns/operations.ts';
import { tick } from '../../../../lambdas/pinpoint/campaigns/tick.ts';
import type { Outcome, OutgoingMessage } from '../../../../lambdas/pinpoint/channels/ports.ts';
import { planCache } from '../../../../lambdas/pinpoint/delivery/plans.ts';
import { recipientsOf } from '../../../../lambdas/pinpoint/delivery/recipients.ts';
import { type LaneDeps, runLane } from '../../../../lambdas/pinpoint/delivery/run-lane.ts';
import type { HookResult } from '../../../../lambdas/pinpoint/hooks/run-hook.ts';
import type { LedgerRecord } from '../../../../lambdas/pinpoint/ledger/record.ts';
import type {
  DottedValues,
  SegmentLine,
  SegmentRow,
  UserEndpoint,
  UserWithEndpoints,
} from '../../../../lambdas/pinpoint/ports.ts';
import type { EngineCtx } from '../../../../lambdas/pinpoint/protocol/operation.ts';
import { resolveRun } from '../../../../lambdas/pinpoint/runs/resolve-run.ts';
import type { LaneMessage, RunMessage, RunRow } from '../../../../lambdas/pinpoint/runs/run.ts';
import { showPause } from '../../../../lambdas/pinpoint/runs/show-pause.ts';
import { wakeRuns } from '../../../../lambdas/pinpoint/sending/wake-runs.ts';
import { templateFinder } from '../../../../lambdas/pinpoint/templates/find-template.ts';
import { randomOf } from '../../../support/virtual-time.ts';
import { memoryCaps } from '../../caps/support/memory.ts';
import { Fault } from '../../runs/support/faults.ts';
import { memoryObjects, memoryRegistry, memoryRunStore } from '../../runs/support/memory.ts';
import { memoryContents } from '../../templates/support/memory.ts';

export const START = Date.UTC(2026, 10, 1, 9);
const APP = 'app';
const SEGMENT = 'segment';
/** Some ahead of UTC, some behind, some that are none. */
const ZONES = ['Asia/Seoul', 'UTC', 'Atlantic/Azores', 'Mars/Olympus', 'America/New_York', ''];
/** Lines that come together: a function whose time is short is cut off after each. */
const CHUNK = 25;

/** What meets a function at its nth call to any port: it is killed there, or something else happens meanwhile. */
export interface Trouble {
  readonly at: number;
  /** Before or after the call takes effect. */
  readonly moment: 'before' | 'after';
  /** It lives on, and this happens in between. */
  readonly meanwhile?: ((world: WholeWorld) => Promise<void>) | undefined;
}

export interface WorldOptions {
  readonly users: number;
  readonly request?: Partial<WriteCampaignRequest>;
  readonly hook?: (id: string, times: number) => HookResult;
  readonly answer?: (id: string, attempt: number) => Outcome;
  readonly seed?: number;
}

/** A message of the queue `runs` or of the queue `slices`, and when it comes. */
interface Queued {
  readonly at: number;
  readonly run?: RunMessage;
  readonly lane?: LaneMessage;
}

type Wrap = <Port extends object>(port: Port) => Port;

/** A port during whose nth call, counted over all ports of a function, something else happens. */
function interrupted<Port extends object>(
  port: Port,
  calls: { left: number; readonly trouble: Trouble | undefined },
  world: () => WholeWorld,
): Port {
  return new Proxy(port, {
    get: (target, name, receiver) => {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        calls.left -= 1;
        const strikes = calls.left === 0;
        if (strikes && calls.trouble?.moment === 'before') await calls.trouble.meanwhile?.(world());
        const answer: unknown = await member.apply(target, args);
        if (strikes && calls.trouble?.moment === 'after') await calls.trouble.meanwhile?.(world());
        return answer;
      };
    },
  });
}

const endpointsOf = (n: number): UserEndpoint[] => [
  ...Array.from({ length: 1 + (n % 3) }, (_, at): UserEndpoint => {
    const address = n % 17 === 5 && at === 0 ? 'shared-token' : `token-${n}-${at}`;
    const optOut = n % 11 === 3 ? 'ALL' : 'NONE';
    return { id: `구독자-${n}-${at}`, channel: at === 1 ? 'APNS' : 'GCM', address, status: 'ACTIVE', optOut };
  }),
  { id: `mail-${n}`, channel: 'EMAIL', address: `${n}@example.com`, status: 'ACTIVE', optOut: 'NONE' },
];

/** The engine from CreateCampaign to the last message in memory: its API, its tick, its workers and their queues. */
export class WholeWorld {
  now = START;
  halted = false;
  readonly ledger: LedgerRecord[] = [];
  readonly accepted: string[] = [];
  readonly registry = memoryRegistry();
  readonly runs = memoryRunStore();
  readonly #objects = memoryObjects();
  readonly #contents = memoryContents();
  readonly #caps = memoryCaps();
  readonly #users: ReadonlyMap<string, UserWithEndpoints>;
  readonly #rows: ReadonlyMap<string, DottedValues>;
  readonly #lines: readonly SegmentLine[];
  readonly #options: WorldOptions;
  readonly #random: () => number;
  readonly #plans = planCache(this.#objects);
  #queue: Queued[] = [];
  readonly #attempts = new Map<string, number>();
  readonly #asked = new Map<string, number>();
  #ids = 0;
  campaignId = '';

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#random = randomOf(options.seed ?? 1);
    const users = Array.from({ length: options.users }, (_, n): [string, UserWithEndpoints] => [
      `회원 ${n}`,
      { values: {}, endpoints: endpointsOf(n) },
    ]);
    this.#users = new Map(users);
    this.#rows = new Map(
      users.flatMap(([, { endpoints }]) =>
        endpoints.map(({ id, channel = '', address = '', status, optOut }, at) => [
          id,
          {
            ...{ Address: address, ChannelType: channel, EndpointStatus: status, OptOut: optOut },
            'Demographic.Timezone': ZONES[(id.length + at) % ZONES.length] ?? '',
          },
        ]),
      ),
    );
    // Each seventh is in the list twice.
    this.#lines = users.flatMap(([u], n) => (n % 7 === 0 ? [{ u }, { u }] : [{ u }]));
  }

  get waiting(): number {
    return this.#queue.length;
  }

  async created(): Promise<this> {
    await this.registry.create(appKey(APP), { id: APP, name: 'shop', tags: {}, creationDate: '' });
    const request: WriteCampaignRequest = {
      Name: 'sale',
      SegmentId: SEGMENT,
      Schedule: { StartTime: 'IMMEDIATE' },
      MessageConfiguration: { DefaultMessage: { Body: 'hello {{User.UserId}}' } },
      ...this.#options.request,
    };
    const create = this.#operations((port) => port).CreateCampaign;
    const answer = await create({ ApplicationId: APP, WriteCampaignRequest: request }, this.#ctx());
    this.campaignId = answer.CampaignResponse?.Id ?? '';
    return this;
  }

  /** One message of a queue, whichever; it comes again where its function is killed, and now and then anyway. */
  async worked(choice: number, trouble?: Trouble, timeMs = 900_000, again = false): Promise<void> {
    const due = this.#queue.filter(({ at }) => at <= this.now);
    const message = due[choice % Math.max(1, due.length)];
    if (!message) return;
    if (!again) this.#queue = this.#queue.filter((each) => each !== message);
    const ok = await this.#troubled(trouble, async (wrap) => {
      const ctx = this.#ctx(timeMs);
      if (message.run) await resolveRun(this.#resolveDeps(wrap), ctx, message.run);
      if (message.lane) await runLane(this.#laneDeps(wrap), ctx, message.lane);
    });
    if (!ok && !again) this.#queue.push({ ...message, at: this.now + 90_000 });
  }

  async ticked(trouble?: Trouble): Promise<void> {
    await this.#troubled(trouble, (wrap) => tick(this.#resolveDeps(wrap), this.#ctx()));
  }

  /** An update, whose function may die in the middle; refusals are answers too. */
  async updated(change: WriteCampaignRequest, trouble?: Trouble): Promise<void> {
    const input = { ApplicationId: APP, CampaignId: this.campaignId, WriteCampaignRequest: change };
    await this.#troubled(trouble, (wrap) => this.#operations(wrap).UpdateCampaign(input, this.#ctx()));
  }

  async deleted(trouble?: Trouble): Promise<void> {
    const input = { ApplicationId: APP, CampaignId: this.campaignId };
    await this.#troubled(trouble, (wrap) => this.#operations(wrap).DeleteCampaign(input, this.#ctx()));
  }

  async switched(on: boolean): Promise<void> {
    this.halted = !on;
    if (on)
      await wakeRuns(
        this.#resolveDeps((port) => port),
        this.now,
      );
  }

  /** The local system starts again: its queues were in memory. */
  restarted(): void {
    this.#queue = [];
  }

  /** Everything works from here on, for as long as it takes. */
  async ended(): Promise<void> {
    await this.switched(true);
    for (let looks = 0; looks < 1500; looks++) {
      for (let messages = 0; this.#queue.some(({ at }) => at <= this.now); messages++) {
        if (messages > 2000) throw new Error('The queues never run empty');
        await this.worked(0);
      }
      const { status } = await this.campaign();
      if (status === 'PAUSED') await this.updated({ IsPaused: false });
      const activities = await this.activities();
      const over = activities.every(({ state }) => state === 'COMPLETED' || state === 'CANCELLED');
      if (over && (status === 'COMPLETED' || status === 'DELETED')) return;
      const next = Math.min(...this.#queue.map(({ at }) => at), this.now + 61_000);
      this.now = Math.max(this.now + 1, next);
      await this.ticked();
    }
    throw new Error(`The campaign never ends: ${JSON.stringify(await this.activities())}`);
  }

  async campaign(): Promise<CampaignRow> {
    const stored = await this.registry.get<CampaignRow>(campaignKey(APP, this.campaignId));
    if (!stored) throw new Error('There is no campaign');
    return stored.row;
  }

  async activities(): Promise<readonly ActivityRow[]> {
    const { rows } = await this.registry.list<ActivityRow>(
      appPartition(APP),
      activityPrefix(this.campaignId),
    );
    return rows.map(({ row }) => row);
  }

  /** Endpoints of a push message's channels. */
  get reachable(): number {
    return [...this.#rows.values()].filter(({ ChannelType: type }) => type !== 'EMAIL').length;
  }

  async #troubled(trouble: Trouble | undefined, work: (wrap: Wrap) => Promise<unknown>): Promise<boolean> {
    const fault = trouble && !trouble.meanwhile ? new Fault(trouble.at, trouble.moment) : undefined;
    const wrap: Wrap = (port) =>
      fault ? fault.on(port) : trouble?.meanwhile ? interrupted(port, calls, () => this) : port;
    const calls = { left: trouble?.at ?? 0, trouble };
    try {
      await work(wrap);
      return true;
    } catch (error) {
      // Refusals are answers: the API's errors are named as Pinpoint's.
      if (fault?.struck || (error as Error).name.endsWith('Exception')) return false;
      throw error;
    }
  }

  #ctx(timeMs = 900_000): EngineCtx {
    return {
      ...{ actor: 'test', requestId: 'r', now: this.now, deadline: this.now + timeMs },
      ...{ region: 'r', accountId: 'a', newId: () => `id-${this.#ids++}` },
    };
  }

  #sender<Body>(wrap: Wrap, queued: (body: Body) => Omit<Queued, 'at'>) {
    const put = (body: Body, delaySeconds: number) =>
      void this.#queue.push({ at: this.now + delaySeconds * 1000, ...queued(body) });
    return wrap({
      send: async (body: Body, { delaySeconds = 0 }: { delaySeconds?: number } = {}) =>
        put(body, delaySeconds),
      sendAll: async (bodies: readonly Body[]) => {
        for (const body of bodies) put(body, 0);
      },
    });
  }

  #resolveDeps(wrap: Wrap) {
    const registry = wrap(this.registry);
    const segment = { applicationId: APP, id: SEGMENT, version: 1, size: this.#lines.length } as SegmentRow;
    const lines = this.#lines;
    return {
      registry,
      lists: {
        ...wrap({ segment: async (_app: string, id: string) => (id === SEGMENT ? segment : undefined) }),
        async *read() {
          for (let from = 0; from < lines.length; from += CHUNK) yield lines.slice(from, from + CHUNK);
        },
      },
      endpoints: wrap(this.#reader),
      runs: wrap(this.runs),
      objects: wrap(this.#objects),
      templates: templateFinder({ registry, contents: this.#contents }),
      runQueue: this.#sender(wrap, (run: RunMessage) => ({ run })),
      sliceQueue: this.#sender(wrap, (lane: LaneMessage) => ({ lane })),
      clock: () => this.now,
      sleep: async (ms: number) => void (await this.#slept(ms)),
    };
  }

  #operations(wrap: Wrap) {
    return campaignOperations(this.#resolveDeps(wrap));
  }

  async #slept(ms: number): Promise<void> {
    this.now += ms;
  }

  readonly #reader = {
    users: async (_app: string, ids: readonly string[]) =>
      new Map(
        ids.flatMap((id) => {
          const user = this.#users.get(id);
          return user ? [[id, user] as const] : [];
        }),
      ),
    endpoints: async (_app: string, ids: readonly string[]) =>
      new Map(
        ids.flatMap((id) => {
          const row = this.#rows.get(id);
          return row ? [[id, row] as const] : [];
        }),
      ),
    deactivate: async () => undefined,
    readdress: async () => undefined,
  };

  #laneDeps(wrap: Wrap): LaneDeps {
    const deps = this.#resolveDeps(wrap);
    const ports = wrap({
      plans: this.#plans,
      askHook: async (_p: unknown, _t: unknown, endpoints: ReadonlyMap<string, unknown>) =>
        new Map([...endpoints.keys()].map((id) => [id, this.#judged(id)])),
      paused: (run: RunRow) => showPause(deps, run, this.now),
    });
    return {
      ...deps,
      endpoints: wrap(this.#reader),
      plans: (activityId) => ports.plans(activityId),
      adapters: {
        push: wrap({ send: async (messages: readonly OutgoingMessage[]) => this.#sent(messages) }),
      },
      caps: wrap(this.#caps),
      askHook: (plan, treatment, endpoints) => ports.askHook(plan, treatment, endpoints),
      recipients: recipientsOf(['*']),
      account: wrap({
        callLimit: async (_kind: string, callSize: number) => callSize,
        take: async () => ({ startAt: this.now }),
      }),
      killSwitch: wrap({ isOff: async () => this.halted }),
      paused: (run) => ports.paused(run),
      ledger: wrap({
        write: async (_lane: string, records: readonly LedgerRecord[]) => {
          this.now += 1;
          this.ledger.push(...records);
        },
      }),
      moment: () => ({ now: this.now, timeZone: 'Asia/Seoul', newId: () => 'uuid' }),
      random: this.#random,
      newId: () => `owner-${this.#ids++}`,
    };
  }

  #judged(id: string): HookResult {
    const times = this.#asked.get(id) ?? 0;
    this.#asked.set(id, times + 1);
    return this.#options.hook?.(id, times) ?? { kind: 'keep' };
  }

  #sent(messages: readonly OutgoingMessage[]): Outcome[] {
    this.now += 5;
    return messages.map(({ identity: { endpointId: id } }): Outcome => {
      const attempt = (this.#attempts.get(id) ?? 0) + 1;
      this.#attempts.set(id, attempt);
      const outcome = this.#options.answer?.(id, attempt) ?? { kind: 'sent' };
      if (outcome.kind === 'sent') this.accepted.push(id);
      return outcome;
    });
  }
}
