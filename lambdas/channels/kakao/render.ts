import type { EndpointResponse } from '@aws-sdk/client-pinpoint';
import type { RenderContext } from '../../shared/rendering/context.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import { compilePart } from '../../shared/rendering/render.ts';
import { partsOfName } from '../../shared/rendering/variables.ts';
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
  const part = compilePart({ templates: Object.fromEntries(templates), constants: {} });
  return {
    variables: part.variables,
    render(endpoint, moment) {
      const texts = part.render(valuesOf(endpoint, part.variables, defaults), moment);
      return withTexts(content, ({ field }) => texts[field] ?? '');
    },
  };
}

function valuesOf(
  endpoint: EndpointResponse,
  names: readonly string[],
  defaults: Readonly<Record<string, string>>,
): DottedValues {
  const values = names.flatMap((name) => {
    const value = valueAt(endpoint, partsOfName(name)) ?? defaults[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(values);
}

function valueAt(endpoint: EndpointResponse, parts: readonly string[]): DottedValues[string] | undefined {
  const found = parts.reduce<unknown>(
    (node, part) =>
      typeof node === 'object' && node !== null && Object.hasOwn(node, part)
        ? (node as Record<string, unknown>)[part]
        : undefined,
    endpoint,
  );
  if (Array.isArray(found)) return found.length === 0 ? undefined : found.map(String);
  return typeof found === 'string' || typeof found === 'number' ? found : undefined;
}
