import type { Ctx } from '../../shared/context.ts';
import type { QueueMessage } from '../../shared/queue.ts';
import type { QueueSender } from '../../shared/queue-sender.ts';
import { cohortOf } from '../endpoints/cohort.ts';
import type { RowsOf } from '../endpoints/ports.ts';
import type { Registry, Stored } from '../ports.ts';
import { publishVersion } from '../segments/publish-version.ts';
import { ImportFailure } from './failure.ts';
import { PieceImport } from './import-piece.ts';
import { type ImportProgress, type JobRow, jobKey, MAX_FAILURES } from './job.ts';
import type { JobMessage } from './message.ts';
import type { ListFiles, OpenSource } from './ports.ts';
import { recordsOf } from './records.ts';

export interface ImportDeps {
  readonly registry: Registry;
  readonly rowsOf: RowsOf;
  readonly files: ListFiles;
  readonly openSource: OpenSource;
  readonly jobs: QueueSender<JobMessage>;
}

type ImportMessage = Extract<JobMessage, { kind: 'import' }>;

/** With less time than this a job hands itself back to the queue between two objects. */
const RESERVE_MS = 120_000;
/** The queue `imports` delivers a message this often before it goes to the dead-letter queue. */
const LAST_RECEIVE = 3;

/**
 * Runs an import job, object by object. Progress is stored after each one, so that a message that comes again goes on
 * where the last run ended; of two runs at once the one that stores second stops. A job that can never succeed ends as
 * FAILED; one that failed for an unknown reason does so on its last try.
 */
export async function runImportJob(
  deps: ImportDeps,
  { body, receiveCount, remainingMs }: QueueMessage<ImportMessage>,
  ctx: Ctx,
): Promise<void> {
  const job = await claimed(deps.registry, body);
  if (!job) return;
  const run = new ImportRun(deps, job, ctx);
  try {
    if (!(await run.pieces(remainingMs))) await deps.jobs.send(body);
    else await run.complete();
  } catch (error) {
    if (error instanceof TakenOver) return;
    if (error instanceof ImportFailure) return await run.fail(error.message);
    if (receiveCount >= LAST_RECEIVE) await run.fail('The engine could not finish the job; see its log');
    throw error;
  }
}

/** The job as PROCESSING, and ours; undefined when it is over, gone, or just claimed by another. */
async function claimed(
  registry: Registry,
  { appId, jobId }: ImportMessage,
): Promise<Stored<JobRow> | undefined> {
  const stored = await registry.get<JobRow>(jobKey(appId, jobId));
  if (!stored || stored.row.status === 'COMPLETED' || stored.row.status === 'FAILED') return undefined;
  return registry.replace<JobRow>(stored, { ...stored.row, status: 'PROCESSING' });
}

/** Another run of the same job has stored its progress: this one has nothing left to do. */
class TakenOver extends Error {}

class ImportRun {
  constructor(
    private readonly deps: ImportDeps,
    private job: Stored<JobRow>,
    private readonly ctx: Ctx,
  ) {}

  async #store(change: Partial<JobRow>): Promise<void> {
    const stored = await this.deps.registry.replace<JobRow>(this.job, { ...this.job.row, ...change });
    if (!stored) throw new TakenOver();
    this.job = stored;
  }

  /** Reads the objects that are left; false when time ran short before the last one. */
  async pieces(remainingMs: () => number): Promise<boolean> {
    const { definition } = this.job.row;
    const source = await this.deps.openSource(definition);
    const keys = await source.keys();
    if (keys.length === 0) throw new ImportFailure(`There is nothing at ${definition.s3Url}`);
    await this.#store({ progress: { ...this.job.row.progress, totalPieces: keys.length } });
    const { lastKey } = this.job.row.progress;
    for (const key of keys.filter((each) => lastKey === undefined || each > lastKey)) {
      if (remainingMs() < RESERVE_MS) return false;
      await this.#store({ progress: await this.#piece(key, await source.open(key)) });
    }
    return true;
  }

  #piece(key: string, bytes: AsyncIterable<Uint8Array>): Promise<ImportProgress> {
    const { row } = this.job;
    const moment = {
      now: this.ctx.now,
      requestId: this.ctx.requestId,
      cohortOf: cohortOf(row.applicationId),
    };
    const deps = { files: this.deps.files, rows: this.deps.rowsOf(row.applicationId), moment };
    return new PieceImport(deps, row, key).run(recordsOf(row.definition.format, bytes));
  }

  /** Makes the segment, then the job COMPLETED: in this order a run that was cut short does both again. */
  async complete(): Promise<void> {
    const { row } = this.job;
    const { progress, definition } = row;
    if (progress.totalProcessed > 0 && progress.size === 0) {
      throw new ImportFailure('Every line failed');
    }
    if (definition.defineSegment) await publishVersion(this.deps.registry, draftOf(row), this.ctx.now);
    await this.#store({ status: 'COMPLETED', completionDate: new Date(this.ctx.now).toISOString() });
  }

  async fail(reason: string): Promise<void> {
    const { progress } = this.job.row;
    const failures = [reason, ...progress.failures].slice(0, MAX_FAILURES);
    const failedPieces = progress.totalPieces - progress.completedPieces;
    await this.deps.registry.replace<JobRow>(this.job, {
      ...this.job.row,
      status: 'FAILED',
      completionDate: new Date(this.ctx.now).toISOString(),
      progress: { ...progress, failures, failedPieces },
    });
  }
}

const draftOf = ({ applicationId, id, segmentId, definition, progress }: JobRow) => ({
  applicationId,
  id: segmentId,
  name: definition.segmentName ?? `import-${id}`,
  type: 'IMPORT' as const,
  kind: progress.listKind ?? 'users',
  size: progress.size,
  channelCounts: progress.channelCounts,
  parts: progress.parts,
  importJobId: id,
  definition: {
    externalId: definition.externalId ?? '',
    format: definition.format,
    roleArn: definition.roleArn,
    s3Url: definition.s3Url,
  },
});
