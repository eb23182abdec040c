import { sqlTimestamp } from '../../shared/sql-text.ts';
import type { EventMatch, Window } from '../rule/plain.ts';
import type { AskedAt } from './asked-at.ts';
import { ANY_ACTIVITY, matchSql } from './match-sql.ts';
import { type Span, spanOf, together } from './spans.ts';

/** Expressions of one step of the statement, each written once however many conditions ask for it. */
export class Terms {
  private readonly prefix: string;
  private readonly names = new Map<string, string>();

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** The column that the expression has in the next step. */
  name(expression: string): string {
    const name = this.names.get(expression) ?? `${this.prefix}${this.names.size}`;
    this.names.set(expression, name);
    return name;
  }

  /** `, expression AS name` of each. */
  sql(): string {
    return [...this.names].map(([expression, name]) => `, ${expression} AS ${name}`).join('');
  }

  get columns(): readonly string[] {
    return [...this.names.values()];
  }
}

export interface Ranking {
  readonly values: Terms;
  readonly ranks: Terms;
}

/** What the conditions of a rule ask of the one pass over the events, gathered while they are compiled. */
export class Draft {
  readonly asked: AskedAt;
  /** Spans of the only rows that are read, by the names of their events. */
  private readonly read: ReadonlyMap<string, Span>;
  /** Of one event. */
  readonly told = new Terms('t');
  /** Of one event among its person's, in their order. */
  readonly near = new Terms('n');
  /** Of a person's events together. */
  readonly sums = new Terms('s');
  /** Of a person's sums, and then of the person among all. */
  readonly ranking: Ranking = { values: new Terms('v'), ranks: new Terms('r') };
  /** The same once more, for ranks of what is a rank itself. */
  readonly reranking: Ranking = { values: new Terms('w'), ranks: new Terms('x') };
  /** Columns of `near` whose values are counted one by one. */
  readonly counted = new Set<string>();
  /** Texts of analyst queries. */
  readonly queries: string[] = [];
  /** When which names are needed. */
  readonly needs = new Map<string, Span>();
  readonly columns = new Set<string>();

  /** `read`: what another draft of the same rule needed, when nothing else will be read. */
  constructor(asked: AskedAt, read: ReadonlyMap<string, Span> = new Map()) {
    this.asked = asked;
    this.read = read;
  }

  /** Says that events of a name are needed in a span. */
  need(name: string, span: Span): void {
    const known = this.needs.get(name);
    this.needs.set(name, known === undefined ? span : together(known, span));
  }

  /** A column of `told` that is true of events that match. */
  match(match: EventMatch): string {
    const { sql, columns } = matchSql(match);
    for (const column of columns) this.columns.add(column);
    return this.told.name(sql);
  }

  /** A condition on a row of `told`: an event that matches, in the window. */
  inWindow(match: EventMatch, window: Window): string {
    const span = spanOf(window, this.asked);
    this.need(match.name, span);
    return `${this.match(match)}${this.isReadOnlyIn(span, match.name) ? '' : spanSql(span)}`;
  }

  /** Whether rows of that name are read of the span alone, so that none has to be asked when it was. */
  private isReadOnlyIn(span: Span, name: string): boolean {
    const read = this.read.get(name);
    const alone = this.read.size === 1 || !(this.read.has(ANY_ACTIVITY) || name === ANY_ACTIVITY);
    return alone && read !== undefined && read.from === span.from && read.to === span.to;
  }

  /** The text that a person has most often in the rows that meet the condition: the column of it among the sums. */
  favourite(condition: string, text: string): string {
    const column = this.near.name(`CASE WHEN ${condition} THEN ${text} END`);
    this.counted.add(column);
    return favouriteColumn(column);
  }
}

export const favouriteColumn = (counted: string): string => `favourite_${counted}`;

/** ` AND …` for each end of a span. */
export const spanSql = ({ from, to }: Span, at = 'occurred_at'): string =>
  [
    ...(from === undefined ? [] : [` AND ${at} >= ${sqlTimestamp(from)}`]),
    ...(to === undefined ? [] : [` AND ${at} < ${sqlTimestamp(to)}`]),
  ].join('');
