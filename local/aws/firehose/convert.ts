/** Turns one parsed line into the text of a row, or says why it does not fit the table. */
export type RowConverter = (line: Readonly<Record<string, unknown>>) => string;

/** A line that does not fit the schema. */
export class UnfitLine extends Error {}

type ColumnConverter = (value: unknown) => unknown;

const INTEGER_BITS: Readonly<Record<string, number>> = {
  tinyint: 8,
  smallint: 16,
  int: 32,
  integer: 32,
  bigint: 64,
};
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,9})?)Z?$/;

/**
 * A converter to the columns of a Glue table, as Firehose's OpenX deserialiser reads JSON: names in any case, a missing
 * or null value is NULL, other names are left out, a text column takes any value as its JSON text.
 */
export function rowConverter(
  columns: readonly { readonly name: string; readonly type: string }[],
): RowConverter {
  const converters = new Map(columns.map(({ name, type }) => [name.toLowerCase(), columnConverter(type)]));
  return (line) => {
    const row: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(line)) {
      const name = key.toLowerCase();
      const convert = converters.get(name);
      if (!convert || value === null) continue;
      const converted = convert(value);
      if (converted === undefined)
        throw new UnfitLine(`${key}: ${JSON.stringify(value)} is no value of its column`);
      row[name] = converted;
    }
    return JSON.stringify(row);
  };
}

/** A converter answers undefined for a value that is none of its type. */
function columnConverter(type: string): ColumnConverter {
  if (type === 'string') return toText;
  if (type === 'boolean') return (value) => (typeof value === 'boolean' ? value : undefined);
  if (type === 'double' || type === 'float')
    return (value) => (typeof value === 'number' ? value : undefined);
  if (type === 'timestamp') return toTimestamp;
  if (type === 'date') return (value) => (typeof value === 'string' && isDay(value) ? value : undefined);
  const bits = INTEGER_BITS[type];
  if (bits === undefined) throw new Error(`The local Firehose does not convert columns of type ${type}`);
  const limit = 2 ** (bits - 1);
  return (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= -limit && value < limit
      ? value
      : undefined;
}

function toText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Half a character cannot be written as UTF-8.
  return /\p{Surrogate}/u.test(text) ? text.replace(/\p{Surrogate}/gu, '\uFFFD') : text;
}

function toTimestamp(value: unknown): string | undefined {
  const match = typeof value === 'string' ? TIMESTAMP.exec(value) : null;
  if (!match?.[1] || !match[2] || !isDay(match[1])) return undefined;
  return Number.isNaN(Date.parse(`${match[1]}T${match[2].slice(0, 8)}Z`))
    ? undefined
    : `${match[1]} ${match[2]}`;
}

function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
