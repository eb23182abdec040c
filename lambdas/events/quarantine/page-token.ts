/** Tokens of pages: where the next one begins. Pure. */
import { createHash } from 'node:crypto';
import { invalid } from '../../shared/errors.ts';

/** What was asked for: a token goes on with the same question only. */
export type Question = Readonly<Record<string, string | undefined>>;

const CHECK_LENGTH = 16;

/** The position and a check of it, so that a mistyped or foreign token is told instead of leading somewhere else. */
export const tokenOf = (position: string, question: Question): string =>
  Buffer.from(`${checkOf(position, question)}${position}`).toString('base64url');

/** The position in a token; throws a validation error when the token is none of this question's. */
export function positionIn(token: string, question: Question): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  const position = text.slice(CHECK_LENGTH);
  if (tokenOf(position, question) === token) return position;
  const message = `nextToken is "${token.slice(0, 64)}"; allowed: the nextToken of the page before, with the same parameters`;
  throw invalid([{ field: 'nextToken', message }]);
}

const checkOf = (position: string, question: Question): string => {
  const asked = Object.entries(question).filter(([, value]) => value !== undefined);
  return createHash('sha256')
    .update(JSON.stringify([position, asked.sort(([a], [b]) => (a < b ? -1 : 1))]))
    .digest('hex')
    .slice(0, CHECK_LENGTH);
};
