/** Roots of template variables whose next part is the name of a value, and how many parts such a name has. */
const DEEP: ReadonlyMap<string, number> = new Map([
  ['Attributes', 2],
  ['Demographic', 2],
  ['Location', 2],
  ['Metrics', 2],
]);
const FLAT = new Set([
  'Address',
  'ChannelType',
  'CreationDate',
  'EffectiveDate',
  'EndpointStatus',
  'Id',
  'OptOut',
  'RequestId',
]);

/** What the name of a variable may begin with. */
export const ROOTS: readonly string[] = [...FLAT, ...DEEP.keys(), 'User'].sort();

export const USER_ATTRIBUTE = 'User.UserAttributes.';
export const USER_ID = 'User.UserId';

/**
 * The dotted name that a variable's path reads, by Pinpoint's variables (pinpoint.md §2.6): what follows the name (an
 * index into a list) is left out. `undefined` for paths that name no variable (`this`, an item's member);
 * `incomplete` for a path that stops at a map, as `User.UserAttributes`.
 */
export function nameOf(parts: readonly string[]): { name: string } | 'incomplete' | undefined {
  const [root = ''] = parts;
  if (root === 'User') return userName(parts);
  if (FLAT.has(root)) return { name: root };
  const depth = DEEP.get(root);
  if (depth === undefined) return undefined;
  return parts.length < depth ? 'incomplete' : { name: parts.slice(0, depth).join('.') };
}

function userName(parts: readonly string[]): { name: string } | 'incomplete' | undefined {
  if (parts[1] === 'UserId') return { name: USER_ID };
  if (parts.length > 1 && parts[1] !== 'UserAttributes') return undefined;
  return parts.length < 3 ? 'incomplete' : { name: parts.slice(0, 3).join('.') };
}

/** The parts under which a template finds the value of a dotted name; a name's own dots stay in its last part. */
export function partsOfName(name: string): readonly string[] {
  if (name.startsWith(USER_ATTRIBUTE)) return ['User', 'UserAttributes', name.slice(USER_ATTRIBUTE.length)];
  const dot = name.indexOf('.');
  return dot < 0 ? [name] : [name.slice(0, dot), name.slice(dot + 1)];
}

/** Whether the variable is a list in Pinpoint: custom attributes of endpoints and users are. */
export const isList = (name: string): boolean =>
  name.startsWith(USER_ATTRIBUTE) || name.startsWith('Attributes.');
