/** A keyed hash in the place of what would name a person (spec §1, "Privacy"). */
import { createHmac } from 'node:crypto';
import { e164 } from '../shared/phone.ts';

/** The hash of a value, 64 hexadecimal digits; one key gives one value the same hash wherever it stands. */
export type Pseudonym = (value: string) => string;

/** Undefined when the key cannot be read. */
export type Pseudonyms = () => Promise<Pseudonym | undefined>;

/** A shorter key could be guessed by trying, and with it every telephone number. */
export const MIN_KEY_LENGTH = 32;

/** HMAC-SHA256 with `key`. Throws when the key is too short. */
export function pseudonymOf(key: string): Pseudonym {
  if (key.length < MIN_KEY_LENGTH)
    throw new Error(`the key has ${key.length} characters; at least ${MIN_KEY_LENGTH} are needed`);
  return (value) => createHmac('sha256', key).update(canonical(value)).digest('hex');
}

const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** One way to write what people write in several: an e-mail address in lower case, a telephone number as E.164. */
export function canonical(value: string): string {
  const text = value.trim().normalize('NFC');
  return EMAIL.test(text) ? text.toLowerCase() : (e164(text) ?? text);
}
