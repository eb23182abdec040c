import { randomUUID } from 'node:crypto';
import { passingError, trinoError } from './errors.ts';
import type { Execution, Executions, QueryRequest } from './executions.ts';
import { type QueryDeps, runQuery } from './run-query.ts';

/** Queries that run at the same time; more wait as QUEUED. */
const CONCURRENCY = 2;
const INTERRUPT_MS = 20;

/** Starts, runs and stops queries; their outcome is in `executions`. */
export class Queries {
  private readonly deps: QueryDeps & { readonly fails?: () => boolean };
  private readonly executions: Executions;
  private readonly waiting: Execution[] = [];
  private readonly interrupts = new Map<string, () => void>();
  private readonly cancelled = new Set<string>();
  private readonly running = new Map<string, Promise<void>>();

  constructor(deps: QueryDeps & { readonly fails?: () => boolean }, executions: Executions) {
    this.deps = deps;
    this.executions = executions;
  }

  /** Queues a query and returns its id; a repeat under the same client token returns the first one's. */
  start(request: QueryRequest, token: string | undefined): string {
    const known = token === undefined ? undefined : this.executions.byToken(token, request);
    if (known !== undefined) return known;
    const execution: Execution = { ...request, id: randomUUID(), state: 'QUEUED', submittedAt: Date.now() };
    this.executions.put(execution);
    if (token !== undefined) this.executions.remember(token, execution.id, request);
    this.waiting.push(execution);
    this.next();
    return execution.id;
  }

  /** Stops a query that waits or runs; one that has ended stays as it is. */
  stop(id: string): void {
    const execution = this.executions.get(id);
    if (execution.state !== 'QUEUED' && execution.state !== 'RUNNING') return;
    this.cancelled.add(id);
    // An interrupt between two statements of a connection is lost: it is said until the query has ended.
    const interrupting = setInterval(() => this.interrupts.get(id)?.(), INTERRUPT_MS);
    void (this.running.get(id) ?? Promise.resolve()).finally(() => clearInterval(interrupting));
    const at = this.waiting.findIndex((waiting) => waiting.id === id);
    if (at >= 0) this.end({ ...execution, state: 'CANCELLED', reason: 'Query cancelled by user' }, at);
  }

  /** Interrupts what runs and waits for it to end. */
  async close(): Promise<void> {
    for (const { id } of [...this.waiting]) this.stop(id);
    for (const id of this.running.keys()) this.stop(id);
    await Promise.all(this.running.values());
  }

  private end(execution: Execution, waitingAt: number): void {
    this.waiting.splice(waitingAt, 1);
    this.executions.put({ ...execution, completedAt: Date.now() });
  }

  private next(): void {
    while (this.running.size < CONCURRENCY) {
      const execution = this.waiting.shift();
      if (!execution) return;
      const done = this.run(execution).finally(() => {
        this.running.delete(execution.id);
        this.interrupts.delete(execution.id);
        this.cancelled.delete(execution.id);
        this.next();
      });
      this.running.set(execution.id, done);
    }
  }

  private async run(execution: Execution): Promise<void> {
    const startedAt = Date.now();
    this.executions.put({ ...execution, state: 'RUNNING' });
    const ended = await this.outcome(execution);
    const completedAt = Date.now();
    this.executions.put({ ...execution, ...ended, completedAt, engineMs: completedAt - startedAt });
  }

  private async outcome(execution: Execution): Promise<Pick<Execution, 'state' | 'reason'>> {
    try {
      if (this.deps.fails?.()) throw passingError();
      const outcome = await runQuery(this.deps, execution, (interrupt) => {
        this.interrupts.set(execution.id, interrupt);
      });
      return { state: 'SUCCEEDED', ...outcome };
    } catch (error) {
      if (this.cancelled.has(execution.id)) return { state: 'CANCELLED', reason: 'Query cancelled by user' };
      return { state: 'FAILED', reason: trinoError(error, execution.sql).message };
    }
  }
}
