/** A value as helpers take it: a text, a number, a truth, an attribute's list; undefined when it is missing. */
export type Value = string | number | boolean | readonly string[] | undefined;

/** A list as Pinpoint's attributes are: bare it shows its values, one value as itself (pinpoint.md §2.6). */
export class ValueList extends Array<string> {
  override toString(): string {
    return this.join(', ');
  }
}

/** A number or truth on its way through Handlebars, which would add up two bare ones that stand side by side. */
export class Boxed {
  readonly #value: number | boolean;
  readonly #text: string;

  constructor(value: number | boolean, text = String(value)) {
    this.#value = value;
    this.#text = text;
  }

  get value(): number | boolean {
    return this.#value;
  }

  toString(): string {
    return this.#text;
  }
}

export const boxed = (value: Value | Boxed): unknown =>
  typeof value === 'number' || typeof value === 'boolean' ? new Boxed(value) : value;

/** What Handlebars hands to a helper, as a helper takes it; what is no value (a map, a function) is missing. */
export function unboxed(value: unknown): Value {
  if (value instanceof Boxed) return value.value;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return Array.isArray(value) ? (value as string[]) : undefined;
}

/** A list of one value is that value, which is what an author of `{{upper User.UserAttributes.name}}` means. */
export const single = (value: Value): Value =>
  typeof value === 'object' && value.length === 1 ? value[0] : value;

/** What Handlebars.java takes for false: nothing, an empty text or list, false and zero. */
export function isEmpty(value: Value): boolean {
  if (typeof value === 'string' || typeof value === 'object') return value.length === 0;
  return !value;
}

/** A value as a text. */
export const textOf = (value: Value): string =>
  typeof value === 'object' ? value.join(', ') : value === undefined ? '' : String(value);

/** The number that a number or a text of digits is: `2`, `-1.50`, ` 3 `; undefined for anything else. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^\s*[+-]?(?:\d+\.?\d*|\.\d+)\s*$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}
