import { outline } from '../../schemas/events/plan/generated/outline.js';
import { BUILT_IN, type KnownAttribute } from '../members/index.ts';
import { EVENT_FIELDS } from './rule/event-fields.ts';
import type { KnownProperty } from './rule/known.ts';
import { COMPUTED } from './rule/sentences/words.ts';

/** What rules are made of, as a builder offers it. */
export interface Vocabulary {
  readonly attributes: readonly (KnownAttribute & { readonly source: 'custom' | 'profile' | 'consent' })[];
  /** The tracking plan. */
  readonly events: readonly {
    readonly name: string;
    readonly description: string;
    readonly properties: readonly (KnownProperty & { readonly name: string })[];
  }[];
  /** What every event has beside its own properties. */
  readonly eventFields: readonly string[];
  readonly computed: readonly {
    readonly name: string;
    readonly title: { readonly ko: string; readonly en: string };
  }[];
}

/** Attributes that members have, and the events of the tracking plan with their properties. */
export async function readVocabulary({
  attributes,
}: {
  readonly attributes: { all(): Promise<readonly KnownAttribute[]> };
}): Promise<Vocabulary> {
  const custom = await attributes.all();
  const hidden = new Set(BUILT_IN.map(({ name }) => name));
  return {
    attributes: [
      ...custom
        .filter(({ name }) => !hidden.has(name))
        .map(({ name, types, examples }) => ({ name, source: 'custom' as const, types, examples })),
      ...BUILT_IN,
    ],
    events: Object.entries(outline).map(([name, { description, properties }]) => ({
      name,
      description,
      properties: Object.entries(properties)
        // What is dropped before it is kept can be asked for nothing.
        .filter(([, { personal }]) => personal !== 'drop')
        .map(([property, known]) => ({ name: property, ...known })),
    })),
    eventFields: EVENT_FIELDS,
    computed: Object.entries(COMPUTED).map(([name, { ko, en }]) => ({ name, title: { ko, en } })),
  };
}
