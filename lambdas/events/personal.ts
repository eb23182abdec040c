/** Properties that the plan marks as personal (`x-pii`): they do not reach the stream as they were sent. Pure. */
import type { PersonalProperty } from '../../schemas/events/plan/generated/plan.js';
import type { Pseudonym } from './pseudonym.ts';

type Properties = Record<string, unknown>;
/** What stands in the place of a value; undefined leaves it out. */
type Change = (value: unknown) => unknown;

/** Whether there is something among them that has to be hashed. */
export const hasHashed = (marks: readonly PersonalProperty[], properties: unknown): boolean =>
  marks.some(({ path, as }) => as === 'hash' && isThere(properties, path, 0));

/** The properties as they may be stored: hashed, or left out. */
export const pseudonymous = (
  marks: readonly PersonalProperty[],
  properties: Properties,
  pseudonym: Pseudonym,
): Properties =>
  marks.reduce<Properties>((left, { path, as }) => {
    if (!isThere(left, path, 0)) return left;
    const change: Change = as === 'hash' ? (value) => hashed(value, pseudonym) : leaveOut;
    return changedAt(left, path, 0, change) as Properties;
  }, properties);

/** The properties without any of them: a hash would still tell one person from another. */
export const withoutPersonal = (marks: readonly PersonalProperty[], properties: Properties): Properties =>
  marks.reduce<Properties>((left, { path }) => changedAt(left, path, 0, leaveOut) as Properties, properties);

const leaveOut: Change = () => undefined;

/** The plan takes texts and numbers alone; null stays what it is. */
function hashed(value: unknown, pseudonym: Pseudonym): unknown {
  if (value === null) return null;
  return typeof value === 'string' || typeof value === 'number' ? pseudonym(String(value)) : undefined;
}

const isRecord = (value: unknown): value is Properties => typeof value === 'object' && value !== null;

function isThere(node: unknown, path: readonly string[], at: number): boolean {
  const step = path[at];
  if (step === undefined) return node !== null;
  if (step === '[]') return listOf(node).some((one) => isThere(one, path, at + 1));
  return isRecord(node) && Object.hasOwn(node, step) && isThere(node[step], path, at + 1);
}

/** What stands where a list should is looked at as its only entry: events that are not valid come by here too. */
const listOf = (node: unknown): unknown[] => (Array.isArray(node) ? node : [node]);

function changedAt(node: unknown, path: readonly string[], at: number, change: Change): unknown {
  const step = path[at];
  if (step === undefined) return change(node);
  if (step === '[]') {
    if (!Array.isArray(node)) return changedAt(node, path, at + 1, change);
    return node.map((one) => changedAt(one, path, at + 1, change)).filter((one) => one !== undefined);
  }
  if (!isRecord(node) || !Object.hasOwn(node, step)) return node;
  const { [step]: before, ...others } = node;
  const after = changedAt(before, path, at + 1, change);
  return after === undefined ? others : { ...node, [step]: after };
}
