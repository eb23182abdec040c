/** Whether an analyst's SQL may be run (spec §3: read-only, one column user_id, no scan of all days). Pure. */
import { ParserRuleContext, type ParseTree } from 'antlr4ng';
import {
  AliasedRelationContext,
  FunctionCallContext,
  JsonTableContext,
  PatternRecognitionContext,
  QueryContext,
  QueryPeriodContext,
  QueryPrimaryDefaultContext,
  QuerySpecificationContext,
  QueryStatementContext,
  type QueryTermContext,
  QueryTermDefaultContext,
  SampledRelationContext,
  SetOperationContext,
  SubqueryContext,
  TableContext,
  TableFunctionInvocationContext,
  TableNameContext,
} from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';
import { DAY_MS } from '../../shared/durations.ts';
import type { Problem } from '../../shared/errors.ts';
import { FIRST_DAYS, lowerBound } from './lower-bound.ts';
import { nameOf, tablePath } from './names.ts';
import { readSql } from './read-sql.ts';
import { isRelation, REFUSED, RELATIONS } from './relations.ts';

export interface SqlLimits {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Events are kept so many days. */
  readonly retentionDays: number;
}

const ALLOWED = `allowed: ${Object.keys(RELATIONS).join(', ')}, and names of the WITH before it`;
const ONE_COLUMN = 'allowed: exactly one column named user_id';

/**
 * What is wrong with the text, all of it, in words that go on after its name; empty when it may be run. It may be put in brackets then,
 * with a line break before the closing one: a comment may end it. The scan limit of the workgroup holds on top of this, and so do the
 * rights of the function.
 */
export function checkSql(text: string, limits: SqlLimits): Problem[] {
  return [...new Set(problemsOf(text, limits))].map((message) => ({ field: 'sql', message }));
}

function problemsOf(text: string, limits: SqlLimits): readonly string[] {
  try {
    const sql = readSql(text);
    return 'problem' in sql ? [sql.problem] : new Check(limits).problems(sql.query);
  } catch (error) {
    // Not everything that lies within another needs brackets, and whoever reads it recurses.
    if (error instanceof RangeError) return ['has more within each other than can be read'];
    throw error;
  }
}

/** Names that a WITH has given to queries; a relation of the same name is not seen behind them. */
type Given = ReadonlySet<string>;

class Check {
  private readonly found: string[] = [];
  /** Relations that stand in the FROM of a SELECT whose WHERE was looked at. */
  private readonly judged = new Set<TableNameContext>();

  constructor(private readonly limits: SqlLimits) {}

  problems(query: QueryContext): readonly string[] {
    if (query instanceof QueryStatementContext) this.columns(query.queryNoWith().queryTerm(), true);
    this.visit(query, new Set());
    return this.found;
  }

  /** The first SELECT names the column; those united with it need not. */
  private columns(term: QueryTermContext, named: boolean): void {
    if (term instanceof SetOperationContext) {
      for (const [index, side] of term.queryTerm().entries()) this.columns(side, named && index === 0);
      return;
    }
    const primary = term instanceof QueryTermDefaultContext ? term.queryPrimary() : undefined;
    if (primary instanceof SubqueryContext) {
      this.columns(primary.queryNoWith().queryTerm(), named);
      return;
    }
    if (!(primary instanceof QueryPrimaryDefaultContext)) {
      if (named) this.found.push(`returns rows without names; ${ONE_COLUMN}`);
      return;
    }
    const names = namesOf(primary.querySpecification());
    if (names.length !== 1 || (named && names[0] !== 'user_id'))
      this.found.push(
        `returns ${names.map((name) => name ?? 'a column without a name').join(', ')}; ${ONE_COLUMN}`,
      );
  }

  private visit(node: ParseTree, given: Given): void {
    if (!(node instanceof ParserRuleContext)) return;
    const within = node instanceof QueryStatementContext ? this.withNames(node, given) : given;
    const problem = refused(node);
    if (problem !== undefined) this.found.push(problem);
    if (node instanceof QuerySpecificationContext) this.select(node, within);
    if (node instanceof TableNameContext) this.table(node, within);
    const withNames = node instanceof QueryStatementContext ? node.with() : null;
    for (const child of node.children ?? []) if (child !== withNames) this.visit(child, within);
  }

  /** Each name is seen by the queries after it, not by its own. */
  private withNames(query: QueryStatementContext, given: Given): Given {
    const list = query.with();
    if (list === null) return given;
    if (list.KW_RECURSIVE() !== null) this.found.push('has WITH RECURSIVE; allowed: WITH');
    const names = new Set(given);
    for (const named of list.namedQuery()) {
      this.visit(named.query(), new Set(names));
      names.add(nameOf(named.identifier()));
    }
    return names;
  }

  private table(node: TableNameContext, given: Given): void {
    const path = tablePath(node.tableOrViewName());
    const [name = ''] = path;
    if (path.length !== 1) {
      this.found.push(
        `reads ${path.join('.')}; a name stands alone, without database and catalog; ${ALLOWED}`,
      );
    } else if (!given.has(name) && !isRelation(name)) {
      const reason = Object.hasOwn(REFUSED, name) ? `: ${REFUSED[name]}` : '';
      this.found.push(`reads ${name}${reason}; ${ALLOWED}`);
    }
    if (!this.judged.has(node)) this.found.push(`reads ${path.join('.')} outside of the FROM of a SELECT`);
  }

