const SIMPLE: Readonly<Record<string, string>> = {
  boolean: 'BOOLEAN',
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  int: 'INTEGER',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  float: 'FLOAT',
  real: 'FLOAT',
  double: 'DOUBLE',
  string: 'VARCHAR',
  varchar: 'VARCHAR',
  binary: 'BLOB',
  varbinary: 'BLOB',
  date: 'DATE',
  json: 'JSON',
  timestamp: 'TIMESTAMP',
  'timestamp with time zone': 'TIMESTAMPTZ',
};

/** The DuckDB type of a Glue or Trino column type; throws on one that has none here. */
export function duckType(type: string): string {
  const lower = type.trim().toLowerCase();
  const array = /^array<(.+)>$/.exec(lower) ?? /^array\((.+)\)$/.exec(lower);
  if (array?.[1]) return `${duckType(array[1])}[]`;
  const map = /^map<(\w+),(.+)>$/.exec(lower) ?? /^map\((\w+),(.+)\)$/.exec(lower);
  if (map?.[1] && map[2]) return `MAP(${duckType(map[1])}, ${duckType(map[2])})`;
  const struct = /^struct<(.+)>$/.exec(lower) ?? /^row\((.+)\)$/.exec(lower);
  if (struct?.[1]) return `STRUCT(${fieldsOf(struct[1]).join(', ')})`;
  if (/^decimal\(\d+,\s*\d+\)$/.test(lower)) return lower.toUpperCase();
  const plain = SIMPLE[lower.replace(/\(\d+\)/, '')];
  if (!plain) throw new Error(`The local lake does not know the column type ${type}`);
  return plain;
}

/** `field:string,prices:array<double>` in Glue, `field varchar, prices array(double)` in Trino. */
function fieldsOf(text: string): string[] {
  return text.split(/,(?![^<(]*[>)])/).map((field) => {
    const match = /^\s*(\w+)(?::|\s+)(.+)$/.exec(field);
    if (!match?.[1] || !match[2]) throw new Error(`The local lake does not know the field ${field}`);
    return `${quoteName(match[1])} ${duckType(match[2])}`;
  });
}

/** A name as SQL, whatever it holds. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** A text as an SQL literal. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
