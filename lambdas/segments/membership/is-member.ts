import type { MemberRows } from '../../members/index.ts';
import type { Ctx } from '../../shared/context.ts';
import { RepointError } from '../../shared/errors.ts';
import { watchedQuery } from '../../shared/finished-query.ts';
import { type Queries, type QueryRow, type QueryRows, RefusedStatement } from '../../shared/queries.ts';
import { compileRule } from '../compile/compile-rule.ts';
import { firstKept } from '../compile/spans.ts';
import { splitRule } from '../compile/split-rule.ts';
import { explainPerson } from '../evaluate/evaluate-rule.ts';
import type { Facts } from '../evaluate/facts.ts';
import type { Gone, SegmentStore, Time } from '../ports.ts';
import { unknownSegment } from '../read-segments.ts';
import { conditionsOf, listsOf } from '../resolve/conditions.ts';
import { pinnedRule } from '../resolve/pinned-rule.ts';
import type { ResolveSettings } from '../resolve/settings.ts';
import type { PlainCondition, PlainRule } from '../rule/plain.ts';
import type { Condition } from '../rule/rule.ts';
import { type Sentences, sentencesOf } from '../rule/sentences/sentences.ts';
import { writtenCondition } from '../rule/written.ts';
import { askedAt } from './asked-at.ts';
import { factEvent } from './facts.ts';
import { constant, isAsked, withConditions } from './leaves.ts';
import { eventsOf, holdingOf, isOpposite } from './person-statements.ts';

export interface MembershipDeps {
  readonly segments: SegmentStore;
  readonly rows: MemberRows;
  /** Those of the lists that the person is on. */
  readonly onLists: (userId: string, lists: readonly string[]) => Promise<readonly string[]>;
  readonly gone: Gone;
  readonly queries: Queries & QueryRows;
  readonly settings: Pick<ResolveSettings, 'timeZone' | 'retentionDays'>;
  readonly time: Time;
}

export interface Membership {
  readonly segment: string;
  readonly version: number;
  readonly userId: string;
  /** ISO 8601: the moment that the rule was judged for. */
  readonly asOf: string;
  /** `running`: ask `look` in a few seconds. */
  readonly state: 'ready' | 'running';
  readonly look?: string;
  readonly in?: boolean;
  /** What told it: the member's row alone, or events as well. */
  readonly by?: 'members' | 'events';
  /** Every condition of the rule from left to right, with the rules of segments and presets it names. */
  readonly conditions?: readonly JudgedCondition[];
}

export interface JudgedCondition {
  readonly condition: Condition;
  readonly sentences: Sentences;
  readonly holds: boolean;
}

const RESERVE_MS = 3_000;
const POLL_MS = { first: 150, longest: 1_000 } as const;

/**
 * Whether one person is in a segment as it is defined now (spec §3), by the evaluator that the compiled statement agrees with. Rules
 * of attributes and lists are answered from the members table; others from the person's own events, by one statement
 * each for these and for conditions that compare people. `running` when Athena takes longer than the caller waits.
 */
export async function isMember(
  deps: MembershipDeps,
  ctx: Ctx,
  name: string,
  userId: string,
  query: Readonly<Record<string, string>>,
): Promise<Membership> {
  const now = askedAt(query['asOf'], ctx.now);
  const segment = await deps.segments.find(name.normalize('NFC'));
  if (!segment) throw await unknownSegment(deps.segments, name, 'name');
  const { rule, path } = await pinnedRule(deps, segment.rule, segment.name);
  const conditions = conditionsOf(rule);
  // Whoever asked to be erased is nobody, whatever is still known of them.
  const isGone = (await deps.gone()).includes(userId);
  const [row, lists] = isGone
    ? [undefined, []]
    : await Promise.all([deps.rows.row(userId), deps.onLists(userId, listsOf(conditions))]);
  const about: About = {
    asOf: new Date(now).toISOString(),
    asked: { now, ...deps.settings },
    token: `${segment.name} ${segment.version} ${now} ${userId}`,
    hasRow: row !== undefined,
  };
  const told = { segment: segment.name, version: segment.version, userId, asOf: about.asOf };
  const own = { attributes: row?.attributes ?? {}, lists: new Set(lists) };
  // Whoever is on a list is somebody: by a row, or by events.
  const isKnown = row !== undefined || lists.length > 0;
  if (path === 'members') {
    const { holds, conditions: judged } = explainPerson(rule, factsOf(own, []), about.asked);
    return {
      ...told,
      state: 'ready',
      in: isKnown && holds,
      by: 'members',
      conditions: toldOf(conditions, judged),
    };
  }
  const found = isGone ? NOTHING : await askedOf(deps, ctx, rule, userId, about);
  if (found === undefined) return { ...told, state: 'running', look: lookAt(told) };
  const known = withConditions(rule, (condition, place) =>
    isAsked(condition) ? constant(found.holding.has(place)) : condition,
  );
  const { holds, conditions: judged } = explainPerson(known, factsOf(own, found.events), about.asked);
  return {
    ...told,
    state: 'ready',
    // Somebody of whom there is no row and no event is nobody, whatever the rule says of nobody.
    in: holds && !isGone && (isKnown || found.isNamed),
    by: 'events',
    conditions: toldOf(conditions, judged),
  };
}

