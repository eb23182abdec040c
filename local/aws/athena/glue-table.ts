import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { duckType, quoteName, quoteText } from './glue-types.ts';

/** Resolved properties of an AWS::Glue::Table. */
export interface GlueTableProperties {
  readonly DatabaseName: string;
  readonly TableInput: GlueTableInput;
  readonly [property: string]: unknown;
}

export interface GlueColumn {
  readonly Name: string;
  readonly Type?: string;
}

interface GlueTableInput {
  readonly Name: string;
  readonly TableType?: string;
  readonly Parameters?: Readonly<Record<string, string>>;
  readonly PartitionKeys?: readonly GlueColumn[];
  readonly StorageDescriptor?: { readonly Location?: string; readonly Columns?: readonly GlueColumn[] };
  readonly ViewOriginalText?: string;
  readonly [property: string]: unknown;
}

/** `values` of a key with a few known ones, which are all that Athena looks for (partition projection, type `enum`). */
interface PartitionKey {
  readonly name: string;
  readonly type: string;
  readonly values: readonly string[] | undefined;
}

/** A table of Parquet or JSON-lines files with Hive partitions. */
export interface ExternalTable {
  readonly kind: 'external';
  readonly format: 'parquet' | 'json';
  readonly database: string;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly partitions: readonly PartitionKey[];
  /** Partitions that a query must name: those that Athena computes from the query. */
  readonly injected: readonly string[];
  /** `bucket/prefix`, without a slash at the end. */
  readonly folder: string;
}

