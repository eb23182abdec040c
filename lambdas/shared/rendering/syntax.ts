import Handlebars from 'handlebars';
import { tooDeep } from '../depth.ts';
import { TemplateError } from './errors.ts';
import { callProblems, type Given, kindIn } from './helpers/check.ts';
import { mayBeBare } from './helpers/kinds.ts';
import { helperNamed } from './helpers/registry.ts';
import { Partials, partialProblems } from './partials.ts';
import { nameOf } from './variables.ts';

type Node = hbs.AST.Node;
type Path = hbs.AST.PathExpression;

/** What a template's syntax tells of it. */
export interface Reading {
  readonly program: hbs.AST.Program;
  /** Dotted names of the values it reads. */
  readonly variables: readonly string[];
  /** Paths that name none of Pinpoint's variables: they are empty unless a default substitution fills them. */
  readonly unknown: readonly string[];
  /** Helpers it calls. */
  readonly helpers: ReadonlySet<string>;
  /** Places where something is shown, decided or called. */
  readonly expressions: number;
  /** Whether it asks for values without escaping (`{{{…}}}`, `{{&…}}`). */
  readonly raw: boolean;
  /** What keeps it from being used, in words for its author. */
  readonly problems: readonly string[];
}

/** What stands in `@…` inside a loop, and the whole context. */
const DATA = ['root', 'index', 'key', 'first', 'last', 'odd', 'even', 'index_1'];
/** Handlebars calls these itself. */
const RESERVED = ['helperMissing', 'blockHelperMissing'];

const isPath = (node: Node): node is Path => node.type === 'PathExpression';
const textLiteral = (value: string, { loc }: Node) =>
  ({ type: 'StringLiteral', value, original: value, loc }) as hbs.AST.StringLiteral;

function givenBy(node: Node): Given {
  if (!['StringLiteral', 'NumberLiteral', 'BooleanLiteral'].includes(node.type)) return {};
  return { literal: (node as hbs.AST.StringLiteral).value };
}

class Walker extends Handlebars.Visitor {
  readonly variables = new Set<string>();
  readonly unknown = new Set<string>();
  readonly helpers = new Set<string>();
  readonly problems = new Set<string>();
  readonly partials = new Partials();
  raw = false;
  expressions = 0;
  /** Names that blocks around this place give to their items (`as |item index|`). */
  readonly #names: (readonly string[])[] = [];

  override Program(program: hbs.AST.Program): void {
    this.#names.push(program.blockParams ?? []);
    this.partials.within(program, () => super.Program(program));
    this.#names.pop();
  }

