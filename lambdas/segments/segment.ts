import { invalid } from '../shared/errors.ts';
import type { Rule } from './rule/rule.ts';

/** A named rule. Every change of rule or description makes the next version; old versions stay readable. */
export interface Segment {
  readonly name: string;
  readonly description?: string;
  readonly rule: Rule;
  /** 1 on creation. */
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

const MAX_NAME = 64;
/** The first character is no dot or dash, so that a name is never a relative path or an option. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*$/u;

/** Paths of their own below /v1/segments: a segment of that name could not be read back. */
const TAKEN: readonly string[] = ['explain', 'lists', 'presets', 'preview'];

/**
 * The name in its composed form: letters typed on a Mac arrive decomposed, and two spellings of one Korean name must
 * not be two segments. Throws a validation error for anything but letters, digits, `-`, `_`, `.`, 1 to 64 of them,
 * and for names that are paths of their own.
 */
export function segmentName(text: string, field = 'name'): string {
  const name = text.normalize('NFC');
  if (TAKEN.includes(name))
    throw invalid([
      { field, message: `${field} is "${name}", which /v1/segments/${name} has taken; choose another` },
    ]);
  if (NAME.test(name) && [...name].length <= MAX_NAME) return name;
  throw invalid([
    {
      field,
      message: `${field} is "${text.slice(0, 80)}"; allowed: 1 to ${MAX_NAME} letters, digits, "-", "_" or ".", beginning with a letter, digit or "_"`,
    },
  ]);
}

/** The segment after a PUT: the same object when nothing changes, else its next version. */
export function changed(
  current: Segment | undefined,
  next: Pick<Segment, 'name' | 'description' | 'rule'>,
  now: string,
): Segment {
  if (current && sameContent(current, next)) return current;
  return {
    ...next,
    version: (current?.version ?? 0) + 1,
    createdAt: current?.createdAt ?? now,
    updatedAt: now,
  };
}

function sameContent(
  a: Pick<Segment, 'description' | 'rule'>,
  b: Pick<Segment, 'description' | 'rule'>,
): boolean {
  return a.description === b.description && canonical(a.rule) === canonical(b.rule);
}

/** The same whatever the order of fields; the order in a list is the author's. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, node: unknown) =>
    typeof node === 'object' && node !== null && !Array.isArray(node)
      ? Object.fromEntries(Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1)))
      : node,
  );
