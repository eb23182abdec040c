import { type AdvanceDeps, advanceSend } from '../../../lambdas/campaigns/sends/advance-send.ts';
import type { SendMessage } from '../../../lambdas/campaigns/sends/ports.ts';
import { queueDueSends, type TickDeps } from '../../../lambdas/campaigns/sends/queue-due-sends.ts';
import type { Says } from '../../../lambdas/campaigns/sends/send.ts';
import type { Ctx } from '../../../lambdas/shared/context.ts';
import { VirtualTime } from '../../support/virtual-time.ts';
import { memoryTable } from '../support/memory-table.ts';
import { SILENT_AUDIENCE } from '../support/parts.ts';
import { type Pace, simulatedEngine, simulatedSegments } from './engine.ts';
import { type Fate, immortal, mortal } from './mortal.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WINDOW_MS = 6 * HOUR_MS;

/** SQS shows a message again after six times the function's minute, and sets it aside after the fifth time. */
const VISIBILITY_MS = 6 * MINUTE_MS;
const MAX_RECEIVES = 5;

/** What goes wrong, by chance; all of it may be nothing. */
export interface Faults {
  random(): number;
  /** Chances of each port call: the process dies at it, or it fails. */
  readonly dies: number;
  readonly fails: number;
  /** Chances of each message: it comes twice; it is lost. */
  readonly doubled: number;
  readonly lost: number;
  /** Chances of each tick: it does not come; it comes twice, each up to 90 seconds late. */
  readonly tickMissed: number;
  readonly tickDoubled: number;
}

export const NO_FAULTS: Faults = {
  random: () => 0.5,
  ...{ dies: 0, fails: 0, doubled: 0, lost: 0, tickMissed: 0, tickDoubled: 0 },
};

const PORTS = [
  'campaigns',
  'sends',
  'versions',
  'queue',
  'segments',
  'pinpoint',
  'results',
  'saying',
  'due',
] as const;

export interface SystemOptions {
  readonly start: number;
  readonly pace: Pace;
  readonly segments: Parameters<typeof simulatedSegments>[1];
}

/** The campaigns' functions, queue and tick on a clock that leaps, with the real verbs. */
export function simulatedSystem({ start, pace, segments }: SystemOptions) {
  const time = new VirtualTime(start);
  let offset = 0;
  let faults: Faults = NO_FAULTS;
  let isDown = false;
  let stopped = false;
  const clock = (): number => time.now() + offset;
  const table = memoryTable();
  const engine = simulatedEngine(clock, pace);
  const deliver = (body: SendMessage, delayMs: number, receives = 1): void =>
    time.go(() => received(body, receives), delayMs);
  const send = (body: SendMessage, delayMs: number): void => {
    if (faults.random() < faults.lost) return;
    deliver(body, delayMs);
    if (faults.random() < faults.doubled) deliver(body, delayMs + faults.random() * 5 * MINUTE_MS);
  };
  const queue = {
    send: async (body: SendMessage, { delaySeconds = 0 } = {}) => send(body, delaySeconds * 1000),
    sendAll: async (bodies: readonly SendMessage[]) => {
      for (const body of bodies) send(body, 0);
    },
  };
  const deps: Omit<AdvanceDeps, 'pinpoint'> & typeof table & { queue: typeof queue } = {
    ...table,
    queue,
    segments: simulatedSegments(clock, segments),
    results: { of: async () => [] },
    audience: SILENT_AUDIENCE,
    saying: { templatesOf: async () => ({}), said: async (says: Says) => ({ says, asksPolicy: false }) },
    settings: { policyFunction: 'policy' },
    missedAfterMs: WINDOW_MS,
  };
  const fate = (): Fate => {
    const [chance, when] = [
      faults.random(),
      faults.random() < 0.5 ? ('before' as const) : ('after' as const),
    ];
    const lasts = faults.random() < 0.2 ? { lasts: time.sleep(faults.random() * 200) } : {};
    if (isDown || chance < faults.dies) return { ...lasts, dies: when };
    return chance < faults.dies + faults.fails ? { ...lasts, fails: when } : lasts;
  };
  /** One process: what it does with the ports ends with it. */
  const process = async (
    actor: string,
    work: (deps: AdvanceDeps & TickDeps, ctx: Ctx) => Promise<unknown>,
  ) => {
    const now = clock();
    const whole = { ...deps, clock, pinpoint: engine.pinpointAt(() => now) };
    const { world, life } = faults === NO_FAULTS && !isDown ? immortal(whole) : mortal(whole, PORTS, fate);
    await work(world, { actor, requestId: 'r', now, deadline: now + 55_000 }).catch(() => undefined);
    return life;
  };
  async function received(body: SendMessage, receives: number): Promise<void> {
    let failed = false;
    const life = await process('queue:sends', async (world, ctx) => {
      failed = true;
      await advanceSend(world, ctx, body);
      failed = false;
    });
    if ((failed || life.dead()) && receives < MAX_RECEIVES) deliver(body, VISIBILITY_MS, receives + 1);
  }
  const tick = () => process('tick', (world, ctx) => queueDueSends(world, ctx));

  /** A tick each minute; minutes in which nothing is due are passed over, for a tick would do nothing in them. */
  async function ticks(): Promise<void> {
    while (!stopped) {
      const dueAt = Date.parse(table.earliest() ?? '') || Number.POSITIVE_INFINITY;
      const next = MINUTE_MS - (clock() % MINUTE_MS);
      await time.sleep(Math.min(Math.max(next, dueAt - clock()), 10 * MINUTE_MS));
      if (isDown || clock() < dueAt || faults.random() < faults.tickMissed) continue;
      const times = faults.random() < faults.tickDoubled ? 2 : 1;
      for (let each = 0; each < times; each++)
        time.go(tick, each === 0 && times === 1 ? 0 : faults.random() * 90_000);
    }
  }
  time.go(ticks);

  return {
    ...{ time, clock, table, engine, deps },
    suffer(next: Faults) {
      faults = next;
    },
    /** The ports as a request of a person has them: it may die too. `more`: what its verbs need beside. */
    personal<More extends object>(more: More) {
      const now = clock();
      const whole = { ...deps, pinpoint: engine.pinpointAt(() => now), ...more };
      const ports = [
        ...PORTS.filter((name) => name !== 'due'),
        'changes',
      ] as unknown as (keyof typeof whole)[];
      return faults === NO_FAULTS ? whole : mortal(whole, ports, fate).world;
    },
    /** The clock leaps; nobody was there in between. */
    leap(ms: number) {
      offset += ms;
    },
    /** Every process dies at its first call until `up`. */
    down(value: boolean) {
      isDown = value;
    },
    stop() {
      stopped = true;
    },
  };
}
export type SimulatedSystem = ReturnType<typeof simulatedSystem>;
