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

/** A table of Parquet or JSON-lines files with Hive partitions. */
export interface ExternalTable {
  readonly kind: 'external';
  readonly format: 'parquet' | 'json';
  readonly database: string;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly partitions: readonly { readonly name: string; readonly type: string }[];
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
  const partitions = PartitionKeys.map(typedColumn);
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

const typedColumn = ({ Name, Type }: GlueColumn) => ({ name: Name, type: duckType(Type ?? 'string') });

/** True when the table has a file by now. */
export function hasFiles(s3Dir: string, table: ExternalTable): boolean {
  return anyFile(join(s3Dir, table.folder), table.partitions.length);
}

/** Athena reads whatever lies under a partition, however deep; not what begins with a dot or an underscore. */
function anyFile(dir: string, partitions: number): boolean {
  try {
    return readdirSync(dir, { withFileTypes: true }).some((entry) =>
      entry.isDirectory()
        ? anyFile(join(dir, entry.name), Math.max(0, partitions - 1))
        : partitions === 0 && /^[^._]/.test(entry.name),
    );
  } catch {
    return false; // The folder comes with the first file.
  }
}

const typedColumns = ({ columns, partitions }: ExternalTable) =>
  [...columns, ...partitions]
    .map(({ name, type }) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`)
    .join(', ');

/** The rows of a table without a file: none, but typed. */
export const emptySelect = ({ columns, partitions }: ExternalTable): string =>
  `SELECT ${[...columns, ...partitions].map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quoteName(name)}`).join(', ')} WHERE false`;

/** Every file under every partition. */
const filesOf = (s3Dir: string, { folder, partitions }: ExternalTable): string =>
  join(s3Dir, folder, ...partitions.map(({ name }) => `${name}=*`), '**', '[!._]*');

/**
 * The rows of a table with files. `emptyFile` is a Parquet file with the table's columns and no row: a column that
 * was added to the schema after the last file was written is there all the same.
 */
export function filesSelect(s3Dir: string, table: ExternalTable, emptyFile: string): string {
  const files = quoteText(filesOf(s3Dir, table));
  const hiveTypes = table.partitions.map(({ name, type }) => `${quoteText(name)}: ${type}`).join(', ');
  const partitioned = [
    `hive_partitioning = ${table.partitions.length > 0}`,
    ...(hiveTypes ? [`hive_types = {${hiveTypes}}`] : []),
  ];
  const source =
    table.format === 'json'
      ? `read_json(${[files, "format = 'newline_delimited'", jsonColumns(table), ...partitioned].join(', ')})`
      : `read_parquet(${[`[${quoteText(emptyFile)}, ${files}]`, 'union_by_name = true', ...partitioned].join(', ')})`;
  return `SELECT ${typedColumns(table)} FROM ${source}`;
}

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
