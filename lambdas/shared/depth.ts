/**
 * Whether objects and arrays are nested in `value` more than `limit` deep. It keeps a list of its own and so answers for
 * any depth, where whoever recurses (JSON.stringify, a template's parser) runs out of stack.
 */
export function deeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isFlat(value)) return limit < 1;
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

/** Most values asked of are: no list is made of what is in them. */
function isFlat(value: object): boolean {
  if (Array.isArray(value)) return false;
  for (const name in value) {
    const child: unknown = (value as Record<string, unknown>)[name];
    if (typeof child === 'object' && child !== null) return false;
  }
  return true;
}

/** A value in words short enough for a message: text and numbers as they are, anything larger by its kind. */
export function inWords(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return JSON.stringify(value)?.slice(0, 80) ?? 'missing';
}

/** Blocks (`{{#if …}}`) nested in a template more than this are a mistake; the parser would take seconds over thousands. */
export const MAX_BLOCK_DEPTH = 20;
/** The same for a block's `{{else if …}}`, each of which is nested in the one before, and for calls inside calls. */
export const MAX_ELSE_IFS = 100;
export const MAX_CALL_DEPTH = 20;

/** What is nested too deep in a Handlebars text, in words for its author; undefined when nothing is. Needs no parser. */
export function tooDeep(text: string): string | undefined {
  if (blocksTooDeep(text)) return `blocks are nested more than ${MAX_BLOCK_DEPTH} deep`;
  if (callsTooDeep(text)) return `calls are nested more than ${MAX_CALL_DEPTH} deep`;
  return undefined;
}

function blocksTooDeep(text: string): boolean {
  const elseIfs: number[] = [];
  for (const [, sign] of text.matchAll(/\{\{~?(#|\/|else\s+(?=\w))/g)) {
    if (sign === '/') elseIfs.pop();
    else if (sign === '#') elseIfs.push(0);
    else elseIfs.push((elseIfs.pop() ?? 0) + 1);
    if (elseIfs.length > MAX_BLOCK_DEPTH || (elseIfs.at(-1) ?? 0) > MAX_ELSE_IFS) return true;
  }
  return false;
}

function callsTooDeep(text: string): boolean {
  const token = /"[^"]*"|'[^']*'|[()]|\}\}/g;
  for (let at = text.indexOf('{{'); at >= 0; at = text.indexOf('{{', token.lastIndex)) {
    token.lastIndex = at + 2;
    for (let depth = 0; ; ) {
      const [found] = token.exec(text) ?? [];
      if (found === undefined) return false;
      if (found === '}}') break;
      if (found === '(') depth += 1;
      else if (found === ')') depth -= 1;
      if (depth > MAX_CALL_DEPTH) return true;
    }
  }
  return false;
}
