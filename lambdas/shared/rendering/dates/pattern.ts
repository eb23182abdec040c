import { remembered } from '../remembered.ts';

/** A piece of a pattern: a text as it stands, or a field (`letter` repeated `count` times). */
export type Piece = string | { readonly letter: string; readonly count: number };

/** The letters of Java's SimpleDateFormat that stand for a field. */
const LETTERS = 'GyYMLwWDdFEuaHkKhmsSzZX';

/**
 * Takes a SimpleDateFormat pattern apart: `yyyy-MM-dd'T'HH:mm`. Texts with letters stand in single quotes, two of which are
 * one quote. Returns what is wrong with it as a text.
 */
export const piecesOfPattern = remembered(taken);

function taken(pattern: string): readonly Piece[] | string {
  const pieces: Piece[] = [];
  for (const [token] of pattern.matchAll(/'(?:[^']|'')*'|'|([A-Za-z])\1*|[^A-Za-z']+/g)) {
    const [letter = ''] = token;
    if (letter === "'") {
      if (token.length === 1) return 'it has a quote without an end';
      pieces.push(token === "''" ? "'" : token.slice(1, -1).replaceAll("''", "'"));
    } else if (!/[A-Za-z]/.test(letter)) pieces.push(token);
    else if (!LETTERS.includes(letter)) return `the letter ${letter} stands for nothing; allowed: ${LETTERS}`;
    else pieces.push({ letter, count: token.length });
  }
  return pieces.some((piece) => typeof piece === 'object') ? pieces : 'it names no part of a date';
}
