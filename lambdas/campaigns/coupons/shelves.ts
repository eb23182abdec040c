/** Where the codes of a pool stand: spread over shelves, so that many can take at once. Pure. */

/** Shelves of each kind in a pool: as many times a thousand codes a second can be given. */
const SHELVES = 16;
const DIGITS = 16;

export type Standing = 'free' | 'given';

const shelf = (pool: string, standing: Standing, digit: string): string => `${pool}#${standing}#${digit}`;

/** The shelf of a code, by the place (hexadecimal digits) that its hash gives it. */
export const shelfOf = (pool: string, standing: Standing, place: string): string =>
  shelf(pool, standing, place.slice(0, 1));

/** A code's place follows from its hash, of which the first digits are enough. */
export const placeOf = (hash: string): string => hash.slice(0, DIGITS);

export const shelvesOf = (pool: string, standing: Standing): string[] =>
  Array.from({ length: SHELVES }, (_, index) => shelf(pool, standing, index.toString(16)));

/** A stretch of a shelf, up to `before` (exclusive) or its end. */
export interface Stretch {
  readonly shelf: string;
  readonly from: string;
  readonly before?: string;
}

/** All free codes as stretches in the order of places, beginning at `start` (0 ≤ start < 1) and going once round. */
export function stretchesFrom(pool: string, start: number): Stretch[] {
  const at = Math.floor(start * 2 ** 52)
    .toString(16)
    .padStart(13, '0');
  const first = Number.parseInt(at.slice(0, 1), 16);
  const round = Array.from({ length: SHELVES }, (_, index) =>
    shelf(pool, 'free', ((first + index) % SHELVES).toString(16)),
  );
  const [begun = '', ...others] = round;
  return [
    { shelf: begun, from: at },
    ...others.map((each) => ({ shelf: each, from: '0' })),
    { shelf: begun, from: '0', before: at },
  ];
}
