/** Checks of a configuration: each answers what is wrong, in words, or nothing. */
export const unless = (holds: boolean, problem: string): string[] => (holds ? [] : [problem]);

export function wholeProblems(name: string, value: number, least: number, most: number): string[] {
  return unless(
    Number.isInteger(value) && value >= least && value <= most,
    `${name} ${value}: expected a whole number from ${least} to ${most}`,
  );
}
