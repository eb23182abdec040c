import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { invalidRequest } from './errors.ts';

export type QueryState = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** What is asked for, as the call gave it. */
export interface QueryRequest {
  readonly sql: string;
  readonly parameters: readonly string[];
  readonly database: string | undefined;
  readonly workgroup: string;
  /** `s3://bucket/prefix/` */
  readonly outputLocation: string;
}

export interface Column {
  readonly name: string;
  /** Athena's name of the type. */
  readonly type: string;
}

export interface Execution extends QueryRequest {
  readonly id: string;
  readonly state: QueryState;
  readonly submittedAt: number;
  readonly completedAt?: number;
  readonly reason?: string;
  readonly scannedBytes?: number;
  readonly engineMs?: number;
  readonly columns?: readonly Column[];
  /** Rows that an UNLOAD wrote. */
  readonly updateCount?: number;
  readonly manifest?: string;
}

/** Executions on disk: a caller who waits for a query finds its outcome after a restart too. */
export class Executions {
  private readonly dir: string;
  private readonly live = new Map<string, Execution>();

  constructor(dir: string) {
    this.dir = dir;
    mkdirSync(join(dir, 'tokens'), { recursive: true });
  }

  put(execution: Execution): void {
    this.write(`${execution.id}.json`, JSON.stringify(execution));
    if (execution.state === 'QUEUED' || execution.state === 'RUNNING') this.live.set(execution.id, execution);
    else this.live.delete(execution.id);
  }

  /** Throws Athena's error for an id that never was. A query that a restart cut short has failed. */
  get(id: string): Execution {
    const live = this.live.get(id);
    if (live) return live;
    const stored = /^[0-9a-f-]{36}$/.test(id) ? this.read(`${id}.json`) : undefined;
    if (stored === undefined) throw invalidRequest(`QueryExecution ${id} was not found`);
    const execution = JSON.parse(stored) as Execution;
    if (execution.state !== 'QUEUED' && execution.state !== 'RUNNING') return execution;
    return {
      ...execution,
      state: 'FAILED',
      reason: 'GENERIC_INTERNAL_ERROR: the local Athena was stopped meanwhile',
    };
  }

  /** The execution a client token already stands for; the same token with another query is an error. */
  byToken(token: string, request: QueryRequest): string | undefined {
    const stored = this.read(tokenFile(token));
    if (stored === undefined) return undefined;
    const { id, fingerprint } = JSON.parse(stored) as { id: string; fingerprint: string };
    if (fingerprint !== JSON.stringify(request)) throw invalidRequest('Idempotent parameters do not match');
    return id;
  }

  remember(token: string, id: string, request: QueryRequest): void {
    this.write(tokenFile(token), JSON.stringify({ id, fingerprint: JSON.stringify(request) }));
  }

  private write(name: string, text: string): void {
    const path = join(this.dir, name);
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }

  private read(name: string): string | undefined {
    try {
      return readFileSync(join(this.dir, name), 'utf8');
    } catch {
      return undefined;
    }
  }
}

const tokenFile = (token: string): string =>
  join('tokens', `${createHash('sha256').update(token).digest('hex')}.json`);
