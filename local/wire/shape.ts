/** A request does not have the shape that a stand-in understands. */
export class ShapeError extends Error {}

/** Checks a JSON value and returns it typed; throws ShapeError naming where it is wrong. */
export type Shape<T> = (value: unknown, at: string) => T;

type Fields = Readonly<Record<string, Shape<unknown>>>;
type Members<F extends Fields> = { readonly [K in keyof F]: F[K] extends Shape<infer T> ? T : never };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (at: string, expected: string): ShapeError =>
  new ShapeError(`${at || 'The request'} must be ${expected}`);

export const text: Shape<string> = (value, at) => {
  if (typeof value !== 'string') throw wrong(at, 'a string');
  return value;
};

export const number: Shape<number> = (value, at) => {
  if (typeof value !== 'number') throw wrong(at, 'a number');
  return value;
};

export const flag: Shape<boolean> = (value, at) => {
  if (typeof value !== 'boolean') throw wrong(at, 'a boolean');
  return value;
};

export const anything: Shape<unknown> = (value) => value;

export const oneOf =
  <T extends string>(...allowed: readonly T[]): Shape<T> =>
  (value, at) => {
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) throw wrong(at, `one of ${allowed.join(', ')}`);
    return found;
  };

export const list =
  <T>(item: Shape<T>): Shape<readonly T[]> =>
  (value, at) => {
    if (!Array.isArray(value)) throw wrong(at, 'a list');
    return value.map((entry, index) => item(entry, `${at}[${index}]`));
  };

export const map =
  <T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  (value, at) => {
    if (!isObject(value)) throw wrong(at, 'an object');
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, item(entry, `${at}.${key}`)]),
    );
  };

/**
 * An object with exactly these members; `null` counts as absent. A member that is in neither list is refused: a
 * stand-in that ignored it would answer as if it had done what was asked.
 */
export const struct =
  <R extends Fields, O extends Fields>(required: R, optional: O): Shape<Members<R> & Partial<Members<O>>> =>
  (value, at) => {
    if (!isObject(value)) throw wrong(at, 'an object');
    const found: Record<string, unknown> = {};
    const path = (key: string): string => (at === '' ? key : `${at}.${key}`);
    for (const [key, entry] of Object.entries(value)) {
      const shape = required[key] ?? optional[key];
      if (!shape) throw new ShapeError(`The local stand-in does not know the parameter ${path(key)}`);
      if (entry !== null && entry !== undefined) found[key] = shape(entry, path(key));
    }
    const missing = Object.keys(required).find((key) => found[key] === undefined);
    if (missing !== undefined) throw new ShapeError(`${path(missing)} is missing`);
    return found as Members<R> & Partial<Members<O>>;
  };
