import type { Ajv } from 'ajv';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const NAMES = new Intl.DisplayNames('en', { type: 'currency', fallback: 'none' });

/** Younger than what some Node has names for: whoever builds, the same events are taken. */
const YOUNG: readonly string[] = ['SLE', 'VED', 'XAD', 'XCG', 'ZWG'];

/**
 * ISO 4217's codes, those of the past and for tests (XTS, XXX) among them: all that Unicode's CLDR, which comes with Node, has a name for. A
 * handful of what markets say beside the standard (CNH) is there too.
 */
export const CURRENCIES: readonly string[] = codes('').filter(
  (code) => YOUNG.includes(code) || NAMES.of(code) !== undefined,
);

/** Every text of three letters, in their order. */
function codes(start: string): string[] {
  return start.length === 3 ? [start] : LETTERS.flatMap((letter) => codes(`${start}${letter}`));
}

/** The format `iso-4217`: letter by letter, so that a code is told from others in three steps. */
export function knowCurrencies(ajv: Ajv): void {
  ajv.addFormat('iso-4217', new RegExp(`^${oneOf(CURRENCIES)}$`));
}

function oneOf(endings: readonly string[]): string {
  if (endings.every((ending) => ending.length === 1)) return `[${endings.join('')}]`;
  const firsts = [...new Set(endings.map((ending) => ending.charAt(0)))];
  const branches = firsts.map((first) => {
    const rest = endings.filter((ending) => ending.startsWith(first)).map((ending) => ending.slice(1));
    return `${first}${oneOf(rest)}`;
  });
  return `(?:${branches.join('|')})`;
}
