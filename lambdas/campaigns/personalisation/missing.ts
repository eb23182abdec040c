/** Members without a value that the texts need (spec §4). Pure. */
import type { DottedValues } from '../../shared/rendering/part.ts';
import type { Defaults } from './defaults.ts';
import type { Needs } from './needs.ts';
import { isOurs } from './values.ts';

/** Why such a member gets nothing: the reason in the ledger. */
export const MISSING_VALUE = 'MISSING_VALUE';

export interface MissingRule {
  readonly missing: 'skip' | 'default';
  /** By dotted name; without one, a member who lacks the value is left out all the same. */
  readonly defaults: Defaults;
}

export interface Missing {
  /** Needed names without a value that nothing stands in for: with any, the member is left out. */
  readonly skipping: readonly string[];
  /** Needed names whose default the member gets. */
  readonly defaulted: readonly string[];
}

/** Whether a text would show anything: of an attribute's list the first value counts. */
export function isPresent(value: DottedValues[string] | undefined): boolean {
  const shown = typeof value === 'object' ? value[0] : value;
  return shown !== undefined && shown !== '';
}

/** What one member lacks of the `needed` names (Needs.required), and what becomes of it. */
export function missingFor(values: DottedValues, needed: readonly string[], rule: MissingRule): Missing {
  const lacking = needed.filter((name) => !isPresent(values[name]));
  const hasDefault = (name: string) => rule.missing === 'default' && rule.defaults.has(name);
  return {
    skipping: lacking.filter((name) => !hasDefault(name)),
    defaulted: lacking.filter(hasDefault),
  };
}

/** Names that every endpoint of a resolved audience has. */
const ALWAYS = new Set([
  'Address',
  'ChannelType',
  'CreationDate',
  'EffectiveDate',
  'EndpointStatus',
  'Id',
  'OptOut',
  'RequestId',
  'User.UserId',
]);

/**
 * Whether the hook must be asked about each member: the texts show values that only we know, or some member may have to
 * be left out for the want of one.
 */
export const asksAtDelivery = ({ names, required }: Needs, rule: MissingRule): boolean =>
  names.some(isOurs) || missingFor({}, required, rule).skipping.some((name) => !ALWAYS.has(name));
