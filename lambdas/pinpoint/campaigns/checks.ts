/** Pinpoint's whole numbers have 32 bits. */
export const MAX_WHOLE = 2_147_483_647;

/** Wrong when given and no whole number from `min` to `max`. `why` is told of a 0. */
export function wholeProblems(
  member: string,
  value: number | undefined,
  [min, max]: readonly [number, number],
  why = '',
): string[] {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return [];
  const reason = value === 0 ? why : '';
  return [`${member} is ${value}${reason}; allowed: a whole number from ${min} to ${max}`];
}

/** Shares come in 0.01 % steps (spec §4). */
const isPercent = (value: number): boolean =>
  value >= 0 && value <= 100 && Math.round(value * 100) / 100 === value;

const STEPS = 'with at most two decimals';

/** Wrong when given and no percent from 0 to 100 in steps of 0.01. */
export const percentProblems = (member: string, value: number | undefined): string[] =>
  value === undefined || isPercent(value) ? [] : [`${member} is ${value}; allowed: 0 to 100, ${STEPS}`];

/** The same for a share that somebody must get: above 0, and never left out. */
export const shareProblems = (member: string, value: number | undefined): string[] =>
  value !== undefined && value !== 0 && isPercent(value)
    ? []
    : [`${member} is ${value ?? 'missing'}; allowed: more than 0, up to 100, ${STEPS}`];

export const tooLong = (member: string, text: string | undefined, max: number): string[] =>
  text !== undefined && text.length > max
    ? [`${member} has ${text.length} characters; at most ${max} are allowed`]
    : [];

/** What a valid request may hold but nothing here does yet: refused, never ignored. */
export const notYet = (member: string, more = ''): string => `${member} is not there yet${more}`;

/** `notYet` for each of the members that is given. */
export const notYetIn = <Holder extends object>(
  at: string,
  holder: Holder,
  members: readonly (keyof Holder & string)[],
): string[] =>
  members.filter((member) => holder[member] !== undefined).map((member) => notYet(`${at}${member}`));
