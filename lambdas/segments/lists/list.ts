/** An uploaded list of people (spec §3): what is kept of it, and what may become of it. Pure. */
import type { Kind, Recognised } from './recognise.ts';

/** `open`: takes more parts; `matching`: its people are looked up; `deleting`: what is left of it goes. */
export type ListState = 'open' | 'matching' | 'ready' | 'failed' | 'deleting';

/** One upload into it; its rows lie in S3 until they are matched. */
export interface Part {
  /** By which a repeat of the upload is known. */
  readonly id: string;
  readonly rows: number;
}

export interface List {
  readonly id: string;
  readonly name: string;
  readonly kind: Kind;
  /** By what the kind was told: the caller, the column's header, or the values. */
  readonly recognisedBy: Recognised;
  readonly state: ListState;
  readonly parts: readonly Part[];
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly createdBy: string;
  /** When its message was last put on the queue. */
  readonly queuedAt?: string;
  readonly attempt: number;
  /** While it is matched: nobody else works on it before this moment. */
  readonly leaseUntil?: string;
  readonly readyAt?: string;
  readonly counts?: Counts;
  /** Why it failed. */
  readonly reason?: string;
}

/** rows = matched + unmatched + duplicates. */
export interface Counts {
  /** Rows whose value is of somebody. */
  readonly matched: number;
  /** Rows whose value is of nobody, or none. */
  readonly unmatched: number;
  /** Rows whose value stood on an earlier one. */
  readonly duplicates: number;
  /** People on the list: one address may be of several, several rows of one. */
  readonly members: number;
  /** Files of rows that are of nobody. */
  readonly files: number;
}

/** Of a list: what a matcher holds in memory (a few hundred MB), and a resolver of each list of a rule (about 55 MB). */
export const MOST_ROWS = 1_000_000;
export const MOST_PARTS = 100;
/** Lists of ids up to this size are matched while the caller waits. */
export const MOST_AT_ONCE = 5_000;
/** userIds in one row of the table: 500 times 128 characters of up to 3 bytes stay far below the 400 KB that a row may have. */
const SHARD_IDS = 500;
const MAX_ATTEMPTS = 3;
/** A list that nobody works on for so long has lost its message. */
const SILENCE_MS = 60_000;
/** Its parts lie where everything expires: an open list is closed before that, or is none. */
const OPEN_DAYS = 7;
const DAY_SECONDS = 24 * 60 * 60;

export const rowsOf = ({ parts }: Pick<List, 'parts'>): number =>
  parts.reduce((sum, { rows }) => sum + rows, 0);

/** Fixed once the list is closed, so that a second try overwrites what the first has written. */
export const shardsOf = (list: Pick<List, 'parts'>): number =>
  Math.max(1, Math.ceil(rowsOf(list) / SHARD_IDS));

/** Epoch seconds at which a list that never came to anything is forgotten; undefined of one that is kept. */
export const expiresAt = ({ state, createdAt }: List): number | undefined =>
  state === 'open' || state === 'failed'
    ? Math.floor(Date.parse(createdAt) / 1000) + OPEN_DAYS * DAY_SECONDS
    : undefined;

export const queued = (list: List, now: number): List => ({
  ...list,
  state: 'matching',
  queuedAt: new Date(now).toISOString(),
});

/** Held by a worker until `leaseUntil` (epoch milliseconds). */
export const claimed = (list: List, leaseUntil: number): List => ({
  ...list,
  attempt: list.attempt + 1,
  leaseUntil: new Date(leaseUntil).toISOString(),
});

export const isHeld = ({ leaseUntil }: List, now: number): boolean =>
  leaseUntil !== undefined && now < Date.parse(leaseUntil);

export const isExhausted = ({ attempt }: List): boolean => attempt >= MAX_ATTEMPTS;

/** Whether nobody works on it and no message will make somebody. */
export const isForgotten = (list: List, now: number): boolean =>
  list.state === 'matching' &&
  now - Math.max(Date.parse(list.queuedAt ?? list.createdAt), Date.parse(list.leaseUntil ?? list.createdAt)) >
    SILENCE_MS;

const unheld = ({ leaseUntil: _, ...list }: List): List => list;

/** Free for the next try. */
export const released = (list: List, reason: string): List => ({ ...unheld(list), reason });

export const ready = ({ reason: _, ...list }: List, counts: Counts, now: number): List => ({
  ...unheld(list),
  state: 'ready',
  counts,
  readyAt: new Date(now).toISOString(),
});

export const failed = (list: List, reason: string): List => ({ ...unheld(list), state: 'failed', reason });
