/** Whether a content keeps to its channel's limits for the longest values of its audience (spec §4, §6). Pure. */
import type { Problem } from '../../shared/errors.ts';
import { graphemes } from '../../shared/graphemes.ts';
import type { RenderContext } from '../../shared/rendering/context.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import type { Channel, Content } from '../content.ts';
import { CHANNEL_RULES, TEXTS } from '../definition/channel-rules.ts';
import { needsOf } from './needs.ts';
import { type ContentText, textsOf } from './personalise.ts';
import { type CompiledContent, compileContent, renderedFor } from './render-content.ts';
import type { Survey } from './survey.ts';
import type { Variables } from './variables.ts';

/** What a limit says of a rendered content. */
export interface Measured {
  readonly field: string;
  readonly length: number;
  readonly most: number;
  readonly unit: 'characters' | 'bytes';
}

export interface LengthInput {
  readonly channel: Channel;
  /** As it is sent: in Pinpoint's notation, with defaults and notices. */
  readonly content: Content;
  readonly survey: Pick<Survey, 'longest' | 'heaviest' | 'looked' | 'sampled'>;
  readonly moment: RenderContext;
  readonly variables: Variables;
  readonly kakao: KakaoCheck;
}

/** What is wrong with a rendered Kakao message (lambdas/channels, `renderedProblems`). */
export type KakaoCheck = (content: NonNullable<Content['kakao']>) => readonly Problem[];

/** FCM and APNs take 4,096 bytes; what the engine adds of its own (ids, keys) takes up to 700 of them. */
const PUSH_BYTES = 4096 - 700;
/** FCM gets these as notification and again as data (docs/pinpoint-api.md, what a push carries). */
const TWICE = ['title', 'message', 'image'] as const;
const ONCE = ['icon', 'link'] as const;

/** How long a rendered content is, by each of its channel's limits. Kakao's own are judged by its channel. */
export function measured(channel: Channel, content: Content): Measured[] {
  const texts = TEXTS.flatMap((field): Measured[] => {
    const most = CHANNEL_RULES[channel].longest[field];
    const text = content[field];
    if (most === undefined || text === undefined) return [];
    return [{ field, length: graphemes(text), most, unit: 'characters' }];
  });
  if (channel !== 'push') return texts;
  return [...texts, { field: 'message', length: pushBytes(content), most: PUSH_BYTES, unit: 'bytes' }];
}

/** The limits that a rendered content breaks. */
export const limitProblems = (channel: Channel, content: Content, kakao: KakaoCheck): Problem[] => [
  ...(mayBreak(channel, content) ? measured(channel, content) : [])
    .filter(({ length, most }) => length > most)
    .map((found) => ({
      field: found.field,
      message: `${subject(found)} ${found.length} ${found.unit}; at most ${found.most} are allowed`,
    })),
  ...(content.kakao === undefined ? [] : kakao(content.kakao)),
];

/** Measuring costs more than rendering: a text of no more code units than are allowed has no more of anything. */
function mayBreak(channel: Channel, content: Content): boolean {
  const { longest } = CHANNEL_RULES[channel];
  const units = (field: keyof Content): number => String(content[field] ?? '').length;
  const heaviest = MOST_BYTES_PER_UNIT * (2 * sumOf(TWICE.map(units)) + sumOf(ONCE.map(units)));
  return (
    TEXTS.some((field) => units(field) > (longest[field] ?? Number.POSITIVE_INFINITY)) ||
    (channel === 'push' && heaviest > PUSH_BYTES)
  );
}

const subject = ({ field, unit }: Measured): string =>
  unit === 'bytes' ? 'the push as a whole has' : `${field} has`;

const utf8 = new TextEncoder();
const MOST_BYTES_PER_UNIT = 3;
const sumOf = (lengths: readonly number[]): number => lengths.reduce((all, length) => all + length, 0);

function pushBytes(content: Content): number {
  const bytes = (field: (typeof TWICE | typeof ONCE)[number]) => utf8.encode(content[field] ?? '').length;
  return 2 * sumOf(TWICE.map(bytes)) + sumOf(ONCE.map(bytes));
}

/**
 * The limits that the audience's longest values would break. Each value is taken at its longest, whoever has it; where a
 * text has a default or asks about a value, it is also rendered for who has none. A survey that saw a part of the
 * audience says so.
 */
export function lengthProblems(input: LengthInput): Problem[] {
  const { channel, content, survey, moment, variables } = input;
  const compiled = compileContent(content);
  const { longest, heaviest } = survey;
  const ofTexts = (['characters', 'bytes'] as const).flatMap((unit) => {
    const values = unit === 'bytes' ? heaviest : longest;
    const worst = new Map<string, Measured>();
    for (const extreme of extremes(content, values)) {
      const rendered = renderedFor(compiled, extreme, moment);
      for (const found of rendered === undefined ? [] : measured(channel, rendered))
        if (found.unit === unit && found.length > (worst.get(found.field)?.length ?? found.most))
          worst.set(found.field, found);
    }
    return [...worst.values()].map((found) =>
      problemOf(found, blamed(found, content, values, variables), survey),
    );
  });
  return [...ofTexts, ...kakaoProblems(input, compiled)];
}

/** Kakao's own limits, judged for the longest values: each part once. Of a part with a value that nobody knows nothing is said. */
function kakaoProblems(
  { content, survey, moment, kakao }: LengthInput,
  compiled: CompiledContent,
): readonly Problem[] {
  if (content.kakao === undefined) return [];
  const isKnown = ({ text }: ContentText) =>
    needsOf([text]).required.every((name) => survey.longest.has(name));
  const known = new Set(
    textsOf(content)
      .filter(isKnown)
      .map(({ field }) => field),
  );
  const found = extremes(content, survey.longest).flatMap((extreme) => {
    const rendered = renderedFor(compiled, extreme, moment)?.kakao;
    return rendered === undefined ? [] : kakao(rendered).filter(({ field }) => known.has(field));
  });
  return [...new Map(found.map((problem) => [problem.field, problem])).values()];
}

/** Members who have every value, and those who have only what the texts cannot do without: they get the defaults. */
function extremes(content: Content, longest: Survey['longest']): DottedValues[] {
  const { required } = needsOf(textsOf(content).map(({ text }) => text));
  const all = Object.fromEntries([...longest].map(([name, { value }]) => [name, [value]]));
  return [all, Object.fromEntries(Object.entries(all).filter(([name]) => required.includes(name)))];
}

/** The longest values that the measured texts show, in the words of their author. */
function blamed(
  { unit, field }: Measured,
  content: Content,
  longest: Survey['longest'],
  variables: Variables,
): string[] {
  const texts = textsOf(content).filter((text) => unit === 'bytes' || text.field === field);
  return needsOf(texts.map(({ text }) => text)).names.flatMap((name) => {
    const found = longest.get(name);
    return found === undefined ? [] : [`${variables.shown(name)} ${found.length} (member ${found.userId})`];
  });
}

function problemOf(
  found: Measured,
  longest: readonly string[],
  { looked, sampled }: LengthInput['survey'],
): Problem {
  const values = longest.length === 0 ? '' : ` with the longest values: ${longest.join(', ')}`;
  const seen = sampled ? `; ${looked} members were looked at` : '';
  const { field, length, most, unit } = found;
  const message = `${subject(found)} up to ${length} ${unit}${values}; at most ${most} are allowed${seen}`;
  return { field, message };
}
