import type { Problem } from '../../shared/errors.ts';
import { graphemes } from '../../shared/graphemes.ts';
import type { KakaoContent } from './content.ts';
import { IMAGE, LINK } from './limits.ts';
import { type Part, partsOf } from './parts.ts';

/** What is wrong with a content whose variables have their values: one member's message, or the longest of an audience. */
export const renderedProblems = (content: KakaoContent, at = 'kakao'): Problem[] =>
  partsOf(content).flatMap((part) => resolvedProblems(part, at));

/** What is wrong with one text of it. */
export function resolvedProblems(
  { field: name, text, role, longest, lineBreaks }: Part,
  at: string,
): Problem[] {
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
