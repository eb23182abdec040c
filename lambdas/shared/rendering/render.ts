import type { DottedValues, MessagePart } from './part.ts';
import { type CompiledTemplate, compileTemplate, escaped, type Hole } from './template.ts';
import { partsOfName } from './variables.ts';

/** A message part ready to be rendered for any number of recipients. */
export interface CompiledPart {
  /** Dotted names of every value its texts read. */
  readonly variables: readonly string[];
  /** The texts and constants for one recipient, from values by their dotted names. */
  render(values: DottedValues): Record<string, string>;
}

/** A list as Pinpoint's attributes are: bare it renders as its values, one value as itself (pinpoint.md §2.6). */
class ValueList extends Array<string> {
  override toString(): string {
    return this.join(', ');
  }
}

interface Nested {
  [part: string]: unknown;
}

function contextOf(paths: readonly (readonly [string, readonly string[]])[], values: DottedValues): Nested {
  const context: Nested = {};
  for (const [name, parts] of paths) {
    const value = values[name];
    if (value === undefined) continue;
    let node = context;
    for (const part of parts.slice(0, -1)) {
      node[part] ??= {};
      node = node[part] as Nested;
    }
    node[parts.at(-1) ?? name] = typeof value === 'object' ? ValueList.from(value) : value;
  }
  return context;
}

function shown(value: DottedValues[string] | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'object' ? value.join(', ') : String(value);
}

/** A plain template with the values in its holes. */
function filled(pieces: readonly (string | Hole)[], values: DottedValues): string {
  let text = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') text += piece;
    else text += piece.escaped ? escaped(shown(values[piece.name])) : shown(values[piece.name]);
  }
  return text;
}

/** Compiles all texts of a part. Throws TemplateError, whose message the caller completes with the member's name. */
export function compilePart(part: MessagePart): CompiledPart {
  const texts: [string, CompiledTemplate][] = Object.entries(part.templates).map(([name, { text, html }]) => [
    name,
    compileTemplate(text, { html: html === true }),
  ]);
  const variables = [...new Set(texts.flatMap(([, template]) => template.variables))];
  const paths = variables.map((name) => [name, partsOfName(name)] as const);
  return {
    variables,
    render(values) {
      let context: Nested | undefined;
      const content: Record<string, string> = { ...part.constants };
      for (const [name, { pieces, render }] of texts) {
        if (pieces) content[name] = filled(pieces, values);
        else {
          context ??= contextOf(paths, values);
          content[name] = render(context);
        }
      }
      return content;
    },
  };
}
