import type { RenderContext } from '../../../../lambdas/shared/rendering/context.ts';
import type { DottedValues } from '../../../../lambdas/shared/rendering/part.ts';
import { compilePart } from '../../../../lambdas/shared/rendering/render.ts';
import type { Substitutions } from '../../../../lambdas/shared/rendering/substitutions.ts';

/** 2020-09-19, a Saturday, 07:05 in Seoul; in Los Angeles it is the afternoon before. */
export const MOMENT: RenderContext = {
  now: Date.parse('2020-09-18T22:05:09.080Z'),
  timeZone: 'Asia/Seoul',
  newId: () => '95f36680-152c-4052-99ec-cc3cdf7ca594',
};

export interface RenderOptions {
  readonly html?: boolean;
  readonly defaults?: Substitutions;
  readonly moment?: RenderContext;
}

/** The text that one recipient gets. */
export function rendered(text: string, values: DottedValues = {}, options: RenderOptions = {}): string {
  const { html = false, defaults, moment = MOMENT } = options;
  const part = { templates: { body: { member: 'Body', text, html } }, constants: {} };
  return compilePart(part, defaults).render(values, moment)['body'] ?? '';
}
