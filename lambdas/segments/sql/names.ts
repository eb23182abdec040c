/** Names in a tree of SQL, as Trino takes them: whatever the quotes and the case. Pure. */
import {
  ColumnReferenceContext,
  DereferenceContext,
  type IdentifierContext,
  ParenthesizedExpressionContext,
  PredicatedContext,
  type PrimaryExpressionContext,
  type TableOrViewNameContext,
  type ValueExpressionContext,
  ValueExpressionDefaultContext,
} from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';

export function nameOf(identifier: IdentifierContext): string {
  const text = identifier.getText();
  const bare = text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
  return bare.toLowerCase();
}

/** `catalog`, `schema` and `table`, as many as were written. */
export const tablePath = (name: TableOrViewNameContext): string[] =>
  (name.tableRef() ?? name.viewRef())?.identifier().map(nameOf) ?? [];

/** What a value is without the brackets around it; undefined when it is more than one term. */
export function termOf(value: ValueExpressionContext): PrimaryExpressionContext | undefined {
  if (!(value instanceof ValueExpressionDefaultContext)) return undefined;
  const term = value.primaryExpression();
  if (!(term instanceof ParenthesizedExpressionContext)) return term;
  const inner = bare(term);
  return inner === undefined ? undefined : termOf(inner);
}

/** The value in brackets; undefined when a predicate stands there. */
export function bare(term: ParenthesizedExpressionContext): ValueExpressionContext | undefined {
  const within = term.expression().booleanExpression();
  return within instanceof PredicatedContext && within.predicate() === null
    ? within.valueExpression()
    : undefined;
}

/** A column as it is named: `['day']`, `['e', 'day']`; undefined of anything else. */
export function columnPath(value: ValueExpressionContext): string[] | undefined {
  const term = termOf(value);
  return term === undefined ? undefined : pathOf(term);
}

function pathOf(term: PrimaryExpressionContext): string[] | undefined {
  if (term instanceof ColumnReferenceContext)
    return term.columnName().qualifiedName().identifier().map(nameOf);
  if (!(term instanceof DereferenceContext)) return undefined;
  const base = pathOf(term.primaryExpression());
  return base === undefined ? undefined : [...base, nameOf(term.identifier())];
}
