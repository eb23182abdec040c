/** What values a text needs, and where they stand in it. Pure. */
import Handlebars from 'handlebars';
import { nameOf } from '../../shared/rendering/variables.ts';

/** An expression of a text that shows values: where it stands (UTF-16 offsets), and the dotted names of the values. */
export interface Shown {
  readonly start: number;
  readonly end: number;
  readonly names: readonly string[];
}

export interface Needs {
  /** Every name that the text reads, in the order in which they come. */
  readonly names: readonly string[];
  /** Those that a member must have for the text to say what its author meant. */
  readonly required: readonly string[];
}

/** Helpers that ask about a value instead of showing it: their author has thought of those without one. */
const ASKING = new Set(['and', 'eq', 'gt', 'gte', 'lt', 'lte', 'neq', 'not', 'or', 'yesno']);

/** Walks a text once. Within a block, the values that the block asks about are its author's own care. */
class Reader extends Handlebars.Visitor {
  readonly names = new Set<string>();
  readonly shown: Shown[] = [];
  private readonly asked: string[] = [];
  private readonly lineStarts: readonly number[];

  constructor(text: string) {
    super();
    this.lineStarts = [0, ...[...text.matchAll(/\r\n?|\n/g)].map((line) => line.index + line[0].length)];
  }

  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    const names = this.read(node);
    const free = names.filter((name) => !this.asked.includes(name));
    if (free.length === 0 || asks(node)) return;
    this.shown.push({ start: this.offset(node.loc.start), end: this.offset(node.loc.end), names: free });
  }

  override BlockStatement(node: hbs.AST.BlockStatement): void {
    const asked = this.read(node);
    this.asked.push(...asked);
    this.accept(node.program);
    if (node.inverse) this.accept(node.inverse);
    this.asked.length -= asked.length;
  }

  /** The names that an expression reads, whether it shows one or hands them to a helper. */
  private read({ path, params, hash }: hbs.AST.MustacheStatement | hbs.AST.BlockStatement): string[] {
    const names = new Set<string>();
    const collect = (node: hbs.AST.Expression) => {
      const found = nameOf(pathFromRoot(node as Partial<hbs.AST.PathExpression>));
      if (typeof found === 'object') names.add(found.name);
      if (node.type !== 'SubExpression') return;
      const inner = node as hbs.AST.SubExpression;
      for (const own of [...inner.params, ...(inner.hash?.pairs ?? []).map(({ value }) => value)])
        collect(own);
    };
    for (const node of [path, ...params, ...(hash?.pairs ?? []).map(({ value }) => value)]) collect(node);
    for (const name of names) this.names.add(name);
    return [...names];
  }

  private offset({ line, column }: hbs.AST.Position): number {
    return (this.lineStarts[line - 1] ?? 0) + column;
  }
}

/** The parts of a path; `@root.…` is the same from anywhere, other `@…` name no value of a member. */
function pathFromRoot({ parts = [], data }: Partial<hbs.AST.PathExpression>): readonly string[] {
  if (!data) return parts;
  return parts[0] === 'root' ? parts.slice(1) : [];
}

const asks = ({ path, params }: hbs.AST.MustacheStatement): boolean =>
  params.length > 0 && ASKING.has(String((path as hbs.AST.PathExpression).original));

function read(text: string): Reader {
  const reader = new Reader(text);
  if (text.includes('{{')) reader.accept(Handlebars.parseWithoutProcessing(text));
  return reader;
}

/** The expressions of a text that show values it does not ask about first. The text is a template that compiles. */
export const shownIn = (text: string): readonly Shown[] => read(text).shown;

/** What texts need together. They are templates that compile. */
export function needsOf(texts: readonly string[]): Needs {
  const readers = texts.map(read);
  return {
    names: [...new Set(readers.flatMap(({ names }) => [...names]))],
    required: [...new Set(readers.flatMap(({ shown }) => shown.flatMap(({ names }) => names)))],
  };
}
