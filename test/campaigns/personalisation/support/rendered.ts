import type { RenderContext } from '../../../../lambdas/shared/rendering/context.ts';
import type { DottedValues } from '../../../../lambdas/shared/rendering/part.ts';
import { compilePart } from '../../../../lambdas/shared/rendering/render.ts';

export const MOMENT: RenderContext = {
  now: Date.UTC(2026, 10, 22),
  timeZone: 'Asia/Seoul',
  newId: () => '00000000-0000-4000-8000-000000000000',
};

/** A template with values, by the code that sends. */
export const rendered = (text: string, values: DottedValues, html = false): string =>
  compilePart({ templates: { text: { member: 'text', text, html } }, constants: {} }).render(values, MOMENT)[
    'text'
  ] ?? '';
