/** Nights of a lake: what the functions of compaction do, one after the other, and wherever one dies. */
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type CompactDeps, compactPartition } from '../../../lambdas/events/compaction/compact-partition.ts';
import { s3Compactions } from '../../../lambdas/events/compaction/compaction-store.aws.ts';
import { s3LakeFiles } from '../../../lambdas/events/compaction/lake-files.aws.ts';
import type { CompactRequest } from '../../../lambdas/events/compaction/ports.ts';
import { queueCompactions } from '../../../lambdas/events/compaction/queue-compactions.ts';
import { athenaQueries } from '../../../lambdas/shared/queries.aws.ts';
import { type S3, startS3 } from '../../../local/aws/s3/index.ts';
import { DATABASE, WORKGROUP } from '../../local/aws/support/athena.ts';
import { client } from '../../local/aws/support/folder.ts';
import { LAKE_BUCKET } from '../../local/aws/support/lake.ts';
import type { lakeFixture } from '../../local/aws/support/lake-fixture.ts';

export const DAY_MS = 24 * 60 * 60 * 1000;
export const HOUR_MS = 60 * 60 * 1000;
/** "Now" of each test: the day is long over when those it files are closed. */
export const NOW = Date.parse('2026-03-20T18:00:00Z');

const TABLES = [
  ...['events_raw', 'events_compacted', 'identity_turns', 'activity_pieces', 'compactions'],
  ...['ledger_raw', 'ledger_compacted', 'ledger_compactions'],
];

/** Call it once, at the top of a test file, after `lakeFixture`. */
export function compactionFixture(lake: ReturnType<typeof lakeFixture>) {
  let s3: S3;
  let deps: CompactDeps;
  let asked = 0;
  /** Statements that were asked for by whoever died then: Athena runs them to their end all the same. */
  const orphans: string[] = [];

  beforeAll(async () => {
    s3 = await startS3({ dir: lake.s3Dir, buckets: [LAKE_BUCKET, 'repoint-test-work'] });
    const s3Client = new S3Client({ ...client(s3.url), forcePathStyle: true });
    deps = {
      compactions: s3Compactions(LAKE_BUCKET, s3Client),
      files: s3LakeFiles(LAKE_BUCKET, s3Client),
      queries: athenaQueries({ workgroup: WORKGROUP, database: DATABASE }, lake.client()),
      erasures: { erased: async () => [] },
      time: { now: () => lake.clock.now(), sleep: () => new Promise((resolve) => setTimeout(resolve, 5)) },
    };
  });
  afterAll(() => s3.close());
  beforeEach(() => empty());

  function empty(): void {
    for (const table of TABLES) lake.clear(table);
    lake.clock.set(NOW);
  }

  const ctx = () => ({
    actor: 'test',
    requestId: `request-${asked++}`,
    now: lake.clock.now(),
    deadline: lake.clock.now() + 15 * 60_000,
  });

  return {
    get deps() {
      return deps;
    },
    empty,
    ctx,
    compact: (request: CompactRequest, more: Partial<CompactDeps> = {}) =>
      compactPartition({ ...deps, ...more }, ctx(), request),
    /** What the function and its queue do in a night; then its writings count, and what they replaced is read no more. */
    async night(more: Partial<CompactDeps> = {}, retentionDays = 730): Promise<CompactRequest[]> {
      const queued: CompactRequest[] = [];
      const queue = {
        send: async (request: CompactRequest) => void queued.push(request),
        sendAll: async () => {},
      };
      const kept = { events: retentionDays, ledger: retentionDays };
      await queueCompactions({ ...deps, ...more, queue, retentionDays: kept }, ctx());
      for (const request of queued) await compactPartition({ ...deps, ...more }, ctx(), request);
      lake.clock.advance(DAY_MS - HOUR_MS);
      return queued;
    },
    files: async (prefix: string): Promise<string[]> => {
      const keys: string[] = [];
      for await (const key of deps.files.list(prefix)) keys.push(key);
      return keys;
    },
    /** Else an orphan would write into the next trial's lake, or into a folder that is being removed. */
    async orphansEnd(): Promise<void> {
      for (const id of orphans.splice(0))
        while ((await deps.queries.state(id)).state === 'running') await deps.time.sleep(5);
    },
    /** The ports, of which one dies in the middle of its `n`th call: what it does is done or not. */
    dying(n: number): Partial<CompactDeps> {
      let calls = 0;
      const deadly = <Port extends object>(port: Port): Port =>
        new Proxy(port, {
          get: (target, name) => {
            const member = Reflect.get(target, name) as unknown;
            if (typeof member !== 'function' || name === 'list' || name === 'url') return member;
            return async (...given: unknown[]) => {
              const dies = calls++ === n;
              if (dies && n % 2 === 0) throw new Error('killed before');
              const answer = await (member as (...all: unknown[]) => Promise<unknown>).apply(target, given);
              if (name === 'start') orphans.push(String(answer));
              if (dies) throw new Error('killed after');
              return answer;
            };
          },
        });
      return {
        compactions: deadly(deps.compactions),
        files: deadly(deps.files),
        queries: deadly(deps.queries),
      };
    },
    /** Files in which workers of several partitions wait for each other: each has weighed before any of them names what it wrote. */
    weighedTogether(workers: number): CompactDeps['files'] {
      let weighed = 0;
      let all = () => {};
      const allWeighed = new Promise<void>((resolve) => {
        all = resolve;
      });
      return {
        ...deps.files,
        write: async (key, text) => {
          await deps.files.write(key, text);
          if (++weighed === workers) all();
          await allWeighed;
        },
      };
    },
  };
}
