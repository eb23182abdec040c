import { graphemesOf } from '../../shared/graphemes.ts';
import type { Content } from '../content.ts';
import { contentsOf, type Said } from './check-content.ts';

/** The longest name made from a text, in grapheme clusters. */
const LONGEST = 60;

/** "named after its title" (spec §4); one without a title after the beginning of its message. */
export function madeName(said: Said): string {
  const [first = {}] = contentsOf(said);
  const text = (said.shared.title ?? first.title ?? first.message ?? otherText(first)).trim();
  const characters = graphemesOf(text);
  return characters.length <= LONGEST ? text : `${characters.slice(0, LONGEST).join('')}…`;
}

function otherText({ template, kakao, html }: Content): string {
  const text = (kakao as { readonly text?: unknown } | undefined)?.text;
  if (typeof text === 'string' && text.trim() !== '') return text;
  if (template) return template.name;
  return html === undefined ? `Kakao ${String(kakao?.['kind'] ?? '')}`.trim() : 'HTML';
}
