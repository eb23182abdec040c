import type { EndpointResponse } from '@aws-sdk/client-pinpoint';
import type { DottedValues } from '../ports.ts';
import { text, unflatten } from './dotted.ts';

/**
 * An endpoint as hooks and custom deliveries get it (pinpoint.md §3.1, §3.2): without its ids, its cohort among its
 * attributes. `Location`, `Demographic` and `Attributes` are there even when they are empty.
 */
export type EndpointDefinition = Readonly<
  Pick<
    EndpointResponse,
    | 'ChannelType'
    | 'Address'
    | 'EndpointStatus'
    | 'OptOut'
    | 'Location'
    | 'Demographic'
    | 'EffectiveDate'
    | 'CreationDate'
    | 'Attributes'
    | 'Metrics'
    | 'User'
  >
>;

const MEMBERS = [
  'ChannelType',
  'Address',
  'EndpointStatus',
  'OptOut',
  'Location',
  'Demographic',
  'EffectiveDate',
  'CreationDate',
  'Metrics',
  'User',
] as const satisfies readonly (keyof EndpointDefinition)[];

/** Attributes are lists of texts, whatever an import stored. */
const lists = (attributes: Readonly<Record<string, unknown>> | undefined): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(attributes ?? {}).map(([name, values]) => [name, [values].flat().map(String)]),
  );

/** The endpoint's document from its dotted values, its user's attributes included. */
export function definitionOf(values: DottedValues): EndpointDefinition {
  const endpoint: EndpointResponse = unflatten(values);
  const cohort = text(values, 'CohortId');
  const present = MEMBERS.flatMap((name) => (endpoint[name] === undefined ? [] : [[name, endpoint[name]]]));
  const { UserAttributes, ...user } = endpoint.User ?? {};
  return {
    Location: {},
    Demographic: {},
    ...Object.fromEntries(present),
    Attributes: { ...lists(endpoint.Attributes), ...(cohort === undefined ? {} : { CohortId: [cohort] }) },
    ...(UserAttributes ? { User: { ...user, UserAttributes: lists(UserAttributes) } } : {}),
  };
}
