import type { Ctx } from '../../shared/context.ts';
import { invalid, type Problem } from '../../shared/errors.ts';
import { bytesOf } from '../../shared/utf8.ts';
import { type Filter, isMeant, newestFirst } from './newest-first.ts';
import { positionIn, type Question, tokenOf } from './page-token.ts';
import { idOf, LAST_LINE, placeOf } from './place.ts';
import type { QuarantineStore } from './ports.ts';
import { type QuarantineView, quarantineView } from './quarantine-view.ts';
import { type Span, spanOf } from './span.ts';

export interface ListDeps {
  readonly store: Pick<QuarantineStore, 'list' | 'read'>;
  /** How long an event stays. */
  readonly quarantineDays: number;
}

export interface QuarantinePage {
  /** The newest first. */
  readonly result: readonly QuarantineView[];
  /** Null on the last page. A search may answer a page that is not full and go on. */
  readonly nextToken: string | null;
}

const PARAMETERS = ['from', 'to', 'name', 'reason', 'limit', 'nextToken'];
const DEFAULT_PAGE = 50;
const MAX_PAGE = 500;
/** A page looks into so many objects, and answers so many bytes and an event: the caller waits for it, and a function may answer 6 MB. */
const MAX_OBJECTS = 200;
const MAX_BYTES = 2 * 1024 * 1024;

/**
 * A page of what lies in quarantine, newest first (spec §1): between `from` and `to`, of one event `name`, with `reason`
 * in a reason's field or message. What comes meanwhile shows on a first page only, what is replayed meanwhile is
 * missing: neither moves the pages that follow. Throws a validation error that tells every wrong parameter.
 */
export async function listQuarantine(
  deps: ListDeps,
  ctx: Ctx,
  query: Readonly<Record<string, string>>,
): Promise<QuarantinePage> {
  const { span, limit, filter, question } = parsed(query, ctx.now, deps.quarantineDays);
  const after =
    query['nextToken'] === undefined ? undefined : placeOf(positionIn(query['nextToken'], question));
  const result: QuarantineView[] = [];
  let [objects, bytes] = [0, 0];
  for await (const { object, events } of newestFirst(deps.store, span, after)) {
    for (const event of events) {
      const { line = 0 } = placeOf(event.quarantine_id) ?? {};
      if ((after?.object === object && line <= after.line) || !isMeant(filter, event)) continue;
      const view = quarantineView(event);
      result.push(view);
      bytes += bytesOf(JSON.stringify(view));
      if (result.length >= limit || bytes >= MAX_BYTES)
        return { result, nextToken: tokenOf(event.quarantine_id, question) };
    }
    objects += 1;
    if (objects >= MAX_OBJECTS)
      return { result, nextToken: tokenOf(idOf({ object, line: LAST_LINE }), question) };
  }
  return { result, nextToken: null };
}

interface Parsed {
  readonly span: Span;
  readonly limit: number;
  readonly filter: Filter;
  readonly question: Question;
}

function parsed(query: Readonly<Record<string, string>>, now: number, quarantineDays: number): Parsed {
  const { from, to, name, reason, limit = String(DEFAULT_PAGE) } = query;
  const problems: Problem[] = Object.keys(query)
    .filter((field) => !PARAMETERS.includes(field))
    .map((field) => ({
      field,
      message: `${field} is not a known parameter; allowed: ${PARAMETERS.join(', ')}`,
    }));
  const span = spanOf({ from, to }, now, longestDays(quarantineDays), problems);
  if (!/^[1-9]\d*$/.test(limit) || Number(limit) > MAX_PAGE) {
    const message = `limit is "${limit}"; allowed: a whole number from 1 to ${MAX_PAGE}`;
    problems.push({ field: 'limit', message });
  }
  if (problems.length > 0) throw invalid(problems);
  return { span, limit: Number(limit), filter: { name, reason }, question: { from, to, name, reason } };
}

/** A line of the stream may have waited there before it came to quarantine, under the time it came. */
export const longestDays = (quarantineDays: number): number => 2 * quarantineDays;
