/** Brings the queue to the collector: in batches, one request at a time, again and again until it is answered. */
import { backoffMs, MOST_FAILURES } from './backoff.ts';
import type { Entry, Queue } from './queue.ts';

/** How long an event waits for others to share its request. */
export const GATHER_MS = 1000;

/** What the collector said; status 0 when nothing was heard, for whatever reason (offline, cut off, CORS). */
export interface Answer {
  readonly status: number;
  /** Of a 207: the events that were not taken, by their place in the batch. */
  readonly errors?: readonly { readonly index: number; readonly code: string }[];
}

export interface Line {
  /** Never rejects. */
  post(body: string): Promise<Answer>;
  /** Runs later unless it is cancelled before, by calling what is returned. */
  after(ms: number, run: () => void): () => void;
  /** In [0, 1). */
  random(): number;
  warn(...words: readonly unknown[]): void;
}

/** Trying the same again may help. */
const passing = (status: number): boolean =>
  status === 0 || status === 408 || status === 429 || status >= 500;
/** The key or the address is wrong, and so it is for every batch; any other 4xx is about this batch alone. */
const final = (status: number): boolean => status === 401 || status === 403 || status === 404;

export type Sender = ReturnType<typeof createSender>;

export function createSender(queue: Queue, line: Line) {
  let failures = 0;
  let stopped = false;
  let cancel: (() => void) | undefined;
  let running: Promise<boolean> | undefined;

  const rest = (): void => {
    cancel?.();
    cancel = undefined;
  };
  const wait = (ms: number): void => {
    rest();
    if (!stopped) cancel = line.after(ms, () => void flush());
  };
  /** There is something new; while the collector is failing it waits for the next try. */
  const soon = (): void => {
    if (!cancel && failures === 0) wait(GATHER_MS);
  };

  /** Sends one batch; true when the next may follow at once. */
  async function deliver(batch: readonly Entry[]): Promise<boolean> {
    const { status, errors = [] } = await line.post(`{"events":[${batch.map(({ text }) => text).join()}]}`);
    if (status < 200 || status > 299 || errors[0]) line.warn(status, errors);
    // Neither accepted nor kept: the collector asks for them again.
    const again = errors.map(({ code, index }) => code === 'unavailable' && batch[index]).filter(Boolean);
    const unheard = passing(status);
    const failed = unheard || !!again[0];
    stopped = final(status);
    for (const entry of batch) queue.landed([entry], !unheard && !stopped && !again.includes(entry));
    if (failed) {
      failures += 1;
      if (failures < MOST_FAILURES) wait(backoffMs(failures, line.random()));
      else rest();
    } else if (failures > 0) {
      failures = 0;
      wait(GATHER_MS);
    }
    return !failed && !stopped;
  }

  const next = (): readonly Entry[] => (stopped ? [] : queue.take());

  async function drain(): Promise<boolean> {
    for (;;) {
      const batch = next();
      if (batch.length === 0) return queue.size() === 0;
      if (!(await deliver(batch))) return false;
    }
  }

  /** Sends everything now; true when nothing is left, false when it has to be tried later. */
  async function flush(): Promise<boolean> {
    rest();
    running ??= drain().finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    flush,
    soon,

    /** The page may be gone in a moment: sends what the browser lets go at once, the rest stays on the device. */
    leave(): void {
      for (let batch = next(); batch.length > 0; batch = next()) void deliver(batch);
    },

    /** The network is back. */
    resume(): void {
      failures = 0;
      void flush();
    },
  };
}
