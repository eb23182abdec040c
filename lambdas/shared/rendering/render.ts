import type { RenderContext } from './context.ts';
import type { DottedValues, MessagePart } from './part.ts';
import type { Substitutions } from './substitutions.ts';
import { type CompiledTemplate, compileTemplate, escaped, type Hole } from './template.ts';
import { boxed, ValueList } from './values.ts';
import { isList, partsOfName } from './variables.ts';

/** A message part ready to be rendered for any number of recipients. */
export interface CompiledPart {
  /** Dotted names of every value its texts read. */
  readonly variables: readonly string[];
  /**
   * The texts and constants for one recipient, from values by their dotted names. Throws RenderingError for values that a
   * helper cannot take.
   */
  render(values: DottedValues, moment: RenderContext): Record<string, string>;
}

interface Nested {
  [part: string]: unknown;
}

type DottedValue = DottedValues[string];
type Paths = readonly (readonly [name: string, parts: readonly string[]])[];

/** A recipient's value, or what stands for it when there is none. */
function valueFor(
  values: DottedValues,
  defaults: Substitutions | undefined,
  name: string,
): DottedValue | undefined {
  const value = values[name];
  if (defaults === undefined || (value !== undefined && (typeof value !== 'object' || value.length > 0)))
    return value;
  return Object.hasOwn(defaults, name) ? defaults[name] : value;
}

/** Attributes are lists, and an index into one must never find a letter of a text. */
function inContext(name: string, value: DottedValue): unknown {
  if (typeof value === 'object') return ValueList.from(value);
  return isList(name) ? ValueList.of(String(value)) : boxed(value);
}

function contextOf(paths: Paths, values: DottedValues, defaults: Substitutions | undefined): Nested {
  const context: Nested = {};
  for (const [name, parts] of paths) {
    const value = valueFor(values, defaults, name);
    if (value === undefined) continue;
    let node = context;
    for (const part of parts.slice(0, -1)) {
      node[part] ??= {};
      node = node[part] as Nested;
    }
    node[parts.at(-1) ?? name] = inContext(name, value);
  }
  return context;
}

function shown(value: DottedValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'object' ? value.join(', ') : String(value);
}

/** A plain template with the values in its holes. */
function filled(
  pieces: readonly (string | Hole)[],
  values: DottedValues,
  defaults: Substitutions | undefined,
): string {
  let text = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') text += piece;
    else {
      const value = shown(valueFor(values, defaults, piece.name));
      text += piece.escaped ? escaped(value) : value;
    }
  }
  return text;
}

/**
 * Compiles all texts of a part. `defaults` stand for values that a recipient does not have. Throws TemplateError, whose
 * message the caller completes with the member's name.
 */
export function compilePart(part: MessagePart, defaults?: Substitutions): CompiledPart {
  const texts: [string, CompiledTemplate][] = Object.entries(part.templates).map(([name, { text, html }]) => [
    name,
    compileTemplate(text, { html: html === true }),
  ]);
  const variables = [...new Set(texts.flatMap(([, template]) => template.variables))];
  const names = new Set([...variables, ...Object.keys(defaults ?? {})]);
  const paths: Paths = [...names]
    .map((name) => [name, partsOfName(name)] as const)
    .filter(([, parts]) => !parts.includes('__proto__'));
  return {
    variables,
    render(values, moment) {
      let context: Nested | undefined;
      const content: Record<string, string> = { ...part.constants };
      for (const [name, { pieces, render }] of texts) {
        if (pieces) content[name] = filled(pieces, values, defaults);
        else {
          context ??= contextOf(paths, values, defaults);
          content[name] = render(context, moment);
        }
      }
      return content;
    },
  };
}
