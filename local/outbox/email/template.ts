import Handlebars from 'handlebars';

type Render = (values: object) => string;

/** A template without its values cannot become an e-mail: SES reports a rendering failure. */
export class RenderingError extends Error {}

/** The rendering of SES: Handlebars without HTML escaping; an attribute that is missing is an error. */
export function renderer(maxTemplates = 200) {
  const compiled = new Map<string, Render>();
  const compile = (template: string): Render => {
    const known = compiled.get(template);
    if (known) return known;
    if (compiled.size >= maxTemplates) compiled.clear();
    const render = Handlebars.compile(template, { noEscape: true, strict: true });
    compiled.set(template, render);
    return render;
  };
  return (template: string, values: object): string => {
    try {
      return compile(template)(values);
    } catch (error) {
      throw new RenderingError((error as Error).message);
    }
  };
}

export type Renderer = ReturnType<typeof renderer>;
