import {
  validateKakaoAlimtalk,
  validateKakaoCarousel,
  validateKakaoText,
  validateKakaoWideList,
} from '../../../schemas/channels/generated/requests.js';
import type { Problem } from '../../shared/errors.ts';
import { problemsOf, type Validator } from '../../shared/validation.ts';
import { KAKAO_KINDS, type KakaoContent, type KakaoKind } from './content.ts';
import { type Part, partsOf } from './parts.ts';
import { resolvedProblems } from './rendered.ts';

const VALIDATORS: Readonly<Record<KakaoKind, Validator<KakaoContent>>> = {
  alimtalk: validateKakaoAlimtalk as Validator<KakaoContent>,
  text: validateKakaoText as Validator<KakaoContent>,
  carousel: validateKakaoCarousel as Validator<KakaoContent>,
  wide_list: validateKakaoWideList as Validator<KakaoContent>,
};

const VARIABLE = /\{\{|#\{/;

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
