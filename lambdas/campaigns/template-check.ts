import Handlebars from 'handlebars';
import { blocksTooDeep, MAX_BLOCK_DEPTH } from '../shared/depth.ts';
import { HELPERS } from '../shared/rendering/template.ts';
import { nameOf, ROOTS } from '../shared/rendering/variables.ts';

/** Collects what a text must not hold, in words for its author. */
class Checker extends Handlebars.Visitor {
  readonly problems: string[] = [];

  private called(path: hbs.AST.Node, called: boolean): void {
    const name = String((path as hbs.AST.PathExpression).original);
    if (called && !HELPERS.includes(name)) {
      this.problems.push(`there is no helper "${name}"; there are: ${HELPERS.join(', ')}`);
    }
  }

  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    // A member's value is text: unescaped it could bring its own markup into an e-mail.
    if (!node.escaped)
      this.problems.push('values are written with two braces ({{…}}), so that HTML in them is escaped');
    const called = node.params.length > 0 || (node.hash?.pairs.length ?? 0) > 0;
    this.called(node.path, called);
    // The path of a call names a helper, not a variable.
    if (called) this.acceptArray(node.params);
    else super.MustacheStatement(node);
  }

  override BlockStatement(node: hbs.AST.BlockStatement): void {
    this.called(node.path, true);
    this.acceptArray(node.params);
    this.accept(node.program);
    if (node.inverse) this.accept(node.inverse);
  }

  override SubExpression(node: hbs.AST.SubExpression): void {
    this.called(node.path, true);
    this.acceptArray(node.params);
  }

  override PartialStatement(): void {
    this.problems.push('partials ({{> …}}) are not there');
  }

  override PathExpression(path: hbs.AST.PathExpression): void {
    if (path.data || path.parts.length === 0) return;
    const problem = pathProblem(path.original, path.parts);
    if (problem !== undefined) this.problems.push(problem);
  }
}

function pathProblem(original: string, parts: readonly string[]): string | undefined {
  const found = nameOf(parts);
  if (found === 'incomplete') return `{{${original}}} names no value: add its name after a dot`;
  if (found) return undefined;
  return parts[0] === 'User'
    ? `there is no variable {{${original}}}; allowed: User.UserId, User.UserAttributes.<name>`
    : `there is no variable {{${original}}}; variables begin with ${ROOTS.join(', ')}`;
}

/** What is wrong with the variables and the syntax of a text (spec §4: an unknown variable name is an error); empty when it can be rendered. */
export function templateProblems(text: string): string[] {
  const short = /#\{[^}]*\}/.exec(text)?.[0];
  const problems = short === undefined ? [] : [`the short form ${short} cannot be used yet`];
  if (!text.includes('{{')) return problems;
  if (blocksTooDeep(text)) return [...problems, `its blocks are nested more than ${MAX_BLOCK_DEPTH} deep`];
  try {
    const checker = new Checker();
    checker.accept(Handlebars.parse(text));
    return [...problems, ...checker.problems];
  } catch (cause) {
    return [
      ...problems,
      `the template has a mistake: ${(cause as Error).message.replaceAll(/\s*\n\s*/g, ' ')}`,
    ];
  }
}
