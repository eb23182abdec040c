/** Whether a value, present or not, satisfies one matcher of a pattern's list. */
type Matcher = (value: unknown) => boolean;
/** Whether an event, or the part of it a nested pattern is for, matches. */
export type Pattern = (event: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): boolean =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

function textOf(operand: unknown, at: string): string {
  if (typeof operand === 'string') return operand;
  throw new Error(`Event pattern ${at} needs a string, not ${JSON.stringify(operand)}`);
}

function anythingBut(operand: unknown, at: string): Matcher {
  if (isObject(operand)) {
    const inner = matcher(operand, `${at}.anything-but`);
    return (value) => value !== undefined && !inner(value);
  }
  const excluded = Array.isArray(operand) ? operand : [operand];
  if (!excluded.every(isScalar))
    throw new Error(`Event pattern ${at} has an anything-but that is not understood`);
  return (value) => value !== undefined && !excluded.includes(value);
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function numeric(operand: unknown, at: string): Matcher {
  const parts = Array.isArray(operand) ? operand : [];
  const bounds: ((value: number) => boolean)[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const compare = COMPARISONS[String(parts[index])];
    const bound: unknown = parts[index + 1];
    if (!compare || typeof bound !== 'number')
      throw new Error(`Event pattern ${at} has a wrong numeric range`);
    bounds.push((value) => compare(value, bound));
  }
  if (bounds.length === 0) throw new Error(`Event pattern ${at} has a wrong numeric range`);
  return (value) => typeof value === 'number' && bounds.every((bound) => bound(value));
}

const OPERATORS: Readonly<Record<string, (operand: unknown, at: string) => Matcher>> = {
  prefix(operand, at) {
    const prefix = textOf(operand, at);
    return (value) => typeof value === 'string' && value.startsWith(prefix);
  },
  suffix(operand, at) {
    const suffix = textOf(operand, at);
    return (value) => typeof value === 'string' && value.endsWith(suffix);
  },
  'equals-ignore-case'(operand, at) {
    const wanted = textOf(operand, at).toLowerCase();
    return (value) => typeof value === 'string' && value.toLowerCase() === wanted;
  },
  exists(operand, at) {
    if (typeof operand !== 'boolean')
      throw new Error(`Event pattern ${at} has an exists that is not a boolean`);
    return (value) => (value !== undefined) === operand;
  },
  'anything-but': anythingBut,
  numeric,
};

function matcher(wanted: unknown, at: string): Matcher {
  if (isScalar(wanted)) return (value) => value === wanted;
  const entries = isObject(wanted) ? Object.entries(wanted) : [];
  const [name, operand] = entries[0] ?? [];
  const operator = name === undefined ? undefined : OPERATORS[name];
  if (entries.length !== 1 || !operator)
    throw new Error(`Event pattern ${at} has ${JSON.stringify(wanted)}, which the local bus does not know`);
  return operator(operand, at);
}

function field(wanted: unknown, at: string): Pattern {
  if (!Array.isArray(wanted)) return compilePattern(wanted, at);
  if (wanted.length === 0) throw new Error(`Event pattern ${at} is an empty list`);
  const matchers = wanted.map((entry) => matcher(entry, at));
  return (value) => {
    const candidates: readonly unknown[] = Array.isArray(value) && value.length > 0 ? value : [value];
    return candidates.some((candidate) => matchers.some((matches) => matches(candidate)));
  };
}

/**
 * Makes an event pattern of EventBridge a function. Throws, when it is made, on an operator that is not known here:
 * exact values, prefix, suffix, equals-ignore-case, anything-but, exists and numeric are.
 */
export function compilePattern(pattern: unknown, at = ''): Pattern {
  if (!isObject(pattern) || Object.keys(pattern).length === 0)
    throw new Error(
      `Event pattern ${at || JSON.stringify(pattern)} must be an object with at least one field`,
    );
  const fields = Object.entries(pattern).map(([name, wanted]) => {
    const path = at === '' ? name : `${at}.${name}`;
    if (name.startsWith('$')) throw new Error(`Event pattern ${path} is not known to the local bus`);
    return [name, field(wanted, path)] as const;
  });
  return (event) => {
    const found = isObject(event) ? event : {};
    return fields.every(([name, matches]) => matches(found[name]));
  };
}
