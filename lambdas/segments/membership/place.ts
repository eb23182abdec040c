import { invalid } from '../../shared/errors.ts';

/** A place in a result's list: a line, from 0, of a file, from 0. */
export interface Place {
  readonly resolution: string;
  readonly file: number;
  readonly line: number;
}

export const placeText = ({ resolution, file, line }: Place): string =>
  Buffer.from(`${resolution} ${file} ${line}`).toString('base64url');

/** Throws a validation error for what no page gave. */
export function readPlace(text: string): Place {
  const [, resolution, file, line] =
    /^([\w-]{1,80}) (\d{1,6}) (\d{1,10})$/.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? [];
  if (resolution !== undefined) return { resolution, file: Number(file), line: Number(line) };
  throw invalid([
    { field: 'after', message: `after is "${text.slice(0, 100)}"; allowed: next of the page before` },
  ]);
}
