import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileLock, Locked } from './build/file-lock.ts';
import { createClock, type SettableClock } from './clock.ts';
import { bindFront, type Front } from './front.ts';
import type { Parts } from './parts.ts';
import { type SystemFacts, writeFacts } from './system-facts.ts';

export type { SystemFacts } from './system-facts.ts';

export interface SystemOptions {
  /** Folder of the whole state. */
  readonly dir: string;
  /** The one public port; 7300 by default, 0 takes a free one. */
  readonly port?: number;
  /** Prints nothing but errors. */
  readonly quiet?: boolean;
  /** False runs what `assemblyDir` holds, whatever the sources say. */
  readonly build?: boolean;
  /** Folder of the synthesized templates and bundles; `<dir>/cdk.out` by default. */
  readonly assemblyDir?: string;
}

/** The local system, ready: its addresses and keys, and what tests and tools may do with it. */
export interface System extends SystemFacts {
  readonly clock: {
    now(): number;
    /** Moves the clock; queues' delays and visibility timeouts move with it. */
    advance(ms: number): void;
    set(epochMs: number): void;
  };
  /** Fires every schedule now and waits for its function. Throws when one failed. */
  tick(): Promise<void>;
  /** Brings everything accepted so far to its consumers and into the lake. */
  flush(): Promise<void>;
  /** Finishes what runs (10 s at most) and closes everything. */
  stop(): Promise<void>;
  /** Closes everything at once, as a crash would leave it. */
  kill(): Promise<void>;
}

export const DEFAULT_PORT = 7300;
const DRAIN_MS = 10_000;
const LAST_ANSWERS_MS = 1_000;

/** Another system uses the folder. */
export class DirTaken extends Error {}

/**
 * Starts the whole system on this machine. The port is bound and the folder locked before anything else, so that a
 * start which cannot work (PortTaken, DirTaken) leaves nothing behind; that is why the heavy modules (esbuild, DuckDB,
 * the SQL translator) are loaded only then.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const began = performance.now();
  const dir = resolve(options.dir);
  const say = (text: string): void => {
    if (!options.quiet) console.log(text);
  };
  const front = await bindFront(options.port ?? DEFAULT_PORT, dir);
  const undo: (() => Promise<void> | void)[] = [() => front.close(0)];
  try {
    mkdirSync(dir, { recursive: true });
    undo.push(await lockDir(dir));
    const { assemblyDirOf } = await import('./runtime/local-template.ts');
    const assemblyDir = resolve(options.assemblyDir ?? assemblyDirOf(dir));
    if (options.build !== false) {
      const { buildAssembly } = await import('./build/build.ts');
      const { built } = await buildAssembly(assemblyDir);
      say(`${built ? 'Bundled and synthesised' : 'Unchanged since the last build'} (${seconds(began)})`);
    }
    const { startParts } = await import('./parts.ts');
    const clock = createClock();
    const parts = await startParts({ dir, assemblyDir, clock, front, maxConcurrency: workersPerFunction() });
    undo.push(
      () => rmSync(join(dir, 'system.json'), { force: true }),
      () => parts.close(0),
    );
    writeFacts(dir, parts.facts);
    say(`Ready at ${parts.facts.baseUrl} (${seconds(began)})`);
    return systemOf(parts, clock, front, undo);
  } catch (error) {
    await unwind(undo);
    throw error;
  }
}

async function unwind(undo: (() => Promise<void> | void)[]): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step();
}

async function lockDir(dir: string): Promise<() => void> {
  try {
    return await fileLock(join(dir, 'lock'));
  } catch (error) {
    if (error instanceof Locked) throw new DirTaken(`${dir} is in use by process ${error.pid}`);
    throw error;
  }
}

function systemOf(
  parts: Parts,
  clock: SettableClock,
  front: Front,
  undo: (() => Promise<void> | void)[],
): System {
  const end = async (drainMs: number): Promise<void> => {
    front.refuse('The local system is stopping');
    await parts.close(drainMs);
    // Answers made by the functions that just ended may still be on their way out.
    if (drainMs > 0) await front.close(LAST_ANSWERS_MS);
    await unwind(undo);
  };
  return {
    ...parts.facts,
    clock: {
      now: () => clock.now(),
      advance: (ms) => parts.advance(ms),
      set: (epochMs) => parts.advance(epochMs - clock.now()),
    },
    tick: async () => void (await parts.tick()),
    flush: async () => void (await parts.flush()),
    stop: () => end(DRAIN_MS),
    kill: () => end(0),
  };
}

/** Functions wait for stand-ins more than they compute, so two workers each are worth it even on few cores. */
const workersPerFunction = (): number => Math.max(2, Math.min(4, availableParallelism()));

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
