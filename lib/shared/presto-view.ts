import type { ViewFile } from './view-files.ts';

/** Glue's name for a Trino type where the two differ; it shows them, Athena goes by the Trino types in the text. */
const GLUE_TYPES: Readonly<Record<string, string>> = { varchar: 'string', integer: 'int', real: 'float' };

function glueType(type: string): string {
  const [, base = type, inner] = /^(\w+)\((.*)\)$/s.exec(type) ?? [];
  if (inner !== undefined && base === 'array') return `array<${glueType(inner)}>`;
  if (inner !== undefined && base === 'row') return `struct<${fields(inner).map(glueField).join(',')}>`;
  // Glue's varchar needs a length, and its timestamp has no precision.
  if (base === 'char' || base === 'timestamp') return base === 'char' ? 'string' : base;
  return GLUE_TYPES[base] ?? type.replaceAll(' ', '');
}

/** `price decimal(18,2)` as `price:decimal(18,2)`. */
function glueField(field: string): string {
  const [name = '', ...type] = field.trim().split(' ');
  return `${name}:${glueType(type.join(' '))}`;
}

/** The fields of a row, parted by commas that are in no bracket. */
const fields = (inner: string): string[] => inner.split(/,(?![^(]*\))/);

/** The columns of a view as Glue stores them. */
export const viewColumns = ({ columns }: ViewFile) =>
  columns.map(({ name, type, comment }) => ({ name, type: glueType(type), comment: comment.slice(0, 255) }));

/**
 * The text Athena reads a view from: a comment `Presto View: <base64 of its JSON>`. `timeZone` is what the view
 * `deployment` tells the others; a zone that the configuration was checked for has no quote in it.
 */
export function prestoView(view: ViewFile, database: string, timeZone: string): string {
  const stored = {
    originalSql: view.sql.replaceAll('${database}', database).replaceAll('${timeZone}', timeZone),
    catalog: 'awsdatacatalog',
    schema: database,
    columns: view.columns.map(({ name, type }) => ({ name, type })),
  };
  return `/* Presto View: ${Buffer.from(JSON.stringify(stored)).toString('base64')} */`;
}
