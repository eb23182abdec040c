import type { ResolutionStore, StoredResolution } from '../ports.ts';
import type { Resolution } from '../resolution.ts';

/** Somebody else wrote the row: whatever this worker found does not count. */
export class LostRow extends Error {
  override readonly name = 'LostRow';
}

/** The row of a resolution in the hands of the worker that claimed it. */
export class HeldRow {
  constructor(
    private readonly store: Pick<ResolutionStore, 'replace'>,
    private stored: StoredResolution,
  ) {}

  get resolution(): Resolution {
    return this.stored.resolution;
  }

  /** Writes the row. Throws LostRow when it was written by anybody else since. */
  async become(next: Resolution): Promise<Resolution> {
    const saved = await this.store.replace(this.stored, next);
    if (saved === undefined) throw new LostRow('the resolution was taken over');
    this.stored = saved;
    return saved.resolution;
  }
}
