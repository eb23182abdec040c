import type { DottedValues } from '../ports.ts';
import { type Dotted, text } from './dotted.ts';
import type { AddressKey, Change, UserEntry } from './ports.ts';

/** An empty list removes the attribute; any other supplied value replaces the one there. */
export function changeOf(values: Dotted): Change {
  const isEmpty = ([, value]: [string, unknown]) => Array.isArray(value) && value.length === 0;
  const entries = Object.entries(values);
  return {
    set: Object.fromEntries(entries.filter((entry) => !isEmpty(entry))),
    remove: entries.filter(isEmpty).map(([name]) => name),
  };
}

export function applied(before: DottedValues | undefined, { set, remove }: Change): DottedValues {
  const kept = Object.entries(before ?? {}).filter(([name]) => !remove.includes(name));
  return { ...Object.fromEntries(kept), ...set };
}

const same = (a: DottedValues[string] | undefined, b: DottedValues[string]): boolean =>
  Array.isArray(a) && Array.isArray(b)
    ? a.length === b.length && a.every((each, index) => each === b[index])
    : a === b;

/** Whether the change would leave `before` as it is. */
export const isNoChange = (before: DottedValues | undefined, { set, remove }: Change): boolean =>
  Object.entries(set).every(([name, value]) => same(before?.[name], value)) &&
  remove.every((name) => before?.[name] === undefined);

/** The address an endpoint has, on its channel; undefined while one of the two is missing. */
export function addressOf(values: DottedValues | undefined): AddressKey | undefined {
  const [channel, address] = [text(values, 'ChannelType'), text(values, 'Address')];
  return channel && address ? { channel, address } : undefined;
}

export const sameAddress = (a: AddressKey | undefined, b: AddressKey | undefined): boolean =>
  a?.channel === b?.channel && a?.address === b?.address;

/** What the user's row keeps of the endpoint. */
export function entryOf(values: DottedValues): UserEntry {
  const [c, a] = [text(values, 'ChannelType'), text(values, 'Address')];
  return {
    ...(c === undefined ? {} : { c }),
    ...(a === undefined ? {} : { a }),
    s: text(values, 'EndpointStatus') === 'INACTIVE' ? 'INACTIVE' : 'ACTIVE',
    o: text(values, 'OptOut') === 'ALL' ? 'ALL' : 'NONE',
  };
}

export const sameEntry = (a: UserEntry | undefined, b: UserEntry): boolean =>
  a?.c === b.c && a?.a === b.a && a?.s === b.s && a?.o === b.o;
