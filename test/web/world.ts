/** A browser, its storage and a collector, in memory and on a clock of their own. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Calls, Options } from '../../web/tracker/api.ts';
import type { Store } from '../../web/tracker/queue.ts';
import type { Answer } from '../../web/tracker/sender.ts';
import { createTracker } from '../../web/tracker/tracker.ts';
import type { World } from '../../web/tracker/world.ts';

export const START = Date.UTC(2026, 2, 2, 3);

export interface Sent {
  readonly event_id: string;
  readonly name: string;
  readonly occurred_at: string;
  readonly user_id?: string;
  readonly anonymous_id?: string;
  readonly session_id?: string;
  readonly page: { readonly url: string; readonly referrer?: string };
  readonly utm?: Record<string, string>;
  readonly consent?: { readonly analytics: boolean };
  readonly properties?: Record<string, unknown>;
}

/** What one request comes to: `lost` was taken and its answer never heard, any other was answered; by a list, event by event. */
export type Outcome = 'lost' | number | readonly ('taken' | 'validation' | 'unavailable')[];

/** What the pages of one device share, and what happens to them; `latencyMs` is how long an answer takes. */
export function createDevice(latencyMs = 0) {
  let now = START;
  let made = 0;
  const kept = new Map<string, string>();
  const timers = new Set<{ at: number; run: () => void }>();
  const bodies: string[] = [];
  const taken: Sent[] = [];
  const times: number[] = [];
  let outcomes: Outcome[] = [];
  let always: Outcome = 202;

  const store: Store = {
    keys: () => [...kept.keys()],
    get: (key) => kept.get(key) ?? null,
    set: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
  };

  async function post(body: string): Promise<Answer> {
    bodies.push(body);
    times.push(now);
    const outcome = outcomes.shift() ?? always;
    if (latencyMs > 0)
      await new Promise<void>((run) => void timers.add({ at: now + latencyMs, run: () => run() }));
    else await turn();
    if (typeof outcome === 'object') {
      const { events } = JSON.parse(body) as { events: Sent[] };
      taken.push(...events.filter((_, index) => outcome[index] === 'taken'));
      const told = outcome.map((code, index) => ({ index, code }));
      return { status: 207, errors: told.filter(({ code }) => code !== 'taken') };
    }
    const status = outcome === 'lost' ? 0 : outcome;
    if (outcome === 'lost' || (status >= 200 && status < 300))
      taken.push(...(JSON.parse(body) as { events: Sent[] }).events);
    return { status };
  }

  /** Lets time pass, and everything happen that is due meanwhile, in order. */
  async function pass(ms: number): Promise<void> {
    const end = now + ms;
    for (;;) {
      for (let settled = 0; settled < 4; settled++) await turn();
      const [next] = [...timers].sort((a, b) => a.at - b.at);
      if (!next || next.at > end) break;
      timers.delete(next);
      now = Math.max(now, next.at);
      next.run();
    }
    now = end;
  }

  /** A page with the tracker in it. What its script waits for dies with it. */
  function open(options: Partial<Options> = {}, url = 'https://shop.example.com/', title = '상점') {
    const own = new Set<{ at: number; run: () => void }>();
    const seen: { shown?: (again: boolean) => void; leave?: () => void; online?: () => void } = {};
    const removed = new Map<string, () => void>();
    const warnings: unknown[][] = [];
    const page = { url, title, referrer: '' };
    let gone = false;
    const world: World = {
      now: () => now,
      uuid() {
        made += 1;
        return `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`;
      },
      random: () => 0.5,
      store,
      shared: { get: () => undefined, set: () => undefined },
      page: () => ({ ...page }),
      device: () => ({ type: 'pc', platform: 'web', os: 'Linux' }),
      // Nobody listens any more once the page is gone; what was sent was sent.
      post: (body) => post(body).then((answer) => (gone ? new Promise<never>(() => undefined) : answer)),
      after(ms, run) {
        const timer = { at: now + ms, run };
        timers.add(timer);
        own.add(timer);
        return () => void timers.delete(timer);
      },
      warn: (...words) => void warnings.push([...words]),
      onShown: (run) => void Object.assign(seen, { shown: run }),
      onLeave: (run) => void Object.assign(seen, { leave: run }),
      onOnline: (run) => void Object.assign(seen, { online: run }),
      onRemoved: (key, run) => void removed.set(key, run),
    };
    // Helpers are typed by the plan; a test may say anything.
    const repoint = createTracker(
      (_, opened) => opened(world),
      () => now,
    ) as unknown as Omit<Calls, 'track'> &
      Record<string, (properties?: object) => void> & { track(name: string, properties?: object): void };
    repoint.init({ url: 'https://collector.example.com/v1', key: 'k', autoPageView: false, ...options });
    return {
      repoint,
      warnings,
      go(to: string) {
        page.url = to;
        seen.shown?.(false);
      },
      back: () => seen.shown?.(true),
      hide: () => seen.leave?.(),
      online: () => seen.online?.(),
      /** Another tab has removed what the key held. */
      removed: (key: string) => removed.get(key)?.(),
      /** The page is over, by a click (then it can still send) or by a crash. */
      close(by: 'click' | 'crash') {
        if (by === 'click') seen.leave?.();
        gone = true;
        for (const timer of own) timers.delete(timer);
      },
    };
  }

  return {
    open,
    pass,
    kept,
    /** Of every request, in order. */
    bodies,
    times,
    /** What the collector has taken, in order; the same event may be there more than once. */
    taken,
    now: () => now,
    /** What the next requests come to, one by one, and those after them. */
    answer(next: readonly Outcome[], then: Outcome = 202) {
      outcomes = [...next];
      always = then;
    },
  };
}

export type Device = ReturnType<typeof createDevice>;
export type Tab = ReturnType<Device['open']>;
