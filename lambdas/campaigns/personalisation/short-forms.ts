/** The marketer's `#{…}` in Pinpoint's notation, and back (spec §4, "Personalisation"). Pure. */
import { nearest } from '../../shared/nearest.ts';
import { partsOfName } from '../../shared/rendering/variables.ts';
import type { Variables } from './variables.ts';

export interface Translated {
  /** With `{{…}}` alone. Short forms that have problems stay as they are. */
  readonly text: string;
  /** In words for the text's author. */
  readonly problems: readonly string[];
  /** A short form stands inside `{{…}}`. */
  readonly within: boolean;
}

/** An expression of Pinpoint's notation, the two characters themselves, or a short form with the backslashes before it. */
const TOKENS =
  /(?<mustache>\{\{[\s\S]*?\}\})|(?<literal>(?<!\\)\\#\{)|(?<slashes>\\*)#\{(?!\{)(?<name>[^{}\n]*)(?<end>\}?)/g;
const EACH = /^\{\{~?(?<sign>[#/])\s*each\b/;

interface Token {
  readonly whole: string;
  readonly mustache?: string;
  readonly literal?: string;
  readonly slashes?: string;
  readonly name?: string;
  readonly end?: string;
  /** Whether it stands right beside a brace of the text's own. */
  readonly afterBrace: boolean;
  readonly beforeBrace: boolean;
}

/**
 * Translates every `#{…}` of a text; both notations may stand in one text. `\#{` is those two characters themselves,
 * and of more backslashes one is taken away, as Handlebars does before `{{`. A short form gives one value and no more:
 * inside an expression or a list it is a problem, and so is one without an end or with a name that nothing has.
 */
export function translated(text: string, variables: Variables): Translated {
  if (!text.includes('#{')) return { text, problems: [], within: false };
  const problems: string[] = [];
  let lists = 0;
  let within = false;
  const out = text.replaceAll(TOKENS, (...found: unknown[]) => {
    const token = tokenOf(found);
    lists += listStep(token.mustache);
    const problem = problemOf(token, lists > 0, variables);
    if (problem === undefined) return replacement(token, variables);
    problems.push(problem);
    within ||= token.mustache !== undefined;
    return token.whole;
  });
  return { text: out, problems, within };
}

/** From what `replaceAll` hands over: the match, its groups, its place, the text, the named groups. */
function tokenOf(found: readonly unknown[]): Token {
  const [offset, text, groups] = found.slice(-3) as [number, string, Omit<Token, 'whole'>];
  const whole = String(found[0]);
  return {
    ...groups,
    whole,
    afterBrace: text[offset - 1] === '{',
    beforeBrace: text[offset + whole.length] === '}',
  };
}

function listStep(mustache: string | undefined): number {
  const sign = mustache === undefined ? undefined : EACH.exec(mustache)?.groups?.['sign'];
  return sign === '#' ? 1 : sign === '/' ? -1 : 0;
}

function problemOf(
  { mustache, literal, name = '', end }: Token,
  inList: boolean,
  variables: Variables,
): string | undefined {
  if (literal !== undefined) return undefined;
  if (mustache !== undefined)
    return mustache.includes('#{') ? insideExpression(mustache, variables) : undefined;
  if (end === '') return `"#{${name.slice(0, 20)}" has no end; for these characters write \\#{`;
  const dotted = variables.named(name);
  if (dotted === undefined) return unknown(name, variables);
  if (pathOf(dotted) === undefined) return `#{${name}} names an attribute with "]" in it`;
  return inList ? `#{${name}} stands inside {{#each}}, where names are those of its items` : undefined;
}

function replacement(token: Token, variables: Variables): string {
  const { whole, mustache, literal, slashes = '', name = '' } = token;
  if (literal !== undefined) return '#{';
  if (mustache !== undefined) return whole;
  const path = pathOf(variables.named(name) ?? '') ?? '';
  return slashes + expression(path, token.afterBrace && slashes === '', token.beforeBrace);
}

/**
 * `{{path}}`. Beside a brace of the text's own it would read as `{{{`, which shows values unescaped, or not at all:
 * there a blank keeps them apart, and `~` takes the blank away again.
 */
const expression = (path: string, afterBrace: boolean, beforeBrace: boolean): string =>
  `${afterBrace ? ' {{~' : '{{'}${path}${beforeBrace ? '~}} ' : '}}'}`;

/** Words that Handlebars reads as something else than a name. */
const WORDS = new Set(['this', 'true', 'false', 'null', 'undefined', 'as', 'else']);

/** How a template writes a dotted name; undefined when it cannot. */
export function pathOf(name: string): string | undefined {
  const parts = partsOfName(name);
  if (parts.some((part) => part.includes(']'))) return undefined;
  return parts
    .map((part) => (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(part) && !WORDS.has(part) ? part : `[${part}]`))
    .join('.');
}

/** Names that an error suggests. */
const SUGGESTED = 3;

function unknown(name: string, variables: Variables): string {
  const near = nearest(name.trim(), variables.spellings, SUGGESTED * 2);
  const meant = near.map((spelling) => variables.named(spelling));
  // Two spellings of one variable are one suggestion.
  const shown = near.filter((_, index) => meant.indexOf(meant[index]) === index).slice(0, SUGGESTED);
  const names = shown.map((spelling) => `#{${spelling}}`).join(', ');
  return `there is no variable #{${name}}; ${names === '' ? `allowed: ${allowed(variables)}` : `nearest: ${names}`}`;
}

/** Where no name is near: all there are, each in its first spelling. */
function allowed(variables: Variables): string {
  const names = variables.spellings.flatMap((spelling) => variables.named(spelling) ?? []);
  return [...new Set(names)].map((name) => variables.shown(name)).join(', ');
}

function insideExpression(mustache: string, variables: Variables): string {
  const name = /#\{([^{}]*)\}/.exec(mustache)?.[1] ?? '';
  const dotted = variables.named(name);
  const instead = dotted === undefined ? '' : `; there it is written ${pathOf(dotted)}`;
  return `#{${name}} stands inside ${mustache.slice(0, 60)}${instead}`;
}

/** A message about a text, with its variables as their author wrote them. */
export const inShortForms = (message: string, variables: Variables): string =>
  message.replaceAll(/\{\{([^{}]+)\}\}/g, (whole, name: string) => {
    const shown = variables.shown(name.trim());
    return shown.startsWith('#') ? shown : whole;
  });