/** A view as Athena keeps it. */
export interface ViewTable {
  readonly kind: 'view';
  readonly database: string;
  readonly name: string;
  /** Trino SQL. */
  readonly sql: string;
  /** Trino types. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

export type LakeTable = ExternalTable | ViewTable;

const PRESTO_VIEW = /^\/\* Presto View: ([A-Za-z0-9+/=]+) \*\/$/;

/** Reads one Glue table of the template; throws on a kind the local lake does not have. */
export function lakeTable({ DatabaseName: database, TableInput: input }: GlueTableProperties): LakeTable {
  if (input.TableType === 'VIRTUAL_VIEW') return viewTable(database, input);
  if (input.TableType === 'EXTERNAL_TABLE') return externalTable(database, input);
  throw new Error(`Glue table ${input.Name}: the local lake does not have the type ${input.TableType}`);
}

function viewTable(database: string, { Name: name, ViewOriginalText }: GlueTableInput): ViewTable {
  const encoded = PRESTO_VIEW.exec(ViewOriginalText?.trim() ?? '')?.[1];
  if (!encoded) throw new Error(`Glue view ${name}: ViewOriginalText is no Presto view`);
  const stored = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as {
    originalSql: string;
    columns: { name: string; type: string }[];
  };
  return { kind: 'view', database, name, sql: stored.originalSql, columns: stored.columns };
}

function externalTable(database: string, input: GlueTableInput): ExternalTable {
  const { Name: name, StorageDescriptor, Parameters = {}, PartitionKeys = [] } = input;
  const location = /^s3:\/\/(.+?)\/*$/.exec(StorageDescriptor?.Location ?? '')?.[1];
  if (!location)
    throw new Error(`Glue table ${name}: the location ${StorageDescriptor?.Location} is no S3 address`);
  const partitions = PartitionKeys.map((key) => ({
    ...typedColumn(key),
    values: enumValues(key, Parameters),
  }));
  const template = Parameters['storage.location.template'];
  const hive = `s3://${[location, ...partitions.map((key) => `${key.name}=\${${key.name}}`)].join('/')}`;
  if (template !== undefined && template.replace(/\/+$/, '') !== hive)
    throw new Error(`Glue table ${name}: the local lake reads ${hive}, not ${template}`);
  const format = Parameters['classification'] ?? 'parquet';
  if (format !== 'parquet' && format !== 'json')
    throw new Error(`Glue table ${name}: the local lake does not read ${format}`);
  return {
    kind: 'external',
    format,
    database,
    name,
    columns: (StorageDescriptor?.Columns ?? []).map(typedColumn),
    partitions,
    injected: partitions
      .map(({ name: key }) => key)
      .filter((key) => Parameters[`projection.${key}.type`] === 'injected'),
    folder: location,
  };
}

const enumValues = ({ Name }: GlueColumn, parameters: Readonly<Record<string, string>>) =>
  parameters[`projection.${Name}.type`] === 'enum'
    ? (parameters[`projection.${Name}.values`] ?? '').split(',')
    : undefined;

const typedColumn = ({ Name, Type }: GlueColumn) => ({ name: Name, type: duckType(Type ?? 'string') });

/** Folders of a table's partitions, `*` for keys of any value. Each is read by itself, so that a predicate on a key of known values leaves whole parts out. */
export type Part = readonly string[];

/** The parts that have a file by now. */
export function filledParts(s3Dir: string, { folder, partitions }: ExternalTable): Part[] {
  const parts = partitions.reduce<Part[]>(
    (before, { name, values = ['*'] }) =>
      before.flatMap((part) => values.map((value) => [...part, `${name}=${value}`])),
    [[]],
  );
  return parts.filter((part) => anyFile(join(s3Dir, folder), part));
}

/** Athena reads whatever lies under a partition, however deep; not what begins with a dot or an underscore. */
function anyFile(dir: string, [partition, ...below]: Part): boolean {
  try {
    return readdirSync(dir, { withFileTypes: true }).some((entry) => {
      if (partition === undefined)
        return entry.isDirectory() ? anyFile(join(dir, entry.name), []) : /^[^._]/.test(entry.name);
      const asked = partition.endsWith('=*') || entry.name === partition;
      return asked && entry.isDirectory() && anyFile(join(dir, entry.name), below);
    });
  } catch {
    return false; // The folder comes with the first file.
  }
}

/** The rows of a table without a file: none, but typed. */
export const emptySelect = ({ columns, partitions }: ExternalTable): string =>
  `SELECT ${[...columns, ...partitions].map(({ name, type }) => typed('NULL', name, type)).join(', ')} WHERE false`;

/**
 * The rows of these parts of a table. `emptyFile` is a Parquet file with the table's columns and no row: a column that
 * was added to the schema after the last file was written is there all the same.
 */
export const filesSelect = (
  s3Dir: string,
  table: ExternalTable,
  parts: readonly Part[],
  emptyFile: string,
): string => parts.map((part) => partSelect(s3Dir, table, part, emptyFile)).join(' UNION ALL ');

function partSelect(s3Dir: string, table: ExternalTable, part: Part, emptyFile: string): string {
  const files = quoteText(join(s3Dir, table.folder, ...part, '**', '[!._]*'));
  const hiveTypes = table.partitions.map(({ name, type }) => `${quoteText(name)}: ${type}`).join(', ');
  const partitioned = [
    `hive_partitioning = ${table.partitions.length > 0}`,
    ...(hiveTypes ? [`hive_types = {${hiveTypes}}`] : []),
  ];
  const source =
    table.format === 'json'
      ? `read_json(${[files, "format = 'newline_delimited'", jsonColumns(table), ...partitioned].join(', ')})`
      : `read_parquet(${[`[${quoteText(emptyFile)}, ${files}]`, 'union_by_name = true', ...partitioned].join(', ')})`;
  const columns = table.columns.map(({ name, type }) => typed(quoteName(name), name, type));
  const keys = table.partitions.map(({ name, type, values }, index) =>
    typed(values ? quoteText(valueIn(part[index])) : quoteName(name), name, type),
  );
  return `SELECT ${[...columns, ...keys].join(', ')} FROM ${source}`;
}

const typed = (value: string, name: string, type: string): string =>
  `CAST(${value} AS ${type}) AS ${quoteName(name)}`;

/** `b` of `a=b`. */
const valueIn = (folder = ''): string => folder.slice(folder.indexOf('=') + 1);

const jsonColumns = ({ columns }: ExternalTable): string =>
  `columns = {${columns.map(({ name, type }) => `${quoteName(name)}: ${quoteText(type)}`).join(', ')}}`;

/** Where the empty file lies: under partitions of its own, which no query asks for. */
export const emptyFilePath = (dir: string, table: ExternalTable): string =>
  join(
    dir,
    `${table.database}.${table.name}`,
    ...table.partitions.map(
      ({ name, type }) => `${name}=${type === 'DATE' ? '0001-01-01' : type === 'VARCHAR' ? '-' : '0'}`,
    ),
    'empty.parquet',
  );
