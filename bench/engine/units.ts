/** What AWS bills a request as: its own units, rounded up as its price pages say. */
import type { Attribute, Attributes } from './people.ts';

const KIB = 1024;

const utf8 = (text: string): number => Buffer.byteLength(text);

/** Digits of a number: two a byte, and one byte more. */
const numberBytes = (digits: string): number => Math.ceil(digits.replace(/[-.+eE]/g, '').length / 2) + 1;

function valueBytes(value: Attribute): number {
  if ('S' in value) return utf8(value.S);
  if ('N' in value) return numberBytes(value.N);
  if ('L' in value) return 3 + value.L.reduce((sum, each) => sum + 1 + valueBytes(each), 0);
  if ('M' in value) return 3 + membersBytes(value.M) + Object.keys(value.M).length;
  return 1;
}

const membersBytes = (members: Attributes): number =>
  Object.entries(members).reduce((sum, [name, value]) => sum + utf8(name) + valueBytes(value), 0);

/** Bytes of a DynamoDB item: names and values, a list or map 3 bytes more and 1 for each of its members. */
export const itemBytes = (item: Attributes): number => membersBytes(item);

/** Write request units of an item of so many bytes: one a KiB begun, at least one. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / KIB));

/** Read request units: one for 4 KiB begun, half as much when eventually consistent. A missing item costs as a small one. */
export const readUnits = (bytes: number, consistent: boolean): number =>
  Math.max(1, Math.ceil(bytes / (4 * KIB))) * (consistent ? 1 : 0.5);

/** Requests that SQS bills a call as: one for 64 KiB of payload begun. */
export const queueRequests = (bytes: number): number => Math.max(1, Math.ceil(bytes / (64 * KIB)));

/** Bytes that Kinesis (on demand) bills a record as: whole KiB. */
export const streamBytes = (bytes: number): number => Math.ceil(bytes / KIB) * KIB;

/** Bytes that Firehose bills a record as: 5 KiB at a time. */
export const deliveryBytes = (bytes: number): number => Math.ceil(bytes / (5 * KIB)) * 5 * KIB;
