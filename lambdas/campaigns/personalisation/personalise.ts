/** A campaign's content in Pinpoint's notation, and what it needs of each member. Pure. */
import type { Problem } from '../../shared/errors.ts';
import type { Content } from '../content.ts';
import { templateProblems } from '../template-check.ts';
import { type Defaults, withDefaults } from './defaults.ts';
import { type Needs, needsOf } from './needs.ts';
import { inShortForms, translated } from './short-forms.ts';
import { insteadOf, type Variables } from './variables.ts';

/** One text of a content. */
export interface ContentText {
  /** JSON path: `title`, `kakao.cards.0.text`. */
  readonly field: string;
  readonly text: string;
  /** Its values are escaped for HTML. */
  readonly html: boolean;
}

export interface Personalised {
  /** With `{{…}}` alone. */
  readonly content: Content;
  readonly needs: Needs;
  /** With any, the content is not to be sent. */
  readonly problems: readonly Problem[];
}

/** Parts of a content that say how it is made, not what it says. */
const NO_TEXT: readonly string[] = ['template'];

function mapped(value: unknown, field: string, map: (text: ContentText) => string): unknown {
  if (typeof value === 'string') return map({ field, text: value, html: field === 'html' });
  if (typeof value !== 'object' || value === null) return value;
  const inner = (key: string, child: unknown) => mapped(child, field === '' ? key : `${field}.${key}`, map);
  if (Array.isArray(value)) return value.map((child, index) => inner(String(index), child));
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, NO_TEXT.includes(key) ? child : inner(key, child)]),
  );
}

/** The content with each of its texts replaced, however deep it lies. */
export const mapTexts = (content: Content, map: (text: ContentText) => string): Content =>
  mapped(content, '', map) as Content;

/** All texts of a content. */
export function textsOf(content: Content): readonly ContentText[] {
  const texts: ContentText[] = [];
  mapTexts(content, (text) => {
    texts.push(text);
    return text.text;
  });
  return texts;
}

/** What is wrong with a text in either notation: an unknown name is an error (spec §4), never an empty text. */
export function personalisationProblems(text: string, variables: Variables): readonly string[] {
  const { text: template, problems, within } = translated(text, variables);
  // What stands inside an expression leaves it unreadable.
  if (within) return problems;
  const own = templateProblems(template).map((problem) => inShortForms(problem, variables));
  return [...problems, ...(own.length > 0 ? own : unknownNames(template))];
}

function unknownNames(template: string): readonly string[] {
  return needsOf([template]).names.flatMap((name) => {
    const known = insteadOf(name);
    return known === undefined ? [] : [`there is no variable {{${name}}}; there are: ${known.join(', ')}`];
  });
}

/** Translates a content. `at`: where it lies in the request, for the fields of problems. */
export function personalised(content: Content, variables: Variables, at = ''): Personalised {
  const problems: Problem[] = [];
  const sound: string[] = [];
  const out = mapTexts(content, ({ field, text }) => {
    const path = at === '' ? field : `${at}.${field}`;
    const found = personalisationProblems(text, variables);
    problems.push(...found.map((problem) => ({ field: path, message: `${path}: ${problem}` })));
    const template = translated(text, variables).text;
    if (found.length === 0) sound.push(template);
    return template;
  });
  return { content: out, needs: needsOf(sound), problems };
}

/** The content of a campaign as Pinpoint is to get it: its texts show the default where a member has no value. */
export const withContentDefaults = (content: Content, defaults: Defaults): Content =>
  mapTexts(content, ({ text, html }) => withDefaults(text, defaults, { html }));
