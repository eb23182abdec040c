import Handlebars from 'handlebars';
import { blocksTooDeep, MAX_BLOCK_DEPTH } from '../../shared/depth.ts';
import { nameOf } from './variables.ts';

/** Handlebars of its own, with the built-in helpers Pinpoint has: `each` and `if` (pinpoint.md §2.6), and `unless`. */
const engine = Handlebars.create();
for (const name of ['log', 'lookup', 'with']) engine.unregisterHelper(name);
const HELPERS = ['each', 'if', 'unless'];

const NO_PROTOTYPE = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false } as const;

/** A template that cannot be used; the message says why, in words for its author. */
export class TemplateError extends Error {}

export interface CompiledTemplate {
  /** Dotted names of the values it reads: what delivery must project. */
  readonly variables: readonly string[];
  /** Renders with a nested context; a missing value is an empty text. */
  render(context: object): string;
}

/** Walks the syntax tree once: gathers variables, refuses calls of helpers that are not there. */
class Walker extends Handlebars.Visitor {
  readonly names = new Set<string>();

  private call(path: { original?: unknown }, called: boolean): void {
    if (!called || HELPERS.includes(String(path.original))) return;
    throw new TemplateError(
      `the helper ${String(path.original)} is not there yet; there are: ${HELPERS.join(', ')}`,
    );
  }

  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    this.call(
      node.path as hbs.AST.PathExpression,
      node.params.length > 0 || (node.hash?.pairs.length ?? 0) > 0,
    );
    super.MustacheStatement(node);
  }

  override BlockStatement(node: hbs.AST.BlockStatement): void {
    this.call(node.path, node.params.length > 0);
    super.BlockStatement(node);
  }

  override SubExpression(node: hbs.AST.SubExpression): void {
    this.call(node.path, true);
    super.SubExpression(node);
  }

  override PathExpression(path: hbs.AST.PathExpression): void {
    if (path.data) return;
    const found = nameOf(path.parts);
    if (found === 'incomplete')
      throw new TemplateError(`${path.original} is a map: name one of its values, as ${path.original}.name`);
    if (found) this.names.add(found.name);
  }
}

/**
 * Compiles a template once for many recipients. `html` escapes values for HTML; everything else is rendered as it is.
 * Throws TemplateError when it does not parse, calls a helper that is not there, or fails without values.
 */
export function compileTemplate(text: string, options: { html?: boolean } = {}): CompiledTemplate {
  if (!text.includes('{{')) return { variables: [], render: () => text };
  if (blocksTooDeep(text)) throw new TemplateError(`blocks are nested more than ${MAX_BLOCK_DEPTH} deep`);
  const walker = new Walker();
  try {
    walker.accept(engine.parse(text));
    const template = engine.compile(text, { noEscape: options.html !== true });
    const render = (context: object) => template(context, NO_PROTOTYPE);
    render({});
    return { variables: [...walker.names], render };
  } catch (cause) {
    if (cause instanceof TemplateError) throw cause;
    throw new TemplateError((cause as Error).message.replaceAll(/\s*\n\s*/g, ' '), { cause });
  }
}

/** The dotted names of the values a template reads. */
export const variablesOf = (text: string): readonly string[] => compileTemplate(text).variables;
