/** Which events match, as SQL over one row of the view `events`. Pure. */
import { sqlText } from '../../shared/sql-text.ts';
import type { EventMatch, PropertyTest } from '../rule/plain.ts';
import { NUMBER_PATTERN, type SqlValue, testSql } from './value-sql.ts';

/** Refunds, opens of messages and unsubscribing happen without a visit: they are no activity. */
export const WITHOUT_VISIT = ['refund', 'message_open', 'unsubscribe'];
export const ANY_ACTIVITY = '*';

/** Columns of the view for the names that rules give the envelope. */
const ENVELOPE: Readonly<Record<string, string>> = {
  source: 'source',
  country: 'country',
  'device.type': 'device_type',
  'device.platform': 'platform',
  'device.os': 'os',
  'device.app_version': 'app_version',
  'page.url': 'page_url',
  'page.title': 'page_title',
  'page.referrer': 'page_referrer',
  'utm.source': 'utm_source',
  'utm.medium': 'utm_medium',
  'utm.campaign': 'utm_campaign',
  'utm.term': 'utm_term',
  'utm.content': 'utm_content',
};
/** Properties that the view has as texts, NULL where they are none: of events, and of each row of the column `items`. */
const TEXTS: readonly string[] = ['item_id', 'item_name', 'category', 'currency', 'coupon'];
const ITEM_TEXTS: readonly string[] = ['item_id', 'item_name', 'category', 'coupon'];
const ITEMS = 'items.';
/** What a property may be called: the tracking plan takes no other, so of another name nobody has one. */
const PROPERTY = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const MISSING: SqlValue = { present: 'false' };

/** A condition and the columns it reads. */
export interface RowSql {
  readonly sql: string;
  readonly columns: readonly string[];
}

export const nameSql = (name: string): string =>
  name === ANY_ACTIVITY
    ? `name NOT IN (${WITHOUT_VISIT.map(sqlText).join(', ')})`
    : `name = ${sqlText(name)}`;

/** Whether an event has one of the names. */
export function namesSql(names: readonly string[]): string {
  const own = names.filter((name) => name !== ANY_ACTIVITY);
  const any = own.length < names.length ? [nameSql(ANY_ACTIVITY)] : [];
  const named = own.length < 2 ? own.map(nameSql) : [`name IN (${own.map(sqlText).join(', ')})`];
  const parts = [...any, ...named];
  return parts.length === 1 ? parts.join('') : `(${parts.join(' OR ')})`;
}

/** True or false. Properties are looked into for events of the name only, and not for texts that have a column: taking JSON apart is the dear part. */
export function matchSql({ name, where }: EventMatch): RowSql {
  if (where.length === 0) return { sql: nameSql(name), columns: ['name'] };
  const tests = where.map(propertySql);
  return {
    sql: `CASE WHEN ${nameSql(name)} THEN ${tests.map(({ sql }) => sql).join(' AND ')} ELSE false END`,
    columns: ['name', ...tests.flatMap(({ columns }) => columns)],
  };
}

function propertySql({ property, test }: PropertyTest): RowSql {
  const column = Object.hasOwn(ENVELOPE, property) ? ENVELOPE[property] : undefined;
  if (column !== undefined) return { sql: testSql(test, textValue(column)), columns: [column] };
  const ofItems = property.startsWith(ITEMS);
  const name = ofItems ? property.slice(ITEMS.length) : property;
  if (!PROPERTY.test(name)) return { sql: testSql(test, MISSING), columns: [] };
  const columns = asksTexts(test) && (ofItems ? ITEM_TEXTS : TEXTS).includes(name);
  if (ofItems) return columns ? typedItemsSql(name, test) : itemsSql(name, test);
  if (columns) return { sql: testSql(test, textOnly(name)), columns: [name] };
  return { sql: testSql(test, jsonValue('properties', name)), columns: ['properties'] };
}

/** Whether nothing but texts can meet the test, or only a text not meet it. */
function asksTexts({ operator, bound }: PropertyTest['test']): boolean {
  if (operator === 'in') return bound.every((one) => typeof one === 'string');
  return (
    operator === 'contains' || ((operator === 'is' || operator === 'isNot') && typeof bound === 'string')
  );
}

const textOnly = (text: string): SqlValue => ({ text, present: `${text} IS NOT NULL` });

const typedItemsSql = (name: string, test: PropertyTest['test']): RowSql => ({
  sql: anyItemSql('items', test, textOnly(`item.${name}`)),
  columns: ['items'],
});

const itemsSql = (name: string, test: PropertyTest['test']): RowSql => ({
  sql: anyItemSql(
    `TRY_CAST(json_extract(properties, '$.items') AS array(json))`,
    test,
    jsonValue('item', name),
  ),
  columns: ['properties'],
});

/** Of a list it holds when it holds of one; that nothing is so, when it is so of none. */
function anyItemSql(items: string, test: PropertyTest['test'], value: SqlValue): string {
  const any = (one: PropertyTest['test']): string =>
    `coalesce(contains(transform(${items}, item -> ${testSql(one, value)}), true), false)`;
  if (test.operator === 'isNot') return `NOT ${any({ operator: 'is', bound: test.bound })}`;
  if (test.operator === 'exists' && !test.bound) return `NOT ${any({ operator: 'exists', bound: true })}`;
  return any(test);
}

/** `$.name` of JSON text or of a JSON value. */
function jsonValue(from: string, name: string): SqlValue {
  const scalar = `json_extract_scalar(${from}, '$.${name}')`;
  const json = `json_format(json_extract(${from}, '$.${name}'))`;
  return {
    number: numberOf(scalar),
    text: `CASE WHEN ${json} LIKE '"%' THEN ${scalar} END`,
    truth: `CASE ${json} WHEN 'true' THEN true WHEN 'false' THEN false END`,
    present: `coalesce(${json} <> 'null', false)`,
  };
}

/** A column that is a text or NULL; one that is a number counts as one. */
export const textValue = (column: string): SqlValue => ({
  number: numberOf(column),
  text: column,
  present: `${column} IS NOT NULL`,
});

const numberOf = (text: string): string =>
  `CASE WHEN regexp_like(${text}, '${NUMBER_PATTERN}') THEN TRY_CAST(${text} AS double) END`;
