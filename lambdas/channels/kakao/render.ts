import type { EndpointResponse } from '@aws-sdk/client-pinpoint';
import type { RenderContext } from '../../shared/rendering/context.ts';
import { endpointValues } from '../../shared/rendering/endpoint-values.ts';
import { compilePart } from '../../shared/rendering/render.ts';
import type { KakaoContent } from './content.ts';
import { partsOf, withTexts } from './parts.ts';

export interface CompiledKakao {
  /** Dotted names of the values it reads. */
  readonly variables: readonly string[];
  render(endpoint: EndpointResponse, moment: RenderContext): KakaoContent;
}

/** Compiles every text of a content once. Throws TemplateError for one that cannot be rendered. */
export function compileKakao(
  content: KakaoContent,
  defaults: Readonly<Record<string, string>> = {},
): CompiledKakao {
  const templates = partsOf(content).map(({ field, text }) => [field, { member: field, text }]);
  const part = compilePart({ templates: Object.fromEntries(templates), constants: {} }, defaults);
  return {
    variables: part.variables,
    render(endpoint, moment) {
      const texts = part.render(endpointValues(endpoint, part.variables), moment);
      return withTexts(content, ({ field }) => texts[field] ?? '');
    },
  };
}