/** The conditions as the rule has them, whatever stood in for them while they were judged. */
const toldOf = (
  conditions: readonly PlainCondition[],
  judged: readonly { readonly holds: boolean }[],
): JudgedCondition[] =>
  conditions.map(writtenCondition).map((condition, place) => ({
    condition,
    sentences: sentencesOf(condition),
    holds: judged[place]?.holds ?? false,
  }));

interface About {
  readonly asOf: string;
  readonly asked: { readonly now: number; readonly timeZone: string; readonly retentionDays: number };
  /** With the same statement, the same question gets what runs for it; what a rule names may have changed since. */
  readonly token: string;
  readonly hasRow: boolean;
}

interface Found {
  readonly events: Facts['events'];
  /** By an event or a query. */
  readonly isNamed: boolean;
  /** Places of the conditions that compare people and hold. */
  readonly holding: ReadonlySet<number>;
}

const NOTHING: Found = { events: [], isNamed: false, holding: new Set() };

const factsOf = (own: Pick<Facts, 'attributes' | 'lists'>, events: Facts['events']): Facts => ({
  ...own,
  events,
  queries: new Set(),
  population: new Map(),
});

const lookAt = ({ segment, userId, asOf }: Pick<Membership, 'segment' | 'userId' | 'asOf'>): string =>
  `/v1/segments/${encodeURIComponent(segment)}/members/${encodeURIComponent(userId)}?asOf=${encodeURIComponent(asOf)}`;

/** Undefined when Athena is not through in the caller's time. */
async function askedOf(
  deps: MembershipDeps,
  ctx: Ctx,
  rule: PlainRule,
  userId: string,
  { asked, token, hasRow }: About,
): Promise<Found | undefined> {
  const { days, columns } = compileRule(rule, asked, { resolution: 'nobody' });
  const comparing = conditionsOf(rule)
    .map((condition, place) => ({ condition, place }))
    .filter(({ condition }) => isAsked(condition));
  // Who has no row is somebody only by an event, and that may lie on any day that is kept.
  const everDay = !hasRow && splitRule(rule).holdsWithoutEvents;
  const read = everDay ? { from: firstKept(asked) } : days;
  const statements = [read && eventsOf(userId, read, columns), holdingOf(userId, comparing, asked)];
  const until = ctx.deadline - RESERVE_MS;
  const answers = statements.map(async (sql, index) =>
    sql ? rowsOf(deps, await deps.queries.start(sql, `${token} ${index} ${sql}`), until) : [],
  );
  const [events, holding] = await Promise.all(answers).catch((error: unknown) => {
    throw blamed(error, rule);
  });
  if (events === undefined || holding === undefined) return undefined;
  const listed = new Set(holding.map(({ place }) => Number(place)));
  const holds = ({ condition, place }: (typeof comparing)[number]) =>
    listed.has(place) !== isOpposite(condition);
  return {
    events: events.map(factEvent),
    isNamed: events.length > 0 || listed.size > 0,
    holding: new Set(comparing.filter(holds).map(({ place }) => place)),
  };
}

/** Athena's refusal is told to the caller when the segment's SQL is what it can refuse. */
function blamed(error: unknown, rule: PlainRule): unknown {
  if (!(error instanceof RefusedStatement)) return error;
  const isSql = conditionsOf(rule).some(({ kind }) => kind === 'query');
  return isSql
    ? new RepointError('unprocessable', `Athena refuses the SQL in the segment's rule: ${error.message}`)
    : new RepointError('unavailable', `The person's events could not be read: ${error.message}`);
}

async function rowsOf(
  { queries, time }: Pick<MembershipDeps, 'queries' | 'time'>,
  id: string,
  until: number,
): Promise<readonly QueryRow[] | undefined> {
  const answer = await watchedQuery({ queries, time }, id, { until, pollMs: POLL_MS });
  if (answer.state === 'succeeded') return queries.rows(id);
  if (answer.state === 'running') return undefined;
  if (answer.fault === 'statement') throw new RefusedStatement(answer.reason);
  throw new RepointError('unavailable', `The person's events could not be read: ${answer.reason}`);
}
