/** Something that goes on at an instant; of two at the same instant, the one that was asked for first. */
interface Timer {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A binary heap, the earliest timer first. */
class Timers {
  readonly #heap: Timer[] = [];

  get first(): Timer | undefined {
    return this.#heap[0];
  }

  push(timer: Timer): void {
    let at = this.#heap.push(timer) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.#heap[above];
      if (!parent || isBefore(parent, timer)) break;
      this.#heap[at] = parent;
      at = above;
    }
    this.#heap[at] = timer;
  }

  pop(): Timer | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (!last || first === last) return first;
    let at = 0;
    for (;;) {
      const [left, right] = [this.#heap[2 * at + 1], this.#heap[2 * at + 2]];
      if (!left) break;
      const [child, smaller] = right && isBefore(right, left) ? [2 * at + 2, right] : [2 * at + 1, left];
      if (isBefore(last, smaller)) break;
      this.#heap[at] = smaller;
      at = child;
    }
    this.#heap[at] = last;
    return first;
  }
}

/** A turn of the event loop now and then: whoever watches the run from outside stays awake. */
const STEPS_A_TURN = 5000;

/** Lets everything run that waits for nothing but other promises: a tick comes when no promise is left to go on. */
const settled = (step: number): Promise<void> =>
  new Promise((resolve) => {
    if (step % STEPS_A_TURN === 0) setImmediate(resolve);
    else process.nextTick(resolve);
  });

/**
 * A clock that stands still while somebody works and leaps to the next instant at which anybody wakes. Tasks are ordinary
 * async functions that wait by `sleep` alone; what they do is the same each time.
 */
export class VirtualTime {
  readonly #timers = new Timers();
  #now: number;
  #order = 0;
  #failure: { readonly cause: unknown } | undefined;

  /** `start`: epoch milliseconds. */
  constructor(start: number) {
    this.#now = start;
  }

  readonly now = (): number => this.#now;

  readonly sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      this.#timers.push({ at: this.#now + Math.max(0, ms), order: this.#order++, wake });
    });

  /** Starts a task, after `delayMs`. Its failure ends the run. */
  go(task: () => Promise<unknown>, delayMs = 0): void {
    this.sleep(delayMs)
      .then(task)
      .catch((cause: unknown) => {
        this.#failure ??= { cause };
      });
  }

  /** Lets time pass until `until` (epoch milliseconds), or until nobody waits for anything any more. */
  async run(until = Number.POSITIVE_INFINITY): Promise<void> {
    for (let step = 0; ; step++) {
      await settled(step);
      if (this.#failure) throw this.#failure.cause;
      const next = this.#timers.first;
      if (!next || next.at > until) break;
      this.#now = next.at;
      while (this.#timers.first && this.#timers.first.at <= this.#now) this.#timers.pop()?.wake();
    }
    if (Number.isFinite(until)) this.#now = Math.max(this.#now, until);
  }
}

/** Random numbers 0 ≤ x < 1 that are the same each time (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
