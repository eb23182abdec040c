import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** A folder partition of a lake table: one of a few values, a UTC day, or whatever a statement names with `=`. */
export type LakePartition =
  | { readonly name: string; readonly type: 'enum'; readonly values: readonly string[] }
  | { readonly name: string; readonly type: 'injected' }
  | { readonly name: string; readonly type: 'date'; readonly format: string };

export interface GlueColumn {
  readonly name: string;
  readonly type: string;
  readonly comment?: string;
}

/** A lake table as its schema file describes it. */
export interface LakeTable {
  readonly name: string;
  readonly description: string;
  /** Parquet, or JSON lines for what we write ourselves and is small. */
  readonly format: 'parquet' | 'json';
  /** It may hold personal data: functions that run queries do not read it. */
  readonly personal: boolean;
  /** `work`: rows of one piece of work, which expire; read only by who does that work. */
  readonly bucket: 'lake' | 'work';
  readonly columns: readonly GlueColumn[];
  readonly partitions: readonly LakePartition[];
}

interface TableSchema {
  readonly title: string;
  readonly description: string;
  readonly 'x-format'?: LakeTable['format'];
  readonly 'x-personal'?: boolean;
  readonly 'x-bucket'?: LakeTable['bucket'];
  readonly properties: Readonly<Record<string, { 'x-glue'?: string; description?: string }>>;
  readonly 'x-partitions': Readonly<
    Record<
      string,
      { type: 'enum'; values: string[] } | { type: 'injected' } | { type: 'date'; format: string }
    >
  >;
}

/** Glue refuses longer comments. */
const MAX_COMMENT = 255;

/** Folders of the repository's `tree/` that hold a domain. */
export const domainsOf = (tree: string): string[] =>
  readdirSync(join(ROOT, tree))
    .filter((domain) => statSync(join(ROOT, tree, domain)).isDirectory())
    .sort();

/** Every table of the lake: schemas/<domain>/<name>.table.json. */
export function lakeTables(): LakeTable[] {
  return domainsOf('schemas').flatMap((domain) =>
    readdirSync(join(ROOT, 'schemas', domain))
      .filter((file) => file.endsWith('.table.json'))
      .sort()
      .map((file) => lakeTable(join(ROOT, 'schemas', domain, file))),
  );
}

function lakeTable(file: string): LakeTable {
  const schema = JSON.parse(readFileSync(file, 'utf8')) as TableSchema;
  return {
    name: schema.title,
    description: schema.description,
    format: schema['x-format'] ?? 'parquet',
    personal: schema['x-personal'] ?? false,
    bucket: schema['x-bucket'] ?? 'lake',
    columns: Object.entries(schema.properties).map(([name, property]) => {
      const type = property['x-glue'];
      if (!type) throw new Error(`${file}: the column "${name}" needs an "x-glue" type`);
      return {
        name,
        type,
        ...(property.description ? { comment: property.description.slice(0, MAX_COMMENT) } : {}),
      };
    }),
    partitions: Object.entries(schema['x-partitions']).map(([name, partition]) => ({ name, ...partition })),
  };
}
