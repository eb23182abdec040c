/** People whose events must not be told from anybody's any more (spec §1, "Privacy"). Pure. */
import { sqlText, sqlTimestamp } from '../../shared/sql-text.ts';
import type { EventRow } from '../row.ts';
import { dayOf, parseInstant } from '../time.ts';

/** Anonymous events of one browser or app, from one person's last visit before to the one at which they named themselves. */
export interface Turn {
  readonly anonymousId: string;
  /** When somebody else had named themselves before, epoch milliseconds; undefined when nobody had. */
  readonly afterMs?: number | undefined;
  /** When the person did last, epoch milliseconds; undefined when nobody else did after. */
  readonly toMs?: number | undefined;
}

export interface ErasedPerson {
  /** Of the erasure; it names nobody. */
  readonly id: string;
  readonly userId: string;
  readonly turns: readonly Turn[];
  /** When they asked, epoch milliseconds: what was received later is somebody's who came back. */
  readonly untilMs: number;
  /** Partitions that had something of them when the lake was looked over last; undefined before it was. */
  readonly left?: number | undefined;
  /** Ids of the endpoints that were theirs: rows of the ledger that name one and nobody are theirs. */
  readonly endpoints?: readonly string[] | undefined;
  /** Random; what stands for their ids in masked rows is made with it. Undefined before the lake was looked over: until then no row of the ledger is masked. */
  readonly key?: string | undefined;
}

/** The view `events` weighs reports of orders in open days against compacted days of so many days back. */
const ORDERS_SETTLE_DAYS = 20;
/** By then the day of the request is closed and compacted, and with it every report that could be erased. */
const REQUEST_SETTLES_DAYS = 11;

/**
 * Whether a person may be masked in a partition: an erased purchase has lost its order's number, and would count twice
 * beside another report of it in a day that is still open. The ledger waits as long, so that a message and its open among
 * the events of its day are masked in the same night.
 */
export function isMaskable(
  { masksAfterDays }: { readonly masksAfterDays: number },
  { day }: { readonly day: string },
  { untilMs }: ErasedPerson,
  now: number,
): boolean {
  const own = dayOf(Date.parse(day));
  const settled = Math.min(own + ORDERS_SETTLE_DAYS, dayOf(untilMs) + REQUEST_SETTLES_DAYS);
  return dayOf(now) >= Math.max(own + masksAfterDays, settled);
}

/** Athena takes no longer statement. */
export const MOST_BYTES = 262_144;
/** A unit of a text has up to three bytes, and a statement says more than who is meant. */
const MOST_UNITS = 80_000;

/** People by as many as fit in a statement; the first ones are those of whom something may be left, or others that are meant. */
export function inStatements(
  people: readonly ErasedPerson[],
  isFirst = ({ left }: ErasedPerson): boolean => left !== 0,
): ErasedPerson[][] {
  const chunks: ErasedPerson[][] = [];
  let room = 0;
  for (const person of [...people].sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)))) {
    const units = namedRow(person).length + browserRows(person).join().length + endpointUnits(person);
    if (units > room || chunks.length === 0) {
      chunks.push([]);
      room = MOST_UNITS;
    }
    chunks.at(-1)?.push(person);
    room -= units;
  }
  return chunks;
}

/**
 * SELECT of what is the people's among the rows of a relation (events_raw, events_compacted or part of them), each row of
 * columns once. `columns` may name `told.` columns and `people.id`. An anonymous event is theirs when they named themselves
 * after it in the same browser; what somebody else did there is not.
 */
export function theirs(relation: string, columns: string, people: readonly ErasedPerson[]): string {
  const named = `SELECT ${columns}
  FROM ${relation} AS told
  JOIN (VALUES ${people.map(namedRow).join(', ')}) AS people (id, user_id, until_at)
    ON people.user_id = told.user_id
  WHERE told.received_at <= people.until_at`;
  const browsers = people.flatMap(browserRows);
  if (browsers.length === 0) return `${named.replace('SELECT', 'SELECT DISTINCT')}`;
  return `${named}
  UNION
  SELECT ${columns}
  FROM ${relation} AS told
  JOIN (VALUES ${browsers.join(', ')}) AS people (id, anonymous_id, until_at, after_at, last_at)
    ON people.anonymous_id = told.anonymous_id
  WHERE told.user_id IS NULL AND told.received_at <= people.until_at
    AND told.occurred_at > people.after_at AND told.occurred_at <= people.last_at`;
}

const namedRow = ({ id, userId, untilMs }: ErasedPerson): string =>
  `(${sqlText(id)}, ${sqlText(userId)}, ${sqlTimestamp(untilMs)})`;

/** What statements say of a person beside what `theirs` says: their endpoints and their key. */
const endpointUnits = ({ endpoints = [] }: ErasedPerson): number =>
  endpoints.reduce((units, endpoint) => units + sqlText(endpoint).length + KEYED_UNITS, 2 * KEYED_UNITS);
/** An erasure's id or a key, and a moment. */
const KEYED_UNITS = 80;

/** Earlier than any event: one whose clock says nothing was at 0. */
const BEFORE_ALL_MS = -1;
const LAST_MS = Date.UTC(9999, 11, 31);

const browserRows = ({ id, turns, untilMs }: ErasedPerson): string[] =>
  turns.map(
    ({ anonymousId, afterMs = BEFORE_ALL_MS, toMs = LAST_MS }) =>
      `(${sqlText(id)}, ${sqlText(anonymousId)}, ${sqlTimestamp(untilMs)}, ${sqlTimestamp(afterMs)}, ${sqlTimestamp(toMs)})`,
  );

/** What of an event tells whose it is; times in epoch milliseconds, undefined where they cannot be read. */
export interface Belonging {
  readonly userId: unknown;
  readonly anonymousId: unknown;
  readonly receivedMs: number;
  readonly occurredMs: number | undefined;
}

/** Of a line of the events stream. */
export const belongingOf = (
  row: Pick<EventRow, 'user_id' | 'anonymous_id' | 'received_at' | 'occurred_at'>,
): Belonging => ({
  userId: row.user_id,
  anonymousId: row.anonymous_id,
  receivedMs: parseInstant(`${row.received_at}Z`) ?? 0,
  occurredMs: parseInstant(`${row.occurred_at}Z`),
});

/** Whether an event is one of an erased person's; the same rule as `theirs`. */
export function isTheirs(people: readonly ErasedPerson[], event: Belonging): boolean {
  return people.some(({ userId, turns, untilMs }) => {
    if (event.receivedMs > untilMs) return false;
    if (typeof event.userId === 'string') return event.userId === userId;
    return turns.some((turn) => turn.anonymousId === event.anonymousId && isWithin(turn, event.occurredMs));
  });
}

const isWithin = ({ afterMs = BEFORE_ALL_MS, toMs = LAST_MS }: Turn, ms: number | undefined): boolean =>
  ms === undefined || (ms > afterMs && ms <= toMs);
