/** Levenshtein distance between two strings, in code points. */
export function editDistance(a: string, b: string): number {
  const from = [...a];
  const to = [...b];
  let previous = to.map((_, j) => j + 1);
  for (const [i, char] of from.entries()) {
    const current: number[] = [];
    for (const [j, other] of to.entries()) {
      const diagonal = j === 0 ? i : (previous[j - 1] ?? 0);
      const left = j === 0 ? i + 1 : (current[j - 1] ?? 0);
      current.push(Math.min(left + 1, (previous[j] ?? 0) + 1, diagonal + (char === other ? 0 : 1)));
    }
    previous = current;
  }
  return previous.at(-1) ?? from.length;
}

/** The names most like `name`, best first: what an error suggests in place of an unknown one. */
export function nearest(name: string, known: Iterable<string>, limit = 3): string[] {
  return [...known]
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(
      ({ candidate, distance }) =>
        distance <= Math.max(2, Math.ceil(Math.max(name.length, candidate.length) / 2)),
    )
    .sort((a, b) => a.distance - b.distance || a.candidate.localeCompare(b.candidate))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}
