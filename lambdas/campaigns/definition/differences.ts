import type { Definition } from '../campaign.ts';
import { requestOf } from './request-of.ts';

/** A field that an edit changed, in the words of the API: `variants.1.title`; null where there was or is nothing. */
export interface Difference {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** What is different between two definitions, field by field; pure. */
export function differences(before: Definition, after: Definition): Difference[] {
  const [from, to] = [leaves(spoken(before)), leaves(spoken(after))];
  return [...new Set([...from.keys(), ...to.keys()])]
    .filter((field) => from.get(field) !== to.get(field))
    .map((field) => ({ field, from: from.get(field) ?? null, to: to.get(field) ?? null }));
}

/** With what is frozen into it beside what was asked for. */
const spoken = (definition: Definition) => ({
  ...requestOf(definition),
  label: definition.policy.label,
  optOutText: definition.policy.optOutText,
});

function leaves(value: unknown, at = ''): Map<string, unknown> {
  if (typeof value !== 'object' || value === null) return new Map(value === undefined ? [] : [[at, value]]);
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [...leaves(inner, at === '' ? key : `${at}.${key}`)]),
  );
}
