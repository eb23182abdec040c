/** What is known of the attributes that members have, without knowing whose they are. Pure. */
import { dateOf } from '../../shared/iso-date.ts';
import { type AttributeValue, CONSENT_CHANNELS, CONSENT_PURPOSES, TEXT_FIELDS } from '../member.ts';

export type AttributeType = 'text' | 'number' | 'boolean' | 'date' | 'list';

export interface KnownAttribute {
  readonly name: string;
  /** In the order of their names; several where senders disagree. */
  readonly types: readonly AttributeType[];
  /** Values that several members share, of attributes with few; empty of all others. */
  readonly examples: readonly (string | number)[];
}

export function typeOf(value: AttributeValue): AttributeType {
  if (typeof value === 'object') return 'list';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  return dateOf(value) === undefined ? 'text' : 'date';
}

const MAX_EXAMPLE = 30;
/** Numbers of phones, cards, accounts and people. */
const LONG_NUMBER = /\d(?:[\s.-]?\d){6}/;

/** Values of it that may be shown to others as an example. Dates are not: a birthday is somebody's, whoever else has it. */
export function presentable(value: AttributeValue): readonly (string | number)[] {
  if (typeof value === 'boolean' || typeOf(value) === 'date') return [];
  const values: readonly (string | number)[] = typeof value === 'object' ? value : [value];
  return values.filter((one) => {
    const text = String(one);
    return text.length <= MAX_EXAMPLE && text !== '' && !text.includes('@') && !LONG_NUMBER.test(text);
  });
}

/** Attributes that every deployment has: texts of the profile, and consents as truths. */
export const BUILT_IN: readonly (KnownAttribute & { readonly source: 'profile' | 'consent' })[] = [
  ...TEXT_FIELDS.map((name) => ({
    name,
    types: ['text'] as const,
    examples: [],
    source: 'profile' as const,
  })),
  ...CONSENT_CHANNELS.flatMap((channel) =>
    CONSENT_PURPOSES.map((purpose) => ({
      name: `consents.${channel}.${purpose}`,
      types: ['boolean'] as const,
      examples: [],
      source: 'consent' as const,
    })),
  ),
];
