import { createHash, randomBytes } from 'node:crypto';

/** Hex digits of an id: 96 bits, as many as meet never. */
const DIGITS = 24;

/** Makes ids; passed in, so that tests can foresee them. */
export interface Ids {
  random(): string;
  /** The same id for the same parts, always. */
  derived(...parts: readonly string[]): string;
}

export const cryptoIds: Ids = {
  random: () => randomBytes(DIGITS / 2).toString('hex'),
  derived: (...parts) => createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, DIGITS),
};
