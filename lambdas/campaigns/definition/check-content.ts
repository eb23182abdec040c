import { inWords } from '../../shared/depth.ts';
import type { Problem } from '../../shared/errors.ts';
import { graphemes } from '../../shared/graphemes.ts';
import type { Channel, Content } from '../content.ts';
import { CHANNEL_RULES, type Part, TEXTS } from './channel-rules.ts';

/** What is judged elsewhere: variables and syntax of a text, Kakao's own parts, and the notices that texts get. */
export interface ContentChecks {
  /** What is wrong with a template, in words for its author. */
  readonly template: (text: string) => readonly string[];
  readonly kakao: (value: unknown, at: string) => readonly Problem[];
  /** The content with the label and the opt-out text of advertising, which count toward its length (spec §4). */
  readonly noticed: (content: Content) => Content;
}

/** What a campaign says in all variants, and what each says instead. */
export interface Said {
  readonly shared: Content;
  /** Empty without variants. */
  readonly own: readonly Content[];
}

const ADDRESSES = ['icon', 'image', 'link'] as const satisfies readonly Part[];
/** A title or picture may come from a variable. */
const VARIABLE = /^(?:\{\{|#\{)/;
const HTTPS = /^https:\/\/\S+$/;
/** A link may open the app itself; scripts and inline documents are no links. */
const LINK = /^(?!(?:javascript|data|vbscript):)[a-z][a-z\d+.-]*:\S+$/i;

/** What each variant says, the campaign's own content filling in; one without variants. */
export const contentsOf = ({ shared, own }: Said): readonly Content[] =>
  own.length === 0 ? [shared] : own.map((content) => filledIn(shared, content));

/** A variant with a template of its own takes over no texts, and one with texts no template. */
function filledIn(shared: Content, own: Content): Content {
  const { template, ...texts } = shared;
  if (own.template) return own;
  const says = TEXTS.some((part) => own[part] !== undefined);
  return { ...texts, ...(template && !says ? { template } : {}), ...own };
}

/**
 * Everything wrong with what a campaign says, by field. `unread` fields are known to be wrong: nothing is said of them, nor
 * of a channel's own needs and limits when the channel is one of them.
 */
export function contentProblems(
  channel: Channel,
  said: Said,
  checks: ContentChecks,
  unread: ReadonlySet<string> = new Set(),
): Problem[] {
  const parts = [
    { content: said.shared, at: '' },
    ...said.own.map((content, index) => ({ content, at: `variants.${index}.` })),
  ];
  const problems = parts.flatMap(({ content, at }) => ownProblems(content, at, checks));
  if (!unread.has('channel')) {
    problems.push(...parts.flatMap(({ content, at }) => misplaced(channel, content, at)));
    if (channel === 'email') problems.push(...parts.flatMap(({ content, at }) => brokenSubject(content, at)));
    problems.push(...shownProblems(channel, said, checks, unread));
  }
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()];
}

/** What each variant comes to: whether it is whole, and how long it is. */
function shownProblems(
  channel: Channel,
  said: Said,
  checks: ContentChecks,
  unread: ReadonlySet<string>,
): Problem[] {
  return contentsOf(said).flatMap((content, index) => {
    const at = said.own.length === 0 ? '' : `variants.${index}.`;
    const written = (part: Part): string => `${said.own[index]?.[part] === undefined ? '' : at}${part}`;
    return [...missing(channel, content, at, unread), ...tooLong(channel, content, written, checks)];
  });
}

function ownProblems(content: Content, at: string, checks: ContentChecks): Problem[] {
  return [
    ...TEXTS.flatMap((part) => textProblems(content[part], `${at}${part}`, checks)),
    ...ADDRESSES.flatMap((part) => addressProblems(part, content[part], `${at}${part}`, checks)),
    ...(content.kakao === undefined ? [] : checks.kakao(content.kakao, `${at}kakao`)),
  ];
}

function misplaced(channel: Channel, content: Content, at: string): Problem[] {
  const { needs, takes } = CHANNEL_RULES[channel];
  const given = (Object.keys(content) as Part[]).filter((part) => content[part] !== undefined);
  const byTemplate = content.template !== undefined && takes.includes('template');
  const places: readonly Part[] = byTemplate ? ['template'] : [...needs.flat(), ...takes];
  const where = byTemplate ? 'beside a template' : `in channel ${channel}`;
  return given
    .filter((part) => !places.includes(part))
    .map((part) => ({ field: `${at}${part}`, message: `${at}${part} has no place ${where}` }));
}

/** A subject is one line of an e-mail's head. */
const brokenSubject = ({ title }: Content, at: string): Problem[] =>
  title === undefined || !/[\r\n]/.test(title)
    ? []
    : [{ field: `${at}title`, message: `${at}title is ${inWords(title)}; allowed: one line` }];

function missing(channel: Channel, content: Content, at: string, unread: ReadonlySet<string>): Problem[] {
  if (content.template || unread.has('template') || unread.has('variants')) return [];
  return CHANNEL_RULES[channel].needs
    .filter((parts) => parts.every((part) => content[part] === undefined && !unread.has(part)))
    .map(([part = 'message']) => ({ field: `${at}${part}`, message: `${at}${part} is missing` }));
}

function textProblems(text: string | undefined, field: string, { template }: ContentChecks): Problem[] {
  if (text === undefined) return [];
  if (text.trim() === '') return [{ field, message: `${field} is blank` }];
  return template(text).map((problem) => ({ field, message: `${field}: ${problem}` }));
}

function addressProblems(
  part: (typeof ADDRESSES)[number],
  text: string | undefined,
  field: string,
  { template }: ContentChecks,
): Problem[] {
  if (text === undefined) return [];
  const problems = template(text).map((problem) => ({ field, message: `${field}: ${problem}` }));
  if (VARIABLE.test(text) || (part === 'link' ? LINK : HTTPS).test(text)) return problems;
  const allowed = part === 'link' ? 'https://…, an address of the app (shop://…)' : 'https://…';
  return [...problems, { field, message: `${field} is "${text}"; allowed: ${allowed}, or a variable` }];
}

/** `fieldOf` says where in the body a part was written. */
function tooLong(
  channel: Channel,
  content: Content,
  fieldOf: (part: Part) => string,
  { noticed }: ContentChecks,
): Problem[] {
  const shown = noticed(content);
  return TEXTS.flatMap((part) => {
    const longest = CHANNEL_RULES[channel].longest[part] ?? Number.POSITIVE_INFINITY;
    const text = shown[part] ?? '';
    // A text has no more clusters than units.
    const length = text.length <= longest ? text.length : graphemes(text);
    if (length <= longest) return [];
    const added = length - graphemes(content[part] ?? '');
    const notices = added > 0 ? `, ${added} of them in its notices` : '';
    const field = fieldOf(part);
    return [
      { field, message: `${field} has ${length} characters${notices}; at most ${longest} are allowed` },
    ];
  });
}