  override ContentStatement(content: hbs.AST.ContentStatement): void {
    this.partials.add(content.value.length);
  }

  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    this.expressions += 1;
    if (!node.escaped) this.raw = true;
    const isCall = node.params.length > 0 || node.hash !== undefined || this.isHelper(node.path);
    if (isCall) this.call(node, false);
    else this.accept(node.path);
  }

  override BlockStatement(node: hbs.AST.BlockStatement): void {
    this.expressions += 1;
    const isCall = node.params.length > 0 || node.hash !== undefined || this.isHelper(node.path);
    if (isCall) this.call(node, true);
    else this.accept(node.path);
    this.checkBlockParams(node);
    if (node.program) this.accept(node.program);
    if (node.inverse) this.accept(node.inverse);
  }

  override SubExpression(node: hbs.AST.SubExpression): void {
    this.call(node, false);
  }

  override PartialStatement(node: hbs.AST.PartialStatement): void {
    this.expressions += 1;
    const name = isPath(node.name) ? node.name.original : undefined;
    if (name === undefined) this.problems.add('the name of a partial ({{> name}}) is a word');
    else if (node.params.length > 0 || node.hash) this.problems.add(`the partial ${name} takes no values`);
    else this.partials.call(name);
  }

  override PartialBlockStatement(): void {
    this.problems.add(
      'there are no partials with a block ({{#> …}}); there are {{#* inline "name"}} and {{> name}}',
    );
  }

  override Decorator(): void {
    this.problems.add('there are no decorators ({{* …}}) but {{#* inline "name"}}');
  }

  override DecoratorBlock(block: hbs.AST.DecoratorBlock): void {
    const [name] = block.params;
    const decorator = isPath(block.path) ? block.path.original : undefined;
    if (decorator !== 'inline' || block.params.length !== 1 || name?.type !== 'StringLiteral' || block.hash)
      this.problems.add('a partial is written {{#* inline "name"}}…{{/inline}}');
    else this.partials.inside((name as hbs.AST.StringLiteral).value, () => this.accept(block.program));
  }

  override PathExpression(path: Path): void {
    if (path.data) this.dataPath(path);
    else if (path.parts.length > 0 && !this.isBlockParam(path)) this.value(path.original, path.parts);
  }

  private dataPath({ original, parts }: Path): void {
    const [first = '', ...rest] = parts;
    if (!DATA.includes(first))
      this.problems.add(`there is no {{${original}}}; there are: @${DATA.join(', @')}`);
    else if (first === 'root' && rest.length > 0) this.value(original, rest);
  }

  private value(original: string, parts: readonly string[]): void {
    const found = nameOf(parts);
    if (found === 'incomplete')
      this.problems.add(`${original} is a map: name one of its values, as ${original}.name`);
    else if (found) this.variables.add(found.name);
    else if (RESERVED.includes(original)) this.problems.add(`there is no helper ${original}`);
    else this.unknown.add(original);
  }

  private isHelper = (path: Node): boolean =>
    isPath(path) && !path.data && path.parts.length === 1 && helperNamed(path.original) !== undefined;

  private isBlockParam = ({ depth, parts }: Path): boolean =>
    depth === 0 && this.#names.some((names) => names.includes(parts[0] ?? ''));

  private call(
    node: hbs.AST.MustacheStatement | hbs.AST.BlockStatement | hbs.AST.SubExpression,
    isBlock: boolean,
  ): void {
    const name = String((node.path as Path).original);
    this.helpers.add(name);
    this.takeWords(name, node);
    const pairs = node.hash?.pairs ?? [];
    const named = Object.fromEntries(pairs.map(({ key, value }) => [key, givenBy(value)]));
    for (const problem of callProblems({ name, isBlock, params: node.params.map(givenBy), named }))
      this.problems.add(problem);
    this.acceptArray(node.params);
    for (const { value } of pairs) this.accept(value);
  }

  /** Makes texts of words without quotes where a helper takes such, as Pinpoint's own examples are written: `tz=America/Los_Angeles`. */
  private takeWords(name: string, { params, hash }: Pick<hbs.AST.SubExpression, 'params' | 'hash'>): void {
    const taken = (node: hbs.AST.Expression, place: number | string): hbs.AST.Expression => {
      const kind = kindIn(name, place);
      const isWord =
        isPath(node) && !node.data && node.depth === 0 && !nameOf(node.parts) && !this.isBlockParam(node);
      return kind && mayBeBare(kind) && isWord ? textLiteral(node.original, node) : node;
    };
    for (const [index, param] of params.entries()) params[index] = taken(param, index);
    for (const pair of hash?.pairs ?? []) pair.value = taken(pair.value, pair.key);
  }

  private checkBlockParams({ path, program }: hbs.AST.BlockStatement): void {
    if (!program?.blockParams?.length) return;
    if ((path as Path).original !== 'each')
      this.problems.add(`only each names its items (as |${program.blockParams.join(' ')}|)`);
  }
}

/** Reads a template's syntax. Throws TemplateError when it does not parse. */
export function readSyntax(text: string): Reading {
  const problem = tooDeep(text);
  if (problem !== undefined) throw new TemplateError(problem);
  const walker = new Walker();
  const program = Handlebars.parse(text);
  walker.accept(program);
  const { variables, unknown, helpers, expressions, raw, problems, partials } = walker;
  return {
    program,
    variables: [...variables],
    unknown: [...unknown],
    helpers,
    expressions,
    raw,
    problems: [...problems, ...partialProblems(partials)],
  };
}
