import './wasm-tiering.ts';

import { Dialect, transpile } from '@polyglot-sql/sdk';
import { QueryError } from './errors.ts';
import { helpedName } from './macros.ts';
import { replacePieces, type Token, tokens } from './tokens.ts';
import { unnestedRows } from './unnest-rows.ts';

/** Rules may have a hundred groups within each other, which Trino reads; the translator would stop at 32. */
const MAX_PARSER_DEPTH = 256;

/** One Trino SELECT as DuckDB SQL. Throws a QueryError on what cannot be said, rather than saying something else. */
export function toDuckDb(sql: string): string {
  const helped = helpCalls(sql);
  const result = transpile(helped, Dialect.Trino, Dialect.DuckDB, {
    unsupportedLevel: 'raise',
    complexityGuard: { maxParserDepth: MAX_PARSER_DEPTH },
  });
  if (!result.success || !result.sql) throw syntaxError(result.error, result.errorLine, result.errorColumn);
  const [statement, ...others] = result.sql;
  if (statement === undefined || others.length > 0)
    throw new QueryError('SYNTAX_ERROR', 'line 1:1: only one SQL statement is allowed');
  return statement;
}

function syntaxError(message = 'the query cannot be read', line = 1, column = 1): QueryError {
  return new QueryError('SYNTAX_ERROR', `line ${line}:${column}: ${message}`);
}

/** Tokens whose text is no call whatever follows. */
const NAMES_ONLY = new Set(['STRING', 'QUOTED_IDENTIFIER']);

/** Plain names in Trino, keywords in DuckDB. */
const KEYWORDS = new Set(['at', 'positional', 'summarize', 'unpack']);

function rewritten(token: Token, before: Token | undefined, after: Token | undefined): string | undefined {
  if (token.type === 'VAR' && KEYWORDS.has(token.text.toLowerCase()) && after?.text.toLowerCase() !== 'time')
    return `"${token.text}"`;
  if (after?.type !== 'L_PAREN' || before?.type === 'DOT' || NAMES_ONLY.has(token.type)) return undefined;
  return helpedName(token.text);
}

function helpCalls(sql: string): string {
  const all = tokens(sql);
  const pieces = all.flatMap((token, index) => {
    const text = rewritten(token, all[index - 1], all[index + 1]);
    return text ? [{ start: token.start, end: token.end, text }] : [];
  });
  return replacePieces(
    sql,
    [...pieces, ...unnestedRows(all)].sort((a, b) => a.start - b.start),
  );
}
