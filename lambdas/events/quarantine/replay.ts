import type { ReplayRequest } from '../../../schemas/events/generated/requests.js';
import type { Ctx } from '../../shared/context.ts';
import { invalid, type Problem } from '../../shared/errors.ts';
import { type ListDeps, longestDays } from './list-quarantine.ts';
import { positionIn, type Question, tokenOf } from './page-token.ts';
import { type ErrorsDeps, replayErrors } from './replay-errors.ts';
import { type Replayed, replayIds, replaySpan, type SpanDeps } from './replay-quarantine.ts';
import { type Span, spanOf } from './span.ts';

export type ReplayDeps = SpanDeps & ErrorsDeps & Pick<ListDeps, 'quarantineDays'>;

export interface ReplayAnswer extends Omit<Replayed, 'position'> {
  /** There is more: the same request with this goes on. Null at the end. */
  readonly nextToken: string | null;
}

/**
 * Judges quarantined events again, by the tracking plan of today (spec §1): those it takes go into the stream and leave
 * quarantine, the others stay. With `source` firehose, lines that Firehose could not file go into the stream again.
 * One call takes about a thousand events; `nextToken` goes on. A call that died may be repeated: what it had
 * put into the stream already counts once. Throws a validation error that tells all that is wrong with the request.
 */
export async function replay(deps: ReplayDeps, ctx: Ctx, request: ReplayRequest): Promise<ReplayAnswer> {
  const { from, to, name, reason, ids, source = 'quarantine', nextToken } = request;
  const span = checked(request, ctx.now, longestDays(deps.quarantineDays));
  if (ids !== undefined) return answerOf(await replayIds(deps, ctx, ids), {});
  const question: Question = { source, from, to, name, reason };
  const position = nextToken === undefined ? undefined : positionIn(nextToken, question);
  const replayed =
    source === 'firehose'
      ? await replayErrors(deps, ctx, span, position)
      : await replaySpan(deps, ctx, { span, filter: { name, reason }, position });
  return answerOf(replayed, question);
}

const answerOf = ({ position, ...told }: Replayed, question: Question): ReplayAnswer => ({
  ...told,
  nextToken: position === undefined ? null : tokenOf(position, question),
});

/** Firehose's errors are kept for a year. */
const ERROR_DAYS = 366;

function checked(request: ReplayRequest, now: number, quarantineDays: number): Span {
  const { ids, from, source = 'quarantine', ...others } = request;
  const problems: Problem[] = [];
  if ((ids === undefined) === (from === undefined))
    problems.push({ field: ids ? 'from' : 'ids', message: 'Either ids or from must be given' });
  const beside = Object.keys(others).filter(
    (field) => ids !== undefined && others[field as keyof typeof others],
  );
  if (source === 'firehose') beside.push(...['ids', 'name', 'reason'].filter((field) => field in request));
  for (const field of beside)
    problems.push({
      field,
      message: `${field} is not allowed ${ids ? 'beside ids' : 'with source firehose'}`,
    });
  const days = source === 'firehose' ? ERROR_DAYS : quarantineDays;
  const span = spanOf(request, now, days, problems);
  if (problems.length > 0) throw invalid(problems);
  return span;
}
