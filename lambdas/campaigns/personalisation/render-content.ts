/** A content rendered for one member by the code that sends. Pure. */
import type { RenderContext } from '../../shared/rendering/context.ts';
import { RenderingError } from '../../shared/rendering/errors.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import { compilePart } from '../../shared/rendering/render.ts';
import type { Content } from '../content.ts';
import { mapTexts, textsOf } from './personalise.ts';

/** A content whose texts are compiled, for any number of members. */
export interface CompiledContent {
  /** Throws RenderingError for values that a helper cannot take. */
  render(values: DottedValues, moment: RenderContext): Content;
}

/** Compiles a content in Pinpoint's notation. Throws TemplateError for one that cannot be sent. */
export function compileContent(content: Content): CompiledContent {
  const templates = textsOf(content).map(({ field, text, html }) => [field, { member: field, text, html }]);
  const part = compilePart({ templates: Object.fromEntries(templates), constants: {} });
  return {
    render(values, moment) {
      const texts = part.render(values, moment);
      return mapTexts(content, ({ field }) => texts[field] ?? '');
    },
  };
}

/** The content for these values; undefined where a helper cannot take them: such a message fails at delivery or is nobody's, and tells nothing of lengths. */
export function renderedFor(
  compiled: CompiledContent,
  values: DottedValues,
  moment: RenderContext,
): Content | undefined {
  try {
    return compiled.render(values, moment);
  } catch (cause) {
    if (cause instanceof RenderingError) return undefined;
    throw cause;
  }
}
