import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import type { FunctionDefinition } from './definition.ts';
import { FunctionWorker } from './function-worker.ts';
import type { Invocation } from './invocation.ts';

/** Ends workers in the middle of their work, as it is ordered (local/troubles.ts). */
export interface Killer {
  killAfterMs(functionName: string): number | undefined;
  killed(): void;
}

/** Figures of one function since the start. */
export interface FunctionFigures {
  readonly name: string;
  readonly invocations: number;
  readonly errors: number;
  readonly meanMs: number;
  readonly workers: number;
  /** Invocations being worked on. */
  readonly running: number;
  readonly waiting: number;
}

interface Job {
  readonly requestId: string;
  readonly payload: Uint8Array;
  readonly end: (invocation: Invocation) => void;
}

/** A worker that had nothing to do for this long is ended; the next invocation starts a new one. */
const IDLE_MS = 120_000;

/**
 * The workers of one function. Invocations beyond its concurrency wait in line, in order, because this machine has two
 * cores where Lambda would open another sandbox.
 */
export class FunctionPool {
  readonly definition: FunctionDefinition;
  private readonly clock: SharedArrayBuffer;
  private readonly log: Writable;
  private readonly killer: Killer | undefined;
  private readonly idle: FunctionWorker[] = [];
  private readonly busy = new Set<FunctionWorker>();
  private readonly waiting: Job[] = [];
  private readonly figures_ = { invocations: 0, errors: 0, totalMs: 0 };
  private readonly reaper: NodeJS.Timeout;
  private idleWaiters: (() => void)[] = [];

  constructor(
    definition: FunctionDefinition,
    clock: SharedArrayBuffer,
    log: Writable,
    { idleMs = IDLE_MS, killer }: { idleMs?: number; killer?: Killer | undefined } = {},
  ) {
    this.killer = killer;
    this.definition = definition;
    this.clock = clock;
    this.log = log;
    this.reaper = setInterval(() => this.reap(idleMs), Math.max(20, idleMs / 4)).unref();
  }

  /** Runs the function with a JSON payload in UTF-8; the buffer is handed over and must not be used afterwards. */
  invoke(payload: Uint8Array, requestId: string = randomUUID()): Promise<Invocation> {
    return new Promise((end) => {
      this.waiting.push({ requestId, payload, end });
      this.pump();
    });
  }

  get figures(): FunctionFigures {
    const { invocations, errors, totalMs } = this.figures_;
    return {
      name: this.definition.name,
      invocations,
      errors,
      meanMs: invocations === 0 ? 0 : Math.round((totalMs / invocations) * 10) / 10,
      workers: this.idle.length + this.busy.size,
      running: this.busy.size,
      waiting: this.waiting.length,
    };
  }

  /** Resolves when nothing runs and nothing waits. */
  async drained(): Promise<void> {
    if (this.busy.size > 0 || this.waiting.length > 0)
      await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
  }

  /** Ends every worker; a running invocation fails. */
  async close(): Promise<void> {
    clearInterval(this.reaper);
    this.waiting.length = 0;
    await Promise.all([...this.idle, ...this.busy].map((worker) => worker.close()));
    this.idle.length = 0;
  }

  private pump(): void {
    while (this.waiting.length > 0 && this.busy.size < this.definition.concurrency) {
      const job = this.waiting.shift();
      if (job) void this.run(this.worker(), job);
    }
  }

  private worker(): FunctionWorker {
    let worker = this.idle.pop();
    while (worker && !worker.alive) worker = this.idle.pop();
    return worker ?? new FunctionWorker(this.definition, this.clock, this.log);
  }

  private async run(worker: FunctionWorker, job: Job): Promise<void> {
    this.busy.add(worker);
    const spare = this.threaten(worker);
    const invocation = await worker.invoke(job.requestId, job.payload);
    spare();
    this.busy.delete(worker);
    worker.idleSince = performance.now();
    if (worker.alive) this.idle.push(worker);
    this.figures_.invocations += 1;
    this.figures_.totalMs += invocation.durationMs;
    if (invocation.functionError) this.figures_.errors += 1;
    job.end(invocation);
    this.pump();
    if (this.busy.size === 0 && this.waiting.length === 0) {
      for (const resolve of this.idleWaiters.splice(0)) resolve();
    }
  }

  /** Ends the worker in a while when that is ordered; the answer is how to let it live. */
  private threaten(worker: FunctionWorker): () => void {
    const after = this.killer?.killAfterMs(this.definition.name);
    if (after === undefined) return () => undefined;
    const timer = setTimeout(() => {
      this.killer?.killed();
      void worker.close();
    }, after);
    return () => clearTimeout(timer);
  }

  private reap(idleMs: number): void {
    const limit = performance.now() - idleMs;
    while (this.idle[0] && (!this.idle[0].alive || this.idle[0].idleSince < limit))
      void this.idle.shift()?.close();
  }
}
