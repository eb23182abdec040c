/** What every part of the local system asks for the time: epoch milliseconds. */
export interface Clock {
  now(): number;
}

/** A clock that tests and the local tools may move. */
export interface SettableClock extends Clock {
  /** Moves the clock by `ms` (forward, or back when negative). */
  advance(ms: number): void;
  /** Sets the clock to `epochMs`; from then on it goes on at real speed. */
  set(epochMs: number): void;
  /** The offset to real time. Hand it to a worker thread and build `createClock(shared)` there: both show one time. */
  readonly shared: SharedArrayBuffer;
}

/**
 * Real time plus an offset. The offset lies in shared memory, so that worker threads follow without a message.
 * `realNow` is the machine's own clock: pass it where `Date.now` has been replaced by this very clock.
 */
export function createClock(
  shared = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT),
  realNow: () => number = Date.now,
): SettableClock {
  const offset = new BigInt64Array(shared);
  return {
    shared,
    now: () => realNow() + Number(Atomics.load(offset, 0)),
    advance: (ms) => void Atomics.add(offset, 0, BigInt(Math.round(ms))),
    set: (epochMs) => void Atomics.store(offset, 0, BigInt(Math.round(epochMs - realNow()))),
  };
}
