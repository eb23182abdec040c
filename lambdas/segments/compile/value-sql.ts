/** Tests of one value as SQL. Pure. */
import { sqlText } from '../../shared/sql-text.ts';
import type { Scalar, ValueTest } from '../rule/test.ts';

/** A value as expressions, each NULL where the value is of another kind; what is absent is never of that kind. */
export interface SqlValue {
  readonly number?: string;
  readonly text?: string;
  readonly truth?: string;
  /** True or false: whether there is a value at all. */
  readonly present: string;
}

/** As `numberOf` reads a text; `\A` and `\z`, for `$` of one engine takes a line end for the end. */
export const NUMBER_PATTERN = '\\A-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,2})?\\z';

/** A double whose digits are all there. */
export const sqlDouble = (value: number): string => value.toExponential().replace('+', '');

/** The test as a condition that is true or false, never NULL; what `holdsOf` says. */
export function testSql(test: ValueTest, value: SqlValue): string {
  switch (test.operator) {
    case 'exists':
      return test.bound ? value.present : `NOT (${value.present})`;
    case 'is':
      return equalSql(test.bound, value);
    case 'isNot':
      return `NOT ${equalSql(test.bound, value)}`;
    case 'in':
      return inSql(test.bound, value);
    case 'contains':
      return sure(value.text && `strpos(${value.text}, ${sqlText(test.bound)}) > 0`);
    case 'atLeast':
      return boundSql('>=', test.bound, value);
    case 'atMost':
      return boundSql('<=', test.bound, value);
    default:
      return 'false';
  }
}

function equalSql(bound: Scalar, value: SqlValue): string {
  if (typeof bound === 'number') return boundSql('=', bound, value);
  if (typeof bound === 'string') return sure(value.text && `${value.text} = ${sqlText(bound)}`);
  return sure(value.truth && `${value.truth} = ${bound}`);
}

/** The value is written once for all bounds of a kind: it is long, and so may the list be. */
function inSql(bounds: readonly Scalar[], value: SqlValue): string {
  const numbers = bounds.filter((bound) => typeof bound === 'number').map(sqlDouble);
  const texts = bounds.filter((bound) => typeof bound === 'string').map(sqlText);
  const others = bounds.filter((bound) => typeof bound === 'boolean');
  const parts = [
    ...(numbers.length === 0 ? [] : [sure(value.number && `${value.number} IN (${numbers.join(', ')})`)]),
    ...(texts.length === 0 ? [] : [sure(value.text && `${value.text} IN (${texts.join(', ')})`)]),
    ...others.map((bound) => equalSql(bound, value)),
  ];
  return `(${parts.join(' OR ')})`;
}

const boundSql = (sign: '>=' | '<=' | '=', bound: number | string, value: SqlValue): string =>
  sure(value.number && typeof bound === 'number' ? `${value.number} ${sign} ${sqlDouble(bound)}` : undefined);

const sure = (condition: string | undefined): string =>
  condition === undefined ? 'false' : `coalesce(${condition}, false)`;
