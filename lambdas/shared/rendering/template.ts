import Handlebars from 'handlebars';
import type { RenderContext } from './context.ts';
import { runnerOf } from './engine.ts';
import { TemplateError } from './errors.ts';
import { type Reading, readSyntax } from './syntax.ts';
import { nameOf, partsOfName } from './variables.ts';

export { TemplateError } from './errors.ts';
export { HELPERS } from './helpers/registry.ts';

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
  /** Renders with a nested context; a missing value is an empty text. Throws RenderingError for values a helper cannot take. */
  render(context: object, moment: RenderContext): string;
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

/** A program of more than this takes too long to make. */
const MAX_EXPRESSIONS = 5_000;

type Render = CompiledTemplate['render'];

function lazy(make: () => Render): Render {
  let made: Render | undefined;
  return (context, moment) => {
    made ??= make();
    return made(context, moment);
  };
}

/** A moment to try templates with. */
const TRIAL: RenderContext = { now: 0, timeZone: 'UTC', newId: () => '00000000-0000-4000-8000-000000000000' };

function refused<Result>(compute: () => Result): Result {
  try {
    return compute();
  } catch (cause) {
    if (cause instanceof TemplateError) throw cause;
    throw new TemplateError((cause as Error).message.replaceAll(/\s*\n\s*/g, ' '), { cause });
  }
}

const NOTHING: Omit<Reading, 'program'> = {
  variables: [],
  unknown: [],
  helpers: new Set(),
  expressions: 0,
  raw: false,
  problems: [],
};

/** What a text's syntax tells of it, its own problems among it. Throws TemplateError when it does not parse. */
export const readTemplate = (text: string): Omit<Reading, 'program'> =>
  text.includes('{{') ? refused(() => readSyntax(text)) : NOTHING;

/**
 * Compiles a template once for many recipients. `html` escapes values for HTML; everything else is rendered as it is.
 * Throws TemplateError when it does not parse, calls helpers in a way they cannot be called, or fails without values.
 */
export function compileTemplate(text: string, options: { html?: boolean } = {}): CompiledTemplate {
  if (!text.includes('{{')) return { variables: [], pieces: [text], render: () => text };
  const html = options.html === true;
  return refused(() => {
    const { program, variables, helpers, expressions, problems } = readSyntax(text);
    if (problems.length > 0) throw new TemplateError(problems.join('; '));
    const pieces = piecesOf(program, html);
    // Making a program takes most of the time, and what only names values is filled in without one.
    if (pieces) return { variables, pieces, render: lazy(() => runnerOf(program, helpers, html)) };
    if (expressions > MAX_EXPRESSIONS)
      throw new TemplateError(`has ${expressions} expressions; at most ${MAX_EXPRESSIONS} are allowed`);
    const render = runnerOf(program, helpers, html);
    render({}, TRIAL);
    return { variables, pieces, render };
  });
}

/** The dotted names of the values a template reads. */
export const variablesOf = (text: string): readonly string[] => compileTemplate(text).variables;
