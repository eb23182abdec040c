import type { EndpointRequest, EndpointResponse } from '@aws-sdk/client-pinpoint';
import type { DottedValues } from '../ports.ts';

/**
 * Endpoints are kept flat, one value per dotted Pinpoint name, as CSV headers and template variables spell them:
 * an update merges by setting just the supplied names, delivery reads just the names it needs.
 */
export type Dotted = Record<string, DottedValues[string]>;

/** What follows these is one name, whatever dots it has. */
const OPEN_PREFIXES = ['Attributes.', 'Metrics.', 'User.UserAttributes.'] as const;
export const USER_ATTRIBUTES = 'User.UserAttributes.';

const isLeaf = (value: unknown): value is DottedValues[string] =>
  Array.isArray(value) || (typeof value !== 'object' && value !== undefined && value !== null);

function collect(value: object, prefix: string, into: Dotted): void {
  for (const [name, each] of Object.entries(value)) {
    if (isLeaf(each)) into[prefix + name] = each;
    else if (each) collect(each as object, `${prefix}${name}.`, into);
  }
}

/** `{ Location: { City } , Attributes: { plan: [..] } }` → `{ 'Location.City', 'Attributes.plan' }`. */
export function flatten(endpoint: EndpointRequest): Dotted {
  const result: Dotted = {};
  collect(endpoint, '', result);
  return result;
}

function partsOf(name: string): string[] {
  const open = OPEN_PREFIXES.find((prefix) => name.startsWith(prefix));
  return open ? [...open.slice(0, -1).split('.'), name.slice(open.length)] : name.split('.');
}

/** The inverse of `flatten`. */
export function unflatten(values: DottedValues): EndpointRequest {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const parts = partsOf(name);
    const last = parts.pop() ?? name;
    let node = result;
    for (const part of parts) {
      node[part] ??= {};
      node = node[part] as Record<string, unknown>;
    }
    node[last] = value;
  }
  return result;
}

/** The values of one kind: what is the user's (shared by all its endpoints), or all the rest. */
export function split(values: DottedValues): { own: Dotted; user: Dotted } {
  const entries = Object.entries(values);
  const isUsers = ([name]: [string, unknown]) => name.startsWith(USER_ATTRIBUTES);
  return {
    own: Object.fromEntries(entries.filter((entry) => !isUsers(entry))),
    user: Object.fromEntries(entries.filter(isUsers)),
  };
}

export const text = (values: DottedValues | undefined, name: string): string | undefined => {
  const value = values?.[name];
  return value === undefined || typeof value === 'object' ? undefined : String(value);
};

/** An endpoint as Pinpoint answers it, its user's attributes included. */
export const endpointResponse = (appId: string, id: string, values: DottedValues): EndpointResponse => ({
  ...unflatten(values),
  ApplicationId: appId,
  Id: id,
});
