import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Shard to the sequence number of the last record taken from it. */
export type Positions = Readonly<Record<string, string>>;

/** A range of the stream that is being written. Its files are named by it, so that doing it again writes the same ones. */
export interface Intent {
  readonly from: Positions;
  readonly through: Positions;
  /** Arrival of the oldest record, epoch ms. */
  readonly at: number;
}

/**
 * How far a delivery stream is, on disk. The intent is written before the files and the checkpoint after them: a crash
 * in between leaves an intent that starts at the checkpoint, and exactly that range is done again.
 */
export class Progress {
  private readonly dir: string;
  private positions: Positions;

  constructor(dir: string) {
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
    this.positions = read<Positions>(join(dir, 'checkpoint.json')) ?? {};
  }

  get checkpoint(): Positions {
    return this.positions;
  }

  /** The range that a crash left undone, if any. */
  get unfinished(): Intent | undefined {
    const intent = read<Intent>(join(this.dir, 'intent.json'));
    return intent && JSON.stringify(intent.from) === JSON.stringify(this.positions) ? intent : undefined;
  }

  begin(intent: Intent): void {
    write(join(this.dir, 'intent.json'), intent);
  }

  finish({ through }: Intent): void {
    const positions = { ...this.positions, ...through };
    write(join(this.dir, 'checkpoint.json'), positions);
    this.positions = positions;
  }
}

function read<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function write(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, JSON.stringify(value));
  renameSync(`${path}.new`, path);
}
