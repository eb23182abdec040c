import { TemplateError } from './errors.ts';
import { nameOf } from './variables.ts';

/** What stands for values that a recipient does not have, by dotted name. */
export type Substitutions = Readonly<Record<string, string | readonly string[]>>;

/** `User.UserAttributes.[First Name].[0]` in parts; a list's index is left out. */
function partsOf(key: string): string[] {
  const parts = [...key.matchAll(/\[([^\]]*)\]|[^.[\]]+/g)].map(([part, bracketed]) => bracketed ?? part);
  return parts.filter((part, index) => index === 0 || !/^\d+$/.test(part));
}

/** A key as templates name it: a variable's dotted name, or else the key's own parts. */
function nameIn(key: string): string {
  const found = nameOf(partsOf(key));
  return typeof found === 'object' ? found.name : partsOf(key).join('.');
}

function valueIn(key: string, value: unknown): string | readonly string[] {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new TemplateError(
    `${key} is ${JSON.stringify(value)?.slice(0, 80)}; expected a text or a list of texts`,
  );
}

/**
 * Reads a template's DefaultSubstitutions, which are JSON in a text: `{"User.UserAttributes.name": "there"}`
 * (pinpoint.md §2.6). Throws TemplateError when it is not such.
 */
export function substitutionsOf(json: string): Substitutions {
  const parsed = parse(json);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new TemplateError('expected a JSON object of texts by the names of variables');
  return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [nameIn(key), valueIn(key, value)]));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new TemplateError(`is no JSON: ${(cause as Error).message}`, { cause });
  }
}
