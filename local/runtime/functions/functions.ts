import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { type AsyncSettings, invocationRecord, RETRY_AFTER_MS } from './async-settings.ts';
import type { FunctionDefinition } from './definition.ts';
import { type FunctionFigures, FunctionPool, type Killer } from './function-pool.ts';
import type { Invocation } from './invocation.ts';

/** There is no function of that name. */
export class UnknownFunction extends Error {}

const encoder = new TextEncoder();

interface FunctionsOptions {
  readonly definitions: readonly FunctionDefinition[];
  /** Shared offset of the local clock. */
  readonly clock: SharedArrayBuffer;
  /** Folder of the log files, one a function. */
  readonly logDir: string;
  /** Settings of asynchronous invocation by function name; Lambda's own where there are none. */
  readonly asyncSettings?: ReadonlyMap<string, AsyncSettings>;
  /** Takes what no retry could do to the function's on-failure queue. */
  readonly sendToQueue?: (queueArn: string, body: string) => void;
  readonly retryAfterMs?: readonly number[];
  readonly killer?: Killer;
}

/** All functions of the deployment; workers start on first use. */
export class Functions {
  private readonly pools: ReadonlyMap<string, FunctionPool>;
  private readonly logs: readonly WriteStream[];
  private readonly options: FunctionsOptions;
  private readonly retries = new Set<NodeJS.Timeout>();

  constructor(options: FunctionsOptions) {
    const { definitions, clock, logDir, killer } = options;
    this.options = options;
    mkdirSync(logDir, { recursive: true });
    const logs: WriteStream[] = [];
    this.pools = new Map(
      definitions.map((definition) => {
        const log = createWriteStream(join(logDir, `${definition.name}.log`), { flags: 'a' });
        log.setMaxListeners(0);
        logs.push(log);
        return [definition.name, new FunctionPool(definition, clock, log, { killer })];
      }),
    );
    this.logs = logs;
  }

  /** Runs a function (by name or ARN) and waits for its end. `event` is JSON text, JSON bytes, or a value to write as JSON. */
  invoke(nameOrArn: string, event: unknown, requestId?: string): Promise<Invocation> {
    return this.pool(nameOrArn).invoke(bytes(event), requestId);
  }

  /** Accepts an event and runs the function in the background, with Lambda's two retries after a failure. */
  invokeLater(nameOrArn: string, event: unknown): void {
    const payload = bytes(event);
    const pool = this.pool(nameOrArn);
    void this.attempt(pool, payload, 0);
  }

  /** The function's definition, by name or ARN. */
  definition(nameOrArn: string): FunctionDefinition {
    return this.pool(nameOrArn).definition;
  }

  get figures(): FunctionFigures[] {
    return [...this.pools.values()].map(({ figures }) => figures);
  }

  /** Resolves when no function runs any more, or after `withinMs`. Retries still to come are given up. */
  async drain(withinMs: number): Promise<void> {
    for (const timer of this.retries) clearTimeout(timer);
    const all = Promise.all([...this.pools.values()].map((pool) => pool.drained()));
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, withinMs);
    });
    await Promise.race([all, limit]);
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.close()));
    await Promise.all(this.logs.map((log) => new Promise<void>((resolve) => log.end(() => resolve()))));
  }

  private pool(nameOrArn: string): FunctionPool {
    const name = nameOrArn.startsWith('arn:') ? (nameOrArn.split(':')[6] ?? '') : nameOrArn.split(':')[0];
    const pool = this.pools.get(name ?? '');
    if (!pool) throw new UnknownFunction(`Function not found: ${nameOrArn}`);
    return pool;
  }

  private async attempt(pool: FunctionPool, payload: Uint8Array, failures: number): Promise<void> {
    const { asyncSettings, retryAfterMs = RETRY_AFTER_MS, sendToQueue } = this.options;
    const settings = asyncSettings?.get(pool.definition.name);
    const invocation = await pool.invoke(new Uint8Array(payload));
    if (!invocation.functionError) return;
    const delay =
      failures < (settings?.maxRetries ?? retryAfterMs.length) ? retryAfterMs[failures] : undefined;
    if (delay === undefined) {
      if (settings?.onFailureArn)
        sendToQueue?.(
          settings.onFailureArn,
          invocationRecord(pool.definition, payload, invocation, failures + 1),
        );
      return;
    }
    const timer = setTimeout(() => {
      this.retries.delete(timer);
      void this.attempt(pool, payload, failures + 1);
    }, delay).unref();
    this.retries.add(timer);
  }
}

function bytes(event: unknown): Uint8Array {
  // A copy: the buffer is transferred to the worker, and a Buffer may share its memory with others.
  if (event instanceof Uint8Array) return new Uint8Array(event);
  return encoder.encode(typeof event === 'string' ? event : JSON.stringify(event));
}
