import './wasm-tiering.ts';

import { Dialect, tokenize } from '@polyglot-sql/sdk';
import { QueryError } from './errors.ts';

/** A token with where it stands, in characters of the text it came from. */
export interface Token {
  readonly type: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface WireToken {
  readonly token_type: string;
  readonly text: string;
  readonly span: { readonly start: number; readonly end: number };
}

/** Splits Trino SQL into tokens; comments are none. */
export function tokens(sql: string): Token[] {
  const result = tokenize(sql, Dialect.Trino);
  if (!result.success) throw new QueryError('SYNTAX_ERROR', result.error ?? 'the query cannot be read');
  return (result.tokens as unknown as WireToken[]).map(({ token_type, text, span }) => ({
    type: token_type,
    text,
    start: span.start,
    end: span.end,
  }));
}

/** A piece of a text to be replaced, by characters. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Replaces pieces of a text; positions count Unicode characters, as the tokenizer does. */
export function replacePieces(sql: string, pieces: readonly Piece[]): string {
  const characters = [...sql];
  let out = '';
  let at = 0;
  for (const { start, end, text } of pieces) {
    out += characters.slice(at, start).join('') + text;
    at = end;
  }
  return out + characters.slice(at).join('');
}
