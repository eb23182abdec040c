/**
 * Whether objects and arrays are nested in `value` more than `limit` deep. It keeps a list of its own and so answers for
 * any depth, where whoever recurses (JSON.stringify, a template's parser) runs out of stack.
 */
export function deeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  let level: object[] = [value];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limit) return true;
    const next: object[] = [];
    for (const node of level) {
      for (const child of Object.values(node))
        if (typeof child === 'object' && child !== null) next.push(child);
    }
    level = next;
  }
  return false;
}

/** A value in words short enough for a message: text and numbers as they are, anything larger by its kind. */
export function inWords(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return JSON.stringify(value)?.slice(0, 80) ?? 'missing';
}

/** Blocks (`{{#if …}}`) nested in a template more than this are a mistake; the parser would take seconds over thousands. */
export const MAX_BLOCK_DEPTH = 20;

/** Whether the blocks of a Handlebars text are nested deeper than MAX_BLOCK_DEPTH; needs no parser. */
export function blocksTooDeep(text: string): boolean {
  let depth = 0;
  for (const [, sign] of text.matchAll(/\{\{~?([#/])/g)) {
    depth += sign === '#' ? 1 : -1;
    if (depth > MAX_BLOCK_DEPTH) return true;
  }
  return false;
}
