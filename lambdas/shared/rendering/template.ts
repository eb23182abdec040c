import Handlebars from 'handlebars';
import { blocksTooDeep, MAX_BLOCK_DEPTH } from '../depth.ts';
import { nameOf, partsOfName } from './variables.ts';

/** Handlebars of its own, with the built-in helpers Pinpoint has: `each` and `if` (pinpoint.md §2.6), and `unless`. */
const engine = Handlebars.create();
for (const name of ['log', 'lookup', 'with']) engine.unregisterHelper(name);
export const HELPERS = ['each', 'if', 'unless'];
/** Handlebars calls these itself. */
const RESERVED = ['helperMissing', 'blockHelperMissing'];

const NO_PROTOTYPE = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false } as const;

/** A template that cannot be used; the message says why, in words for its author. */
export class TemplateError extends Error {}

/** A place in a plain template: the dotted name of its value, and whether that is escaped for HTML. */
export interface Hole {
  readonly name: string;
  readonly escaped: boolean;
}

export interface CompiledTemplate {
  /** Dotted names of the values it reads: what delivery must project. */
  readonly variables: readonly string[];
  /**
   * Texts and holes of a template that only names values, as nearly all do: filling them takes a tenth of the time of
   * running it. Undefined for one with blocks, indexes or the like.
   */
  readonly pieces: readonly (string | Hole)[] | undefined;
  /** Renders with a nested context; a missing value is an empty text. */
  render(context: object): string;
}

/** Walks the syntax tree once: gathers variables, refuses calls of helpers that are not there. */
class Walker extends Handlebars.Visitor {
  readonly names = new Set<string>();
  readonly #inline = new Set<unknown>();
  readonly #partials: unknown[] = [];

  /** Throws for a partial that the text does not define: it would fail for those only whose values lead there. */
  checkPartials(): void {
    const unknown = this.#partials.find((name) => !this.#inline.has(name));
    if (unknown !== undefined) throw new TemplateError(`the partial ${String(unknown)} is not there`);
  }

  private call(path: { original?: unknown }, params: number, called: boolean): void {
    const name = String(path.original);
    if (HELPERS.includes(name)) {
      if (params !== 1) throw new TemplateError(`the helper ${name} takes one value; it has ${params} here`);
      return;
    }
    if (!called && !RESERVED.includes(name)) return;
    throw new TemplateError(`the helper ${name} is not there yet; there are: ${HELPERS.join(', ')}`);
  }

  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    this.call(
      node.path as hbs.AST.PathExpression,
      node.params.length,
      node.params.length > 0 || (node.hash?.pairs.length ?? 0) > 0,
    );
    super.MustacheStatement(node);
  }

  override BlockStatement(node: hbs.AST.BlockStatement): void {
    this.call(node.path, node.params.length, node.params.length > 0);
    super.BlockStatement(node);
  }

  override PartialStatement(partial: hbs.AST.PartialStatement): void {
    this.#partials.push((partial.name as { original?: unknown }).original);
    super.PartialStatement(partial);
  }

  override DecoratorBlock(block: hbs.AST.DecoratorBlock): void {
    const [name] = block.params;
    if (name?.type === 'StringLiteral') this.#inline.add((name as hbs.AST.StringLiteral).value);
    super.DecoratorBlock(block);
  }

  override SubExpression(node: hbs.AST.SubExpression): void {
    this.call(node.path, node.params.length, true);
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

function holeOf(node: hbs.AST.MustacheStatement, html: boolean): Hole | undefined {
  const path = node.path as Partial<hbs.AST.PathExpression>;
  if (node.params.length > 0 || (node.hash?.pairs.length ?? 0) > 0) return undefined;
  if (!path.parts || path.data || path.depth) return undefined;
  const found = nameOf(path.parts);
  if (!found || found === 'incomplete') return undefined;
  const own = partsOfName(found.name);
  const whole = own.length === path.parts.length && own.every((part, index) => part === path.parts?.[index]);
  return whole ? { name: found.name, escaped: html && node.escaped } : undefined;
}

function piecesOf({ body }: hbs.AST.Program, html: boolean): (string | Hole)[] | undefined {
  const pieces: (string | Hole)[] = [];
  for (const node of body) {
    if (node.type === 'CommentStatement') continue;
    const piece =
      node.type === 'ContentStatement'
        ? (node as hbs.AST.ContentStatement).value
        : node.type === 'MustacheStatement'
          ? holeOf(node as hbs.AST.MustacheStatement, html)
          : undefined;
    if (piece === undefined) return undefined;
    pieces.push(piece);
  }
  return pieces;
}

/** A value as a template shows it, escaped for HTML. */
export const escaped = (text: string): string => Handlebars.escapeExpression(text);

/**
 * Compiles a template once for many recipients. `html` escapes values for HTML; everything else is rendered as it is.
 * Throws TemplateError when it does not parse, calls a helper that is not there, or fails without values.
 */
export function compileTemplate(text: string, options: { html?: boolean } = {}): CompiledTemplate {
  if (!text.includes('{{')) return { variables: [], pieces: [text], render: () => text };
  if (blocksTooDeep(text)) throw new TemplateError(`blocks are nested more than ${MAX_BLOCK_DEPTH} deep`);
  const walker = new Walker();
  try {
    const program = engine.parse(text);
    walker.accept(program);
    walker.checkPartials();
    const pieces = piecesOf(program, options.html === true);
    const template = engine.compile(text, { noEscape: options.html !== true });
    const render = (context: object) => template(context, NO_PROTOTYPE);
    render({});
    return { variables: [...walker.names], pieces, render };
  } catch (cause) {
    if (cause instanceof TemplateError) throw cause;
    throw new TemplateError((cause as Error).message.replaceAll(/\s*\n\s*/g, ' '), { cause });
  }
}

/** The dotted names of the values a template reads. */
export const variablesOf = (text: string): readonly string[] => compileTemplate(text).variables;
