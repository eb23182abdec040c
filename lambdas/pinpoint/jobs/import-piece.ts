import type { EndpointRows } from '../endpoints/ports.ts';
import { type Moment, updateEndpoints } from '../endpoints/update-endpoints.ts';
import { listPartKey } from '../segments/segment.ts';
import type { ImportRecord } from './import-record.ts';
import { type ImportProgress, type JobRow, MAX_FAILURES } from './job.ts';
import { type BadLine, type ListEntry, listEntry } from './list-entry.ts';
import type { ListFiles } from './ports.ts';

/** Endpoints registered at once. */
const BATCH = 100;
/** Lines of one part of a list: what is held in memory, here and by whoever reads it. */
const PART_LINES = 100_000;

export interface PieceDeps {
  readonly files: ListFiles;
  readonly rows: EndpointRows;
  readonly moment: Moment;
}

/** Reads one object into the job's list. It can be repeated: the same records make the same parts. */
export class PieceImport {
  #progress: ImportProgress;
  readonly #channelCounts: Record<string, number>;
  readonly #failures: string[];
  #batch: ListEntry[] = [];
  #part: string[] = [];

  constructor(
    private readonly deps: PieceDeps,
    private readonly job: JobRow,
    private readonly key: string,
  ) {
    this.#progress = job.progress;
    this.#channelCounts = { ...job.progress.channelCounts };
    this.#failures = [...job.progress.failures];
  }

  /** Reads all records and returns the job's progress with this piece done. */
  async run(records: AsyncIterable<ImportRecord>): Promise<ImportProgress> {
    for await (const record of records) {
      this.#add({ totalProcessed: 1 });
      const entry = listEntry(record, this.#progress.listKind);
      if ('problem' in entry) this.#fail(entry);
      else await this.#take(entry);
    }
    await this.#settle();
    await this.#flush();
    return {
      ...this.#progress,
      completedPieces: this.#progress.completedPieces + 1,
      lastKey: this.key,
      channelCounts: this.#channelCounts,
      failures: this.#failures,
    };
  }

  #add(counts: Partial<Record<'totalProcessed' | 'totalFailures' | 'size' | 'parts', number>>): void {
    const grown = Object.entries(counts).map(([name, by]) => [
      name,
      this.#progress[name as keyof typeof counts] + by,
    ]);
    this.#progress = { ...this.#progress, ...Object.fromEntries(grown) };
  }

  #fail({ line, problem }: BadLine): void {
    this.#add({ totalFailures: 1 });
    if (this.#failures.length < MAX_FAILURES) this.#failures.push(`${this.key} line ${line}: ${problem}`);
  }

  async #take(entry: ListEntry): Promise<void> {
    this.#progress = { ...this.#progress, listKind: entry.kind };
    this.#batch.push(entry);
    if (this.#batch.length >= BATCH) await this.#settle();
  }

  /** Registers the batch, if the job says so, and puts what was not refused into the list. */
  async #settle(): Promise<void> {
    const batch = this.#batch.splice(0);
    const refused = await this.#registered(batch);
    for (const entry of batch) {
      const refusal = entry.update && refused.get(entry.update.id);
      if (refusal) this.#fail({ line: entry.line, problem: refusal.message });
      else this.#list(entry);
    }
    if (this.#part.length >= PART_LINES) await this.#flush();
  }

  #registered(batch: readonly ListEntry[]): ReturnType<typeof updateEndpoints> {
    const updates = batch.flatMap(({ update }) => update ?? []);
    if (!this.job.definition.registerEndpoints || updates.length === 0) return Promise.resolve(new Map());
    return updateEndpoints(this.deps.rows, updates, this.deps.moment);
  }

  #list({ listLine, channel }: ListEntry): void {
    this.#add({ size: 1 });
    if (channel !== undefined) this.#channelCounts[channel] = (this.#channelCounts[channel] ?? 0) + 1;
    if (this.job.definition.defineSegment) this.#part.push(`${JSON.stringify(listLine)}\n`);
  }

  async #flush(): Promise<void> {
    if (this.#part.length === 0) return;
    this.#add({ parts: 1 });
    const { applicationId, segmentId, id } = this.job;
    const list = { applicationId, id: segmentId, importJobId: id };
    await this.deps.files.put(listPartKey(list, this.#progress.parts), this.#part.splice(0).join(''));
  }
}
