import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { createClock } from '../../local/clock.ts';

describe('the settable clock', () => {
  it('goes on from where it was set, and moves by what it is told', () => {
    let real = 1_000;
    const clock = createClock(undefined, () => real);
    expect(clock.now()).toBe(1_000);
    clock.advance(500);
    expect(clock.now()).toBe(1_500);
    clock.set(90_000);
    real += 7;
    expect(clock.now()).toBe(90_007);
  });

  it('is followed by a worker thread without a message', async () => {
    const clock = createClock();
    clock.advance(86_400_000);
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       parentPort.postMessage(Number(Atomics.load(new BigInt64Array(workerData), 0)));`,
      { eval: true, workerData: clock.shared },
    );
    const offset = await new Promise<number>((resolve) => worker.once('message', resolve));
    expect(offset).toBe(86_400_000);
  });
});
