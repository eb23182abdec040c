import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapType,
  DuckDBMapValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';

const NAMES: Readonly<Partial<Record<DuckDBTypeId, string>>> = {
  [DuckDBTypeId.BOOLEAN]: 'boolean',
  [DuckDBTypeId.TINYINT]: 'tinyint',
  [DuckDBTypeId.SMALLINT]: 'smallint',
  [DuckDBTypeId.INTEGER]: 'integer',
  [DuckDBTypeId.BIGINT]: 'bigint',
  // DuckDB sums into 128 bits where Trino keeps 64.
  [DuckDBTypeId.HUGEINT]: 'bigint',
  [DuckDBTypeId.FLOAT]: 'float',
  [DuckDBTypeId.DOUBLE]: 'double',
  [DuckDBTypeId.DECIMAL]: 'decimal',
  [DuckDBTypeId.VARCHAR]: 'varchar',
  [DuckDBTypeId.BLOB]: 'varbinary',
  [DuckDBTypeId.DATE]: 'date',
  [DuckDBTypeId.TIMESTAMP]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'timestamp with time zone',
  [DuckDBTypeId.LIST]: 'array',
  [DuckDBTypeId.MAP]: 'map',
  [DuckDBTypeId.STRUCT]: 'row',
  [DuckDBTypeId.SQLNULL]: 'unknown',
};

/** Athena's name of a result column's type; throws on one that Trino does not have. */
export function athenaType(type: DuckDBType): string {
  if (type.alias === 'JSON') return 'json';
  const name = NAMES[type.typeId];
  if (!name) throw new Error(`The result type ${type.toString()} has no name in Athena`);
  return name;
}

/** A value as Athena's results and CSV files write it; undefined is NULL. */
export function athenaText(value: DuckDBValue, type: DuckDBType): string | undefined {
  if (value === null) return undefined;
  if (typeof value === 'number') return isFloating(type) ? javaDouble(value) : String(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof DuckDBTimestampValue) return timestampText(value.micros);
  if (value instanceof DuckDBTimestampTZValue) return `${timestampText(value.micros)} UTC`;
  if (value instanceof DuckDBDateValue) return value.toString();
  if (value instanceof DuckDBBlobValue)
    return Buffer.from(value.bytes)
      .toString('hex')
      .replace(/..(?=.)/g, '$& ');
  if (value instanceof DuckDBListValue && type instanceof DuckDBListType)
    return `[${value.items.map((item) => athenaText(item, type.valueType) ?? 'null').join(', ')}]`;
  if (value instanceof DuckDBMapValue && type instanceof DuckDBMapType) return mapText(value, type);
  if (value instanceof DuckDBStructValue && type instanceof DuckDBStructType) return structText(value, type);
  return value.toString();
}

function mapText({ entries }: DuckDBMapValue, { keyType, valueType }: DuckDBMapType): string {
  const texts = entries.map(
    ({ key, value }) => `${athenaText(key, keyType) ?? 'null'}=${athenaText(value, valueType) ?? 'null'}`,
  );
  return `{${texts.join(', ')}}`;
}

function structText({ entries }: DuckDBStructValue, { entryNames, entryTypes }: DuckDBStructType): string {
  const texts = entryNames.flatMap((name, index) => {
    const type = entryTypes[index];
    return type ? [`${name}=${athenaText(entries[name] ?? null, type) ?? 'null'}`] : [];
  });
  return `{${texts.join(', ')}}`;
}

const isFloating = ({ typeId }: DuckDBType): boolean =>
  typeId === DuckDBTypeId.DOUBLE || typeId === DuckDBTypeId.FLOAT;

function timestampText(micros: bigint): string {
  return new Date(Number(micros / 1000n)).toISOString().replace('T', ' ').replace('Z', '');
}

/** As Java writes a double: `3.0`, `1.5E7`. */
export function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
  }
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.includes('.') ? text : `${text}.0`;
}
