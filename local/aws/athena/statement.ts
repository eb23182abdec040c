import { QueryError } from './errors.ts';
import { replacePieces, type Token, tokens } from './tokens.ts';

export type UnloadFormat = 'TEXTFILE' | 'JSON' | 'PARQUET';

export interface Unload {
  readonly kind: 'unload';
  /** The SELECT inside, Trino SQL. */
  readonly sql: string;
  /** `s3://bucket/prefix/`. */
  readonly to: string;
  readonly format: UnloadFormat;
  readonly compression: 'GZIP' | 'NONE' | 'SNAPPY' | 'ZSTD';
  readonly fieldDelimiter: string;
}

export interface Select {
  readonly kind: 'select';
  readonly sql: string;
}

export type Statement = Select | Unload;

const PARAMETER = 'PARAMETER';
const LITERAL =
  /^(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|'(?:[^']|'')*'|(?:date|timestamp|decimal)\s*'(?:[^']|'')*'|true|false|null)$/i;

/** Puts the execution parameters, each an SQL literal, where the query has `?`. */
export function withParameters(sql: string, parameters: readonly string[]): string {
  const places = tokens(sql).filter(({ type, text }) => type === PARAMETER && text === '?');
  if (places.length !== parameters.length)
    throw new QueryError(
      'INVALID_PARAMETER_USAGE',
      `line 1:1: Incorrect number of parameters: expected ${places.length} but found ${parameters.length}`,
    );
  return replacePieces(
    sql,
    places.map(({ start, end }, index) => ({ start, end, text: literal(parameters[index] ?? '') })),
  );
}

function literal(parameter: string): string {
  if (LITERAL.test(parameter.trim())) return parameter;
  throw new QueryError(
    'SYNTAX_ERROR',
    `the parameter ${parameter} is no SQL literal (a text stands in single quotes, as Athena wants it)`,
  );
}

/** Reads what kind of statement it is; what is neither a SELECT nor an UNLOAD is refused by name. */
export function parseStatement(sql: string): Statement {
  const all = tokens(sql).filter(({ type }) => type !== 'SEMICOLON');
  const first = all[0]?.text.toUpperCase();
  if (first === 'UNLOAD') return parseUnload(sql, all);
  if (first === 'SELECT' || first === 'WITH' || first === 'VALUES' || first === '(')
    return { kind: 'select', sql: sql.trim().replace(/;\s*$/, '') };
  throw new QueryError(
    'NOT_SUPPORTED',
    `line 1:1: the local Athena does not run ${first ?? 'an empty query'}`,
  );
}

function parseUnload(sql: string, all: readonly Token[]): Unload {
  const open = all[1];
  const closeAt = open?.type === 'L_PAREN' ? closing(all, 1) : -1;
  const close = all[closeAt];
  const [to, location, with_, paren] = all.slice(closeAt + 1);
  if (!open || !close || to?.text.toUpperCase() !== 'TO' || location?.type !== 'STRING')
    throw new QueryError('SYNTAX_ERROR', "line 1:1: expected UNLOAD (SELECT …) TO 's3://…' WITH (…)");
  if (with_?.text.toUpperCase() !== 'WITH' || paren?.type !== 'L_PAREN')
    throw new QueryError('SYNTAX_ERROR', "UNLOAD needs WITH (format = '…')");
  const options = parseOptions(all.slice(closeAt + 5));
  const inner = [...sql].slice(open.end, close.start).join('');
  if (!/^(select|with)$/i.test(all[2]?.text ?? ''))
    throw new QueryError('SYNTAX_ERROR', 'UNLOAD takes a SELECT in its parentheses');
  return { kind: 'unload', sql: inner, to: location.text, ...unloadOptions(options) };
}

function closing(all: readonly Token[], open: number): number {
  let depth = 0;
  for (const [index, { type }] of all.entries()) {
    if (index < open) continue;
    if (type === 'L_PAREN') depth++;
    if (type === 'R_PAREN' && --depth === 0) return index;
  }
  return -1;
}

function parseOptions(rest: readonly Token[]): Map<string, string> {
  const options = new Map<string, string>();
  for (let at = 0; at + 3 < rest.length + 1; at += 4) {
    const [name, equals, value, end] = rest.slice(at, at + 4);
    if (!name || equals?.type !== 'EQ' || !value || !['COMMA', 'R_PAREN'].includes(end?.type ?? ''))
      throw new QueryError(
        'SYNTAX_ERROR',
        `the WITH clause of UNLOAD cannot be read at ${name?.text ?? 'its end'}`,
      );
    options.set(name.text.toLowerCase(), value.text);
    if (end?.type === 'R_PAREN') return options;
  }
  throw new QueryError('SYNTAX_ERROR', 'the WITH clause of UNLOAD does not end');
}

function unloadOptions(
  options: ReadonlyMap<string, string>,
): Pick<Unload, 'format' | 'compression' | 'fieldDelimiter'> {
  const unknown = [...options.keys()].find(
    (name) => !['format', 'compression', 'field_delimiter'].includes(name),
  );
  if (unknown)
    throw new QueryError('NOT_SUPPORTED', `the local Athena does not know the UNLOAD property ${unknown}`);
  const format = (options.get('format') ?? 'PARQUET').toUpperCase();
  if (format !== 'TEXTFILE' && format !== 'JSON' && format !== 'PARQUET')
    throw new QueryError('NOT_SUPPORTED', `the local Athena does not write the format ${format}`);
  const compression = (options.get('compression') ?? 'GZIP').toUpperCase();
  if (
    !['GZIP', 'NONE', 'SNAPPY', 'ZSTD'].includes(compression) ||
    (format !== 'PARQUET' && compression === 'SNAPPY')
  )
    throw new QueryError('NOT_SUPPORTED', `the local Athena does not compress ${format} with ${compression}`);
  return {
    format,
    compression: compression as Unload['compression'],
    fieldDelimiter: options.get('field_delimiter') ?? '\u0001',
  };
}
