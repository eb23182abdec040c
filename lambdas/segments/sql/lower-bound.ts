/** The day from which a WHERE lets a column begin. Pure. */
import {
  AndContext,
  ArithmeticBinaryContext,
  BetweenContext,
  type BooleanExpressionContext,
  ComparisonContext,
  CurrentDateContext,
  FunctionCallContext,
  InListContext,
  type IntervalContext,
  IntervalLiteralContext,
  ParenthesizedExpressionContext,
  PredicatedContext,
  TypeConstructorContext,
  type ValueExpressionContext,
} from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';
import { DAY_MS } from '../../shared/durations.ts';
import { bare, columnPath, nameOf, termOf } from './names.ts';

/** Ways to say a first day, for messages. */
export const FIRST_DAYS = `DATE '2026-01-31', current_date - INTERVAL '30' DAY, date_add('day', -30, current_date)`;

/** The longest that each may be, in days. */
const UNITS: Readonly<Record<string, number>> = { day: 1, week: 7, month: 31, year: 366 };

/** What must hold, term by term: a term beside OR or under NOT need not. */
function* terms(condition: BooleanExpressionContext): Generator<PredicatedContext> {
  if (condition instanceof AndContext) {
    for (const side of condition.booleanExpression()) yield* terms(side);
    return;
  }
  if (!(condition instanceof PredicatedContext)) return;
  const value = condition.valueExpression();
  const brackets =
    condition.predicate() === null && 'primaryExpression' in value ? firstTerm(value) : undefined;
  if (brackets instanceof ParenthesizedExpressionContext)
    yield* terms(brackets.expression().booleanExpression());
  else yield condition;
}

const firstTerm = (value: ValueExpressionContext): unknown =>
  value.getChildCount() === 1 ? value.getChild(0) : undefined;

/** The latest first day (epoch milliseconds) that the condition lets the column have; undefined when it has no first day. */
export function lowerBound(
  condition: BooleanExpressionContext,
  isColumn: (path: readonly string[]) => boolean,
  now: number,
): number | undefined {
  const found = [...terms(condition)].flatMap((term) => boundOf(term, isColumn, now) ?? []);
  return found.length === 0 ? undefined : Math.max(...found);
}

function boundOf(
  term: PredicatedContext,
  isColumn: (path: readonly string[]) => boolean,
  now: number,
): number | undefined {
  const names = (value: ValueExpressionContext): boolean => {
    const path = columnPath(value);
    return path !== undefined && isColumn(path);
  };
  const value = term.valueExpression();
  const predicate = term.predicate();
  if (predicate instanceof ComparisonContext) {
    const other = predicate.valueExpression();
    const sign = predicate.comparisonOperator().getText();
    if (['=', '>=', '>'].includes(sign) && names(value)) return dayOf(other, now);
    return ['=', '<=', '<'].includes(sign) && names(other) ? dayOf(value, now) : undefined;
  }
  if (predicate instanceof BetweenContext && predicate.KW_NOT() === null && names(value)) {
    const [from] = predicate.valueExpression();
    return from === undefined ? undefined : dayOf(from, now);
  }
  if (predicate instanceof InListContext && predicate.KW_NOT() === null && names(value))
    return firstOf(predicate, now);
  return undefined;
}

function firstOf(list: InListContext, now: number): number | undefined {
  const days = list.expression().map((expression) => {
    const condition = expression.booleanExpression();
    return condition instanceof PredicatedContext && condition.predicate() === null
      ? dayOf(condition.valueExpression(), now)
      : undefined;
  });
  return days.includes(undefined) ? undefined : Math.min(...(days as number[]));
}

/** A day that is known now. */
function dayOf(value: ValueExpressionContext, now: number): number | undefined {
  if (value instanceof ArithmeticBinaryContext) return difference(value, now);
  const term = termOf(value);
  if (term instanceof CurrentDateContext) return now - (now % DAY_MS);
  if (term instanceof TypeConstructorContext) return literal(term);
  if (term instanceof FunctionCallContext) return added(term, now);
  const brackets = firstTerm(value);
  const inner = brackets instanceof ParenthesizedExpressionContext ? bare(brackets) : undefined;
  return inner === undefined ? undefined : dayOf(inner, now);
}

function literal(term: TypeConstructorContext): number | undefined {
  const type = term.identifier();
  const text = /^'(\d{4}-\d\d-\d\d)'$/.exec(term.string().getText())?.[1];
  if (type === null || nameOf(type) !== 'date' || text === undefined) return undefined;
  const day = Date.parse(text);
  return Number.isNaN(day) ? undefined : day;
}

/** `current_date - INTERVAL '30' DAY`. */
function difference(value: ArithmeticBinaryContext, now: number): number | undefined {
  const [from, less] = value.valueExpression();
  const interval = less === undefined ? undefined : termOf(less);
  if (value.MINUS() === null || !from || !(interval instanceof IntervalLiteralContext)) return undefined;
  const [day, days] = [dayOf(from, now), daysOf(interval.interval())];
  return day === undefined || days === undefined ? undefined : day - days * DAY_MS;
}

function daysOf(interval: IntervalContext): number | undefined {
  const [unit, more] = interval.intervalField();
  const count = /^'(\d{1,5})'$/.exec(interval.string().getText())?.[1];
  if (!unit || more || interval.MINUS() !== null || count === undefined) return undefined;
  const length = UNITS[unit.getText().toLowerCase()];
  return length === undefined ? undefined : Number(count) * length;
}

/** `date_add('day', -30, current_date)`. */
function added(call: FunctionCallContext, now: number): number | undefined {
  const [unit, count, from, more] = call.expression().map((expression) => expression.booleanExpression());
  if (call.functionName().getText().toLowerCase() !== 'date_add' || !unit || !count || more) return undefined;
  const length = UNITS[/^'(\w+)'$/.exec(unit.getText())?.[1]?.toLowerCase() ?? ''];
  const number = /^-?\d{1,5}$/.exec(count.getText())?.[0];
  if (!(from instanceof PredicatedContext) || from.predicate() !== null) return undefined;
  const day = dayOf(from.valueExpression(), now);
  if (day === undefined || length === undefined || number === undefined) return undefined;
  return day + Number(number) * length * DAY_MS;
}
