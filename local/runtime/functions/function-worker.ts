import type { Writable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { FunctionDefinition } from './definition.ts';
import {
  exited,
  type FunctionFailure,
  failurePayload,
  type Invocation,
  MAX_RESPONSE_BYTES,
  responseTooLarge,
  timedOut,
} from './invocation.ts';
import type { InvokeMessage, WorkerMessage, WorkerSetup } from './messages.ts';
import { workerScript } from './worker-script.ts';

/** Importing a bundle takes 0.1 to 0.3 s; on a machine busy with starting up it may take much longer. */
const INIT_TIMEOUT_MS = 60_000;

interface Running {
  readonly requestId: string;
  readonly startedAt: number;
  readonly timer: NodeJS.Timeout;
  readonly end: (invocation: Invocation) => void;
}

/**
 * One sandbox of a function: a worker thread with an environment of its own that takes one invocation at a time.
 * After a timeout or a crash it is dead (`alive` is false) and must be replaced; only its own invocation fails.
 */
export class FunctionWorker {
  alive = true;
  idleSince = performance.now();
  private readonly worker: Worker;
  private readonly definition: FunctionDefinition;
  private readonly ready: Promise<void>;
  private running: Running | undefined;
  private cause = 'it ended';

  constructor(definition: FunctionDefinition, clock: SharedArrayBuffer, log: Writable) {
    this.definition = definition;
    const setup: WorkerSetup = {
      codeDir: definition.codeDir,
      handler: definition.handler,
      functionName: definition.name,
      functionArn: definition.arn,
      memoryMb: definition.memoryMb,
      logGroupName: definition.logGroupName,
      clock,
    };
    this.worker = new Worker(workerScript(), {
      workerData: setup,
      env: { ...definition.environment, LAMBDA_TASK_ROOT: definition.codeDir },
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: definition.memoryMb },
    });
    this.worker.stdout.pipe(log, { end: false });
    this.worker.stderr.pipe(log, { end: false });
    this.ready = this.started();
    this.ready.catch(() => undefined);
  }

  /** Runs one invocation. Never rejects: a failure of the function is part of the answer. */
  async invoke(requestId: string, payload: Uint8Array): Promise<Invocation> {
    const asked = performance.now();
    try {
      await this.ready;
    } catch (cause) {
      return this.failed(requestId, asked, { errorType: 'Runtime.InitError', errorMessage: String(cause) });
    }
    return new Promise((end) => {
      const { timeoutMs } = this.definition;
      const timer = setTimeout(() => this.timeOut(), timeoutMs);
      this.running = { requestId, startedAt: performance.now(), timer, end };
      const message: InvokeMessage = { requestId, payload, timeoutMs };
      this.worker.postMessage(message, [payload.buffer as ArrayBuffer]);
    });
  }

  async close(): Promise<void> {
    this.alive = false;
    await this.worker.terminate();
  }

  private started(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.cause = `its code was not loaded within ${INIT_TIMEOUT_MS / 1000} s`;
        void this.close();
      }, INIT_TIMEOUT_MS);
      this.worker.on('message', (message: WorkerMessage) => {
        clearTimeout(timer);
        if (message.kind === 'ready') resolve();
        else this.ended(message);
      });
      this.worker.on('error', (error: unknown) => {
        this.cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      });
      this.worker.on('exit', (code) => {
        clearTimeout(timer);
        this.alive = false;
        reject(new Error(this.cause));
        this.finish((requestId) => exited(requestId, code === 0 ? 'exit status 0' : this.cause));
      });
    });
  }

  private ended({ requestId, payload, failed }: WorkerMessage & { kind: 'ended' }): void {
    // A handler may answer after its time ran out: by then its invocation has already failed.
    if (this.running?.requestId !== requestId) return;
    if (payload.byteLength > MAX_RESPONSE_BYTES) {
      this.finish(() => responseTooLarge(payload.byteLength));
      return;
    }
    const { startedAt, timer, end } = this.running;
    clearTimeout(timer);
    this.running = undefined;
    const durationMs = performance.now() - startedAt;
    end({ requestId, payload, durationMs, ...(failed ? { functionError: 'Unhandled' as const } : {}) });
  }

  private timeOut(): void {
    const { timeoutMs } = this.definition;
    this.alive = false;
    this.finish((requestId) => timedOut(requestId, timeoutMs));
    void this.worker.terminate();
  }

  private finish(failure: (requestId: string) => FunctionFailure): void {
    const running = this.running;
    if (!running) return;
    this.running = undefined;
    clearTimeout(running.timer);
    running.end(this.failed(running.requestId, running.startedAt, failure(running.requestId)));
  }

  private failed(requestId: string, startedAt: number, failure: FunctionFailure): Invocation {
    return {
      requestId,
      payload: failurePayload(failure),
      functionError: 'Unhandled',
      durationMs: performance.now() - startedAt,
    };
  }
}
