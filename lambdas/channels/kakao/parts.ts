import type { KakaoContent } from './content.ts';
import { LIMITS } from './limits.ts';

/** One text of a content: where it is, what it may hold, and how to put another in its place. */
export interface Part {
  /** JSON path within the content, e.g. `cards.0.buttons.1.link`. */
  readonly field: string;
  readonly text: string;
  readonly role: 'text' | 'link' | 'image';
  /** Grapheme clusters after substitution; undefined where Kakao sets none. */
  readonly longest?: number;
  readonly lineBreaks?: number;
  /** False where the same for everybody is asked (spec §6). */
  readonly variables: boolean;
}

type Button = { readonly label: string; readonly link: string };

const text = (field: string, value: string | undefined, longest: number, lineBreaks?: number): Part[] =>
  value === undefined
    ? []
    : [
        {
          field,
          text: value,
          role: 'text',
          longest,
          variables: true,
          ...(lineBreaks === undefined ? {} : { lineBreaks }),
        },
      ];
const link = (field: string, value: string | undefined, variables = true): Part[] =>
  value === undefined ? [] : [{ field, text: value, role: 'link', variables }];
const image = (field: string, value: string | undefined): Part[] =>
  value === undefined ? [] : [{ field, text: value, role: 'image', variables: true }];

/** Buttons from the second on open the same for everybody when `firstOnly`. */
const buttons = (
  at: string,
  list: readonly Button[] | undefined,
  longest: number,
  firstOnly = false,
): Part[] =>
  (list ?? []).flatMap((button, index) => [
    ...text(`${at}.${index}.label`, button.label, longest),
    ...link(`${at}.${index}.link`, button.link, !firstOnly || index === 0),
  ]);

/** Every text of a content with its limits. */
export function partsOf(content: KakaoContent): readonly Part[] {
  switch (content.kind) {
    case 'alimtalk':
      return [
        ...text('title', content.title, LIMITS.alimtalk.title),
        ...text('text', content.text, LIMITS.alimtalk.text),
        ...buttons('buttons', content.buttons, LIMITS.alimtalk.label),
      ];
    case 'text':
      return [
        ...text('text', content.text, LIMITS.text.text, LIMITS.text.lineBreaks),
        ...image('image', content.image),
        ...link('imageLink', content.imageLink),
        ...buttons('buttons', content.buttons, LIMITS.text.label),
      ];
    case 'carousel':
      return [
        ...content.cards.flatMap((card, index) => [
          ...image(`cards.${index}.image`, card.image),
          ...text(`cards.${index}.title`, card.title, LIMITS.carousel.title),
          ...text(`cards.${index}.text`, card.text, LIMITS.carousel.text),
          ...buttons(`cards.${index}.buttons`, card.buttons, LIMITS.carousel.label, true),
        ]),
        ...link('more', content.more, false),
      ];
    case 'wide_list':
      return [
        ...text('header', content.header, LIMITS.wideList.header),
        ...content.items.flatMap((item, index) => [
          ...image(`items.${index}.image`, item.image),
          ...text(
            `items.${index}.title`,
            item.title,
            index === 0 ? LIMITS.wideList.firstTitle : LIMITS.wideList.title,
          ),
          ...link(`items.${index}.link`, item.link),
        ]),
        ...buttons('buttons', content.buttons, LIMITS.wideList.label),
      ];
  }
}

/** The content with each text replaced by what `replace` makes of it. */
export function withTexts(content: KakaoContent, replace: (part: Part) => string): KakaoContent {
  // Two buttons may be one object: as JSON each is its own.
  const copy = JSON.parse(JSON.stringify(content)) as Record<string, unknown>;
  for (const part of partsOf(content)) put(copy, part.field.split('.'), replace(part));
  return copy as unknown as KakaoContent;
}

function put(node: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) node[name] = value;
  else put(node[name] as Record<string, unknown>, rest, value);
}
