/** What a text says to members without a value (spec §4: "is skipped or gets the default, by choice"). Pure. */
import type { Problem } from '../../shared/errors.ts';
import { needsOf, shownIn } from './needs.ts';
import { pathOf, translated } from './short-forms.ts';
import type { Variables } from './variables.ts';

/** Texts by dotted names. */
export type Defaults = ReadonlyMap<string, string>;

/** A default must mean the same wherever it is put: a template's own signs and line ends would not. */
const PLAIN = /^[^{}\\\p{Cc}]*$/u;
const LONGEST = 200;
/** A template cannot tell their 0 from a missing value. */
const NUMBERS = /^(?:Metrics\.|Location\.L(?:at|ong)itude$)/;

/**
 * Defaults by the names that texts need, from what a request says: `{ "#{회원 이름}": "고객" }`, where a variable may
 * be written as it stands in the texts, in either notation, or bare (`회원 이름`, `User.UserAttributes.name`).
 */
export function defaultsOf(
  written: Readonly<Record<string, string>>,
  variables: Variables,
  field = 'defaults',
): { readonly defaults: Defaults; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const found = Object.entries(written).flatMap(([variable, text]): [string, string][] => {
    const at = `${field}.${variable}`;
    const name = nameWritten(variable, variables);
    if (name === undefined) problems.push({ field: at, message: `${at} does not name a variable` });
    else if (NUMBERS.test(name))
      problems.push({ field: at, message: `${at} is a number, and 0 is a value: it has no default` });
    if (!PLAIN.test(text) || text.length > LONGEST)
      problems.push({
        field: at,
        message: `${at} is ${JSON.stringify(text.slice(0, 80))}; allowed: up to ${LONGEST} characters in one line without { } \\`,
      });
    return name === undefined ? [] : [[name, text]];
  });
  return { defaults: new Map(found), problems };
}

function nameWritten(variable: string, variables: Variables): string | undefined {
  const spelled = variables.named(variable);
  if (spelled !== undefined) return spelled;
  const bare = /^[^#{}]+$/.test(variable) ? `{{${variable.trim()}}}` : variable;
  const { text, problems } = translated(bare, variables);
  if (problems.length > 0) return undefined;
  try {
    const { names } = needsOf([text]);
    return names.length === 1 ? names[0] : undefined;
  } catch {
    return undefined;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (char) => ESCAPES[char] ?? char);

/**
 * A template that shows the default in place of every expression whose value is missing. An expression of several
 * values shows the default of the first that is missing. `html`: the text is HTML and the defaults are not.
 */
export function withDefaults(text: string, defaults: Defaults, { html = false } = {}): string {
  if (defaults.size === 0) return text;
  const stands = shownIn(text).flatMap(({ start, end, names }) => {
    const known = names.filter((name) => defaults.has(name));
    return known.length === 0 ? [] : [{ start, end, names: known }];
  });
  return stands.reduceRight((out, { start, end, names }) => {
    const expression = out.slice(start, end);
    const guarded = names.reduceRight(
      (inner, name) => choice(inner, name, (html ? escaped : String)(defaults.get(name) ?? '')),
      bare(expression),
    );
    return out.slice(0, start) + trimmedLike(expression, guarded) + out.slice(end);
  }, text);
}

/** An attribute is a list: one whose first value is an empty text shows nothing, and so counts as missing. */
function choice(inner: string, name: string, fallback: string): string {
  const path = pathOf(name) ?? name;
  const asked = /^(?:Attributes|User\.UserAttributes)\./.test(name) ? `${path}.[0]` : path;
  return `{{#if ${asked}}}${inner}{{else}}${fallback}{{/if}}`;
}

/** `~` takes blanks away outside the expression: it belongs to the block that is put around it. */
const bare = (expression: string): string => expression.replace(/^\{\{~/, '{{').replace(/~\}\}$/, '}}');
const trimmedLike = (expression: string, block: string): string =>
  block
    .replace(/^\{\{/, expression.startsWith('{{~') ? '{{~' : '{{')
    .replace(/\}\}$/, expression.endsWith('~}}') ? '~}}' : '}}');