  /** Every partitioned relation of a FROM has a first day or week in the WHERE of the same SELECT. */
  private select(select: QuerySpecificationContext, given: Given): void {
    const relations = select.relation().flatMap((relation) => [...sources(relation)]);
    const where = select.whereClause()?.booleanExpression();
    for (const { aliased, table } of relations) {
      if (table === undefined) continue;
      this.judged.add(table);
      const path = tablePath(table.tableOrViewName());
      const [name = ''] = path;
      const column = path.length === 1 && !given.has(name) && isRelation(name) ? RELATIONS[name] : undefined;
      if (column === undefined) continue;
      if (aliased.columnAliases() !== null) {
        this.found.push(`gives the columns of ${name} other names; allowed: an alias of the relation alone`);
        continue;
      }
      const alias = aliasOf(aliased, name);
      const twins = relations.filter((other) => aliasOf(other.aliased, other.name) === alias);
      const isColumn = (of: readonly string[]): boolean =>
        of.length === 1
          ? of[0] === column && relations.length === 1
          : of.length === 2 && of[0] === alias && of[1] === column && twins.length === 1;
      const from = where === undefined ? undefined : lowerBound(where, isColumn, this.limits.now);
      this.bound(name, relations.length === 1 ? column : `${alias}.${column}`, from);
    }
  }

  private bound(name: string, column: string, from: number | undefined): void {
    const { now, retentionDays } = this.limits;
    if (from === undefined) {
      this.found.push(
        `reads ${name} without a first ${column}; allowed: ${column} >= … (or =, BETWEEN, IN) in the WHERE of the same SELECT, not beside OR, with ${FIRST_DAYS}`,
      );
      return;
    }
    // A week begins up to six days before the first day that is kept, and the day may have turned elsewhere.
    const earliest = now - (retentionDays + 7) * DAY_MS;
    if (from >= earliest) return;
    const [asked, kept] = [from, now - retentionDays * DAY_MS].map(dayText);
    this.found.push(`reads ${name} from ${asked}; events are kept ${retentionDays} days, since ${kept}`);
  }
}

const dayText = (ms: number): string => {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'too long ago' : date.toISOString().slice(0, 10);
};

interface Source {
  readonly aliased: AliasedRelationContext;
  readonly table?: TableNameContext;
  readonly name: string | undefined;
}

/** The relations of a FROM, not those within its subqueries. */
function* sources(node: ParseTree): Generator<Source> {
  if (!(node instanceof ParserRuleContext) || node instanceof QueryContext) return;
  if (node instanceof AliasedRelationContext) {
    const table = node.relationPrimary();
    const own = table instanceof TableNameContext;
    const within = own ? [] : (table.children ?? []).flatMap((child) => [...sources(child)]);
    // Brackets around joins have relations of their own; without an alias these are seen as they are.
    if (own || node.identifier() !== null || within.length === 0)
      yield {
        aliased: node,
        name: own ? tablePath(table.tableOrViewName()).at(-1) : undefined,
        ...(own ? { table } : {}),
      };
    yield* within;
    return;
  }
  for (const child of node.children ?? []) yield* sources(child);
}

const aliasOf = (aliased: AliasedRelationContext, name: string | undefined): string | undefined => {
  const alias = aliased.identifier();
  return alias === null ? name : nameOf(alias);
};

/** Names of the columns; undefined of one that has none. */
function namesOf(select: QuerySpecificationContext): (string | undefined)[] {
  return select
    .selectList()
    .selectItem()
    .map((item) => {
      const alias = item.identifier();
      if (alias !== null) return nameOf(alias);
      if (item.tableAllColumns() !== null || item.selectAllWithoutTable() !== null) return '*';
      const last = item.selectLiteralColumnName()?.columnRef().qualifiedName()?.identifier().at(-1);
      return last === undefined ? undefined : nameOf(last);
    });
}

/** Parts of Trino's SQL that read in ways nobody here looks into. */
function refused(node: ParserRuleContext): string | undefined {
  if (node instanceof TableContext) return 'has TABLE as a query; allowed: SELECT … FROM';
  if (node instanceof TableFunctionInvocationContext || node instanceof JsonTableContext)
    return 'calls a table function; allowed: UNNEST';
  if (node instanceof QueryPeriodContext) return 'reads a relation as of another time; allowed: as it is';
  if (node instanceof PatternRecognitionContext && node.KW_MATCH_RECOGNIZE() !== null)
    return 'has MATCH_RECOGNIZE; allowed: joins, subqueries and window functions';
  if (node instanceof SampledRelationContext && node.KW_TABLESAMPLE() !== null)
    return 'has TABLESAMPLE; allowed: whole days';
  if (node instanceof FunctionCallContext && node.functionName().qualifiedName().identifier().length > 1)
    return `calls ${node.functionName().getText()}; a function’s name stands alone`;
  return undefined;
}
