import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;
/** Files this process holds: its own pid in a file means nothing after a restart that got the same pid. */
const held = new Set<string>();

/** Somebody else holds the lock. */
export class Locked extends Error {
  readonly pid: number;
  constructor(file: string, pid: number) {
    super(`${file} is held by process ${pid}`);
    this.pid = pid;
  }
}

/**
 * Takes a lock file that names this process; one left by a process that is gone is taken over. Waits at most `waitMs`
 * for another process to let go, then throws `Locked`. Returns how to release it.
 */
export async function fileLock(file: string, { waitMs = 0 } = {}): Promise<() => void> {
  mkdirSync(dirname(file), { recursive: true });
  const until = performance.now() + waitMs;
  for (let owner = taken(file); owner !== undefined; owner = taken(file)) {
    if (performance.now() >= until) throw new Locked(file, owner);
    await sleep(LOOK_EVERY_MS);
  }
  held.add(file);
  return () => {
    if (held.delete(file)) unlinkSync(file);
  };
}

/** Takes the lock, or tells who has it. The file appears with its content, so that nobody reads it half written. */
function taken(file: string): number | undefined {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    for (let attempt = 0; attempt < 2; attempt++) {
      if (linked(own, file)) return undefined;
      const owner = Number(readFileSync(file, 'utf8'));
      if (owner === process.pid ? held.has(file) : isAlive(owner)) return owner;
      unlinkSync(file);
    }
    return 0;
  } finally {
    unlinkSync(own);
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
