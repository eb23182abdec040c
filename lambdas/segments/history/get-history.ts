import { DAY_MS } from '../../shared/durations.ts';
import { invalid, type Problem } from '../../shared/errors.ts';
import type { ResolutionStore, SegmentStore } from '../ports.ts';
import { unknownSegment } from '../read-segments.ts';
import { minuteOf, type Resolution } from '../resolution.ts';
import { athenaCost } from '../resolve/athena-cost.ts';

export interface HistoryDeps {
  readonly segments: SegmentStore;
  readonly resolutions: Pick<ResolutionStore, 'between'>;
}

/** The size that a segment had at one moment, and what it took to know it. */
export interface SizeEntry {
  /** ISO 8601: the moment its rule was judged for. */
  readonly at: string;
  readonly resolution: string;
  readonly version: number;
  readonly size: number;
  readonly tookMs: number;
  /** Of rules that Athena answers: what it read, and what that costs in US dollars. */
  readonly scannedBytes?: number;
  readonly costUsd?: number;
}

const PAGE = 500;
/** Without `from`, so far back. */
const DEFAULT_DAYS = 90;

/**
 * How a segment's size changed, oldest first: whenever it was resolved `from` … `to` (days or ISO 8601 times, UTC; the last
 * 90 days). Sizes are kept for 800 days, longer than the lists. `next` is the `after` of the next page.
 */
export async function getHistory(
  deps: HistoryDeps,
  ctx: { readonly now: number },
  name: string,
  query: Readonly<Record<string, string>>,
): Promise<{ result: readonly SizeEntry[]; next: string | null }> {
  const { after, ...span } = readQuery(query, ctx.now);
  const segment = await deps.segments.find(name.normalize('NFC'));
  if (!segment) throw await unknownSegment(deps.segments, name, 'name');
  const page = { limit: PAGE, ...(after === undefined ? {} : { after }) };
  const rows = await deps.resolutions.between(segment.name, span, page);
  const last = rows.length === PAGE ? rows.at(-1)?.id : undefined;
  return { result: rows.flatMap(entryOf), next: last ?? null };
}

function entryOf({
  id,
  version,
  state,
  size,
  requestedAt,
  finishedAt = requestedAt,
  scannedBytes,
}: Resolution): SizeEntry[] {
  if (state !== 'ready' || size === undefined) return [];
  const cost = scannedBytes === undefined ? {} : { scannedBytes, costUsd: athenaCost(scannedBytes) };
  const tookMs = Date.parse(finishedAt) - Date.parse(requestedAt);
  return [{ at: requestedAt, resolution: id, version, size, tookMs, ...cost }];
}

function readQuery(query: Readonly<Record<string, string>>, now: number) {
  const problems: Problem[] = [];
  const from = timeOf(query, 'from', new Date(now - DEFAULT_DAYS * DAY_MS).toISOString(), problems);
  const to = timeOf(query, 'to', new Date(now).toISOString(), problems);
  // A day means all of it.
  const until = to.length === 10 ? `${to}T23:59` : to;
  if (problems.length === 0 && minuteOf(longForm(from)) > minuteOf(until))
    problems.push({ field: 'from', message: `from is ${from}; allowed: not after to, which is ${to}` });
  const span = { from: minuteOf(longForm(from)), to: minuteOf(until) };
  const { after } = query;
  if (after !== undefined && !isPlace(after, span))
    problems.push({
      field: 'after',
      message: `after is "${after}"; allowed: next of the page before, of the same from and to`,
    });
  if (problems.length > 0) throw invalid(problems);
  return { ...span, ...(after === undefined ? {} : { after }) };
}

/** An id as resolutions have them, of a minute in the span: DynamoDB goes on from no other. */
function isPlace(after: string, { from, to }: { readonly from: string; readonly to: string }): boolean {
  const minute = /^(\d{8}T\d{4})-[\w-]{1,60}$/.exec(after)?.[1];
  return minute !== undefined && minute >= from && minute <= to;
}

const longForm = (time: string): string => (time.length === 10 ? `${time}T00:00` : time);

function timeOf(
  query: Readonly<Record<string, string>>,
  field: 'from' | 'to',
  otherwise: string,
  problems: Problem[],
): string {
  const text = query[field];
  if (text === undefined) return otherwise;
  const ms = /^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:?\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return text.length === 10 ? text : new Date(ms).toISOString();
  problems.push({
    field,
    message: `${field} is "${text}"; allowed: YYYY-MM-DD, or an ISO 8601 time with zone`,
  });
  return otherwise;
}
