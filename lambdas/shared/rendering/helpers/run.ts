import type { RenderContext } from '../context.ts';
import { RenderingError } from '../errors.ts';
import { boxed, textOf, unboxed, type Value } from '../values.ts';
import type { Condition, ValueHelper } from './helper.ts';
import { type Kind, readAs } from './kinds.ts';

/** What Handlebars calls a helper with, the block's two parts among it when it is one. */
export interface Call {
  readonly params: readonly unknown[];
  readonly named: Readonly<Record<string, unknown>>;
  readonly block?: { readonly chosen: () => string; readonly otherwise: () => string };
}

/** The kind of a helper's parameter by its place. */
export const kindAt = ({ params, endless }: ValueHelper, index: number): Kind | undefined =>
  params[index] ?? (endless ? params.at(-1) : undefined);

/** An empty text is as good as none where something is made of it; further on it may be what the author means. */
const isMissing = (value: Value, kind: Kind, index: number): boolean =>
  value === undefined ||
  (typeof value === 'object' && value.length === 0) ||
  (value === '' && (index === 0 || (kind !== 'text' && kind !== 'word')));

function read(name: string, kind: Kind, value: Value): unknown {
  if (value === undefined) return undefined;
  const found = readAs(kind, value);
  if (typeof found === 'string') throw new RenderingError(`the helper ${name}: ${found}`);
  return found.is;
}

/** What a value helper makes of a call. Throws RenderingError for values it cannot take. */
export function runValue(name: string, helper: ValueHelper, call: Call, context: RenderContext): unknown {
  const values = call.params.map((param, index) => {
    const value = unboxed(param);
    return isMissing(value, kindAt(helper, index) ?? 'any', index) ? undefined : value;
  });
  const lacks = values.slice(0, helper.needs).includes(undefined);
  if (lacks && !helper.takesMissing)
    return helper.otherwise === undefined ? '' : textOf(values[helper.otherwise]);
  const params = values.map((value, index) => read(name, kindAt(helper, index) ?? 'any', value));
  const named = Object.entries(call.named).flatMap(([key, given]) => {
    const value = unboxed(given);
    return value === undefined ? [] : [[key, read(name, helper.named[key] ?? 'any', value)]];
  });
  return boxed(helper.run(params as never, Object.fromEntries(named) as never, context));
}

/** The part of the block, or what `yes=` or `no=` say, that a condition chooses. */
export function runCondition({ decide }: Condition, { params, named, block }: Call): unknown {
  const holds = decide(params.map(unboxed));
  if (block) return holds ? block.chosen() : block.otherwise();
  const said = unboxed(named[holds ? 'yes' : 'no']);
  return boxed(said ?? holds);
}
