import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLake } from '../../local/athena-client.ts';
import { type System, startSystem } from '../../local/system.ts';

/** Built once for all flow tests, however many run side by side. */
const ASSEMBLY = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'repoint-test-assembly');

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** One local system for one test file, in a folder of its own, and what a caller outside does with it. */
export interface FlowSystem {
  readonly system: System;
  /** Calls the private API with its key. `body` is sent as JSON, or as it is when it is text. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Asks the lake after everything accepted so far has reached it. */
  lake(sql: string): Promise<Record<string, string>[]>;
  /** Repeats `read` until `done` holds; throws with the last value when that takes longer than `withinMs`. */
  until<T>(read: () => Promise<T>, done: (value: T) => boolean, withinMs?: number): Promise<T>;
  /** Stops the system and removes its folder. */
  end(): Promise<void>;
}

/** Starts a local system on a free port; the first caller builds, the others wait for it. */
export async function startFlowSystem(): Promise<FlowSystem> {
  const dir = mkdtempSync(join(tmpdir(), 'repoint-flow-'));
  const system = await startSystem({ dir, port: 0, quiet: true, assemblyDir: ASSEMBLY });
  const lake = openLake(system);
  return {
    system,
    call: (method, path, body, headers) => call(system, method, path, body, headers),
    async lake(sql) {
      await system.flush();
      return lake.query(sql);
    },
    until,
    async end() {
      await system.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function call(
  { baseUrl, apiKey }: System,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

async function until<T>(read: () => Promise<T>, done: (value: T) => boolean, withinMs = 30_000): Promise<T> {
  const limit = performance.now() + withinMs;
  for (;;) {
    const value = await read();
    if (done(value)) return value;
    if (performance.now() > limit)
      throw new Error(`Not reached within ${withinMs} ms; last seen: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
