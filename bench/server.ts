/** Starts the local system as a process of its own, as a person would with `npm start`, so that it can be timed and killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SystemFacts } from '../local/system-facts.ts';

export interface Server extends SystemFacts {
  /** Milliseconds from spawn to ready. */
  readonly startedMs: number;
  readonly pid: number;
  /** SIGKILL, as a crash would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const ROOT = join(import.meta.dirname, '..');
const READY_MS = 90_000;

const exited = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));

/**
 * Starts `local/start.ts` on `dir` and `port`; resolves when it answers. Throws with its output when it does not come
 * up. `assemblyDir` holds templates and bundles that several systems share; without it they are built in `dir`.
 */
export async function startServer(dir: string, port: number, assemblyDir?: string): Promise<Server> {
  const facts = join(dir, 'system.json');
  rmSync(facts, { force: true });
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...['--import', 'tsx', 'local/start.ts', '--dir', dir, '--port', String(port)],
      ...(assemblyDir === undefined ? [] : ['--assembly', assemblyDir]),
    ],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => (output = `${output}${chunk}`.slice(-4000)));
  while (!(await ready(facts, port))) {
    if (child.exitCode !== null || performance.now() - began > READY_MS) {
      child.kill('SIGKILL');
      throw new Error(`The local system did not come up:\n${output}`);
    }
    await sleep(50);
  }
  const startedMs = performance.now() - began;
  const read = JSON.parse(readFileSync(facts, 'utf8')) as SystemFacts;
  const end = (signal: NodeJS.Signals) => async () => {
    child.kill(signal);
    await exited(child);
  };
  return { ...read, startedMs, pid: child.pid ?? 0, kill: end('SIGKILL'), stop: end('SIGTERM') };
}

async function ready(facts: string, port: number): Promise<boolean> {
  if (!existsSync(facts)) return false;
  return fetch(`http://127.0.0.1:${port}/local/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}
