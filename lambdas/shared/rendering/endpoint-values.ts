/** An endpoint's values under the names that texts have for them. Pure. */
import type { DottedValues } from './part.ts';
import { partsOfName } from './variables.ts';

/** The values of the given dotted names in an endpoint, as hooks and GetUserEndpoints show it; what it lacks is left out. */
export function endpointValues(endpoint: object, names: readonly string[]): DottedValues {
  const values = names.flatMap((name) => {
    const value = valueAt(endpoint, partsOfName(name));
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(values);
}

/** Only what the endpoint itself holds: a name such as `constructor` finds nothing. */
function valueAt(endpoint: object, parts: readonly string[]): DottedValues[string] | undefined {
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
