/** What callers are told of an erasure: schemas/members/erasure.response.json. Pure. */
import { DAY_MS } from '../../shared/durations.ts';
import { type Erasure, isClosedErasure, type Step } from './erasure.ts';

/** How long things are kept that an erasure leaves to expire (repoint.config.ts, `retention`). */
export interface Keeping {
  readonly streamHours: number;
  readonly quarantineDays: number;
  readonly workDays: number;
  readonly logsDays: number;
  /** Requests to buckets. */
  readonly accessLogDays: number;
}

export interface ErasureView {
  readonly id: string;
  readonly state: 'erasing' | 'done';
  readonly requestedAt: string;
  readonly doneAt: string | null;
  /** When each part was gone from the tables; null while it is not. */
  readonly tables: Readonly<Record<Step, string | null>>;
  readonly lake: {
    readonly doneAt: string | null;
    /** By when it is done if every night does its work. */
    readonly by: string;
    /** Partitions that had something of the person at the last look; null before the first. */
    readonly left: number | null;
  };
  readonly expires: readonly { readonly what: string; readonly by: string }[];
}

/** DynamoDB's point-in-time recovery reaches back so far. */
const RECOVERY_DAYS = 35;
/** Athena keeps the history of a workgroup so long. */
const QUERY_HISTORY_DAYS = 45;
/** First answers to requests with an Idempotency-Key. */
const FIRST_ANSWER_DAYS = 1;
/** Eleven until the last day is masked (lambdas/events/compaction/erased.ts), one until that counts and the old files go, one to see it. */
const LAKE_DAYS = 14;
/** Firehose is never so long behind without an alarm. */
const SHORTEST_DAYS = 3;
/** S3 removes what expires once a day, and counts from the next midnight. */
const EXPIRY_LAG_DAYS = 2;
/** Seven until a day of the ledger is masked (lambdas/events/compaction/tables.ts), one until the old files go, one to see it, and what is left of the day. */
const LEDGER_DAYS = 10;

/**
 * From when on an erasure may be done: until then a record of before the request may still come, out of the stream or out of
 * quarantine, and the engine may tell of messages whose slices were cut before (docs/adr/0013-the-ledger-is-compacted-too.md); somebody has to know whose it is.
 */
export const earliestEnd = (
  requestedAt: string,
  { quarantineDays, workDays }: Pick<Keeping, 'quarantineDays' | 'workDays'>,
): number =>
  Date.parse(requestedAt) + Math.max(quarantineDays, workDays + EXPIRY_LAG_DAYS, SHORTEST_DAYS) * DAY_MS;

export function erasureView(erasure: Erasure, keeping: Keeping): ErasureView {
  const { id, requestedAt, done } = erasure;
  const doneAt = isClosedErasure(erasure) ? erasure.doneAt : null;
  const by = new Date(lakeBy(requestedAt, keeping)).toISOString();
  return {
    id,
    state: doneAt === null ? 'erasing' : 'done',
    requestedAt,
    doneAt,
    tables: {
      member: done.member ?? null,
      endpoints: done.endpoints ?? null,
      campaigns: done.campaigns ?? null,
      // The states of their browsers go when the lake has told which those were.
      state: (isClosedErasure(erasure) || erasure.lookedAt !== undefined ? done.state : undefined) ?? null,
    },
    lake: {
      doneAt,
      by,
      left: isClosedErasure(erasure) ? 0 : (erasure.left ?? null),
    },
    expires: expiries(erasure, doneAt ?? by, keeping),
  };
}

/** One night more than events take: nights come once a day. */
const lakeBy = (requestedAt: string, keeping: Keeping): number =>
  Math.max(
    earliestEnd(requestedAt, keeping) + LEDGER_DAYS * DAY_MS,
    Date.parse(requestedAt) + (LAKE_DAYS + 1) * DAY_MS,
  );

/** `lakeEnd`: the last look at the lake, whose text and results name the person, as the erasure's own row does until then. */
function expiries({ requestedAt, done }: Erasure, lakeEnd: string, keeping: Keeping): ErasureView['expires'] {
  const after = (days: number, from = requestedAt): string =>
    new Date(Date.parse(from) + days * DAY_MS).toISOString();
  return [
    { what: 'records of the event and ledger streams', by: after(keeping.streamHours / 24) },
    { what: 'first answers to requests with an Idempotency-Key', by: after(FIRST_ANSWER_DAYS) },
    { what: 'events in quarantine', by: after(keeping.quarantineDays) },
    {
      what: 'resolved lists, what scans and previews found, and slices of runs',
      by: after(keeping.workDays, done.state),
    },
    { what: 'rows of uploaded lists that were nobody’s', by: after(keeping.workDays) },
    { what: 'results of queries', by: after(keeping.workDays, lakeEnd) },
    { what: 'texts of queries, in the history of Athena', by: after(QUERY_HISTORY_DAYS, lakeEnd) },
    { what: 'backups of the tables', by: after(RECOVERY_DAYS, lakeEnd) },
    { what: 'logs of functions and APIs', by: after(keeping.logsDays) },
    { what: 'logs of requests to buckets', by: after(keeping.accessLogDays) },
  ];
}
