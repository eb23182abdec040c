import {
  validateKakaoAlimtalk,
  validateKakaoCarousel,
  validateKakaoText,
  validateKakaoWideList,
} from '../../../schemas/channels/generated/requests.js';
import type { Problem } from '../../shared/errors.ts';
import { problemsOf, type Validator } from '../../shared/validation.ts';
import { KAKAO_KINDS, type KakaoContent, type KakaoKind } from './content.ts';
import { IMAGE, LINK } from './limits.ts';
import { type Part, partsOf } from './parts.ts';

const VALIDATORS: Readonly<Record<KakaoKind, Validator<KakaoContent>>> = {
  alimtalk: validateKakaoAlimtalk as Validator<KakaoContent>,
  text: validateKakaoText as Validator<KakaoContent>,
  carousel: validateKakaoCarousel as Validator<KakaoContent>,
  wide_list: validateKakaoWideList as Validator<KakaoContent>,
};

const VARIABLE = /\{\{|#\{/;
const segmenter = new Intl.Segmenter();
const graphemes = (text: string): number => [...segmenter.segment(text)].length;

/** What is wrong with a content as its author wrote it, `at` its place in the body; empty when it may be stored. */
export function kakaoProblems(value: unknown, at = 'kakao'): Problem[] {
  const kind = (value as { kind?: unknown } | null | undefined)?.kind;
  if (!KAKAO_KINDS.includes(kind as KakaoKind)) {
    const message = `${at}.kind is ${JSON.stringify(kind) ?? 'missing'}; allowed: ${KAKAO_KINDS.join(', ')}`;
    return [{ field: `${at}.kind`, message }];
  }
  const problems = problemsOf(VALIDATORS[kind as KakaoKind], value, at);
  if (problems.length > 0) return problems;
  return partsOf(value as KakaoContent).flatMap((part) => partProblems(part, at));
}

function partProblems(part: Part, at: string): Problem[] {
  if (!VARIABLE.test(part.text)) return resolvedProblems(part, at);
  if (part.variables) return [];
  const field = `${at}.${part.field}`;
  return [{ field, message: `${field} is the same for everybody: it may hold no variables` }];
}

/** What is wrong with a content whose variables have their values: one member's message, or the longest of an audience. */
export const renderedProblems = (content: KakaoContent, at = 'kakao'): Problem[] =>
  partsOf(content).flatMap((part) => resolvedProblems(part, at));

function resolvedProblems({ field: name, text, role, longest, lineBreaks }: Part, at: string): Problem[] {
  const field = `${at}.${name}`;
  if (role === 'image' && !IMAGE.test(text))
    return [{ field, message: `${field} is "${text}"; allowed: the https address of a JPG, JPEG or PNG` }];
  if (role === 'link' && !LINK.test(text))
    return [{ field, message: `${field} is "${text}"; allowed: an http(s) address` }];
  const problems: Problem[] = [];
  const length = longest === undefined ? 0 : graphemes(text);
  if (longest !== undefined && length > longest)
    problems.push({ field, message: `${field} has ${length} characters; at most ${longest} are allowed` });
  const breaks = lineBreaks === undefined ? 0 : text.split('\n').length - 1;
  if (lineBreaks !== undefined && breaks > lineBreaks)
    problems.push({
      field,
      message: `${field} has ${breaks} line breaks; at most ${lineBreaks} are allowed`,
    });
  return problems;
}
