import Handlebars from 'handlebars';
import { blocksTooDeep, MAX_BLOCK_DEPTH } from '../shared/depth.ts';

/** Helpers that the engine renders with today; Pinpoint's others are refused rather than sent as nothing. */
const HELPERS = ['each', 'if', 'unless'];
/** Pinpoint's variables (their first part), and how many parts a name under them has. */
const ROOTS: Readonly<Record<string, number>> = {
  Address: 1,
  Attributes: 2,
  ChannelType: 1,
  CreationDate: 1,
  Demographic: 2,
  EffectiveDate: 1,
  EndpointStatus: 1,
  Id: 1,
  Location: 2,
  Metrics: 2,
  OptOut: 1,
  RequestId: 1,
  User: 2,
};
const FIELDS_OF_USER = ['UserId', 'UserAttributes'];

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
  const depth = ROOTS[parts[0] ?? ''];
  if (depth === undefined || !Object.hasOwn(ROOTS, parts[0] ?? '')) {
    return `there is no variable {{${original}}}; variables begin with ${Object.keys(ROOTS).join(', ')}`;
  }
  if (parts[0] === 'User' && !FIELDS_OF_USER.includes(parts[1] ?? '')) {
    return `there is no variable {{${original}}}; allowed: User.UserId, User.UserAttributes.<name>`;
  }
  const wanted = parts[1] === 'UserAttributes' ? 3 : depth;
  return parts.length < wanted ? `{{${original}}} names no value: add its name after a dot` : undefined;
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
