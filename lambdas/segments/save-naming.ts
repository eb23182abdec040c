import type { Ctx } from '../shared/context.ts';
import { conflict, invalid } from '../shared/errors.ts';
import type { Naming, Namings, SegmentStore, Time } from './ports.ts';
import type { Segment } from './segment.ts';

export interface SaveNamingDeps {
  readonly segments: SegmentStore;
  readonly namings: Namings;
  readonly time: Time;
}

/** Longer than any request may last. */
const ANNOUNCED_MS = 60_000;
const LOOKS = 10;
const LOOK_EVERY_MS = 100;

/**
 * Saves a segment whose rule names others, so that not even two requests at once close a circle. Each announces on its own row what
 * its segment is about to name, before it walks from segment to segment; so of two, the later one to announce sees the
 * other. Saving needs the announcement to stand. False: somebody else is about to close a circle with this one, and goes first.
 * A validation error names the circle; conflict when the segment was changed meanwhile.
 */
export async function saveNaming(
  deps: SaveNamingDeps,
  ctx: Ctx,
  change: { readonly next: Segment; readonly current: Segment; readonly names: readonly string[] },
): Promise<boolean> {
  const { next, current, names } = change;
  const now = deps.time.now();
  const announced = { names, by: ctx.requestId, until: new Date(now + ANNOUNCED_MS).toISOString() };
  if (!(await deps.namings.announce(current, announced, now)))
    throw conflict(`Segment "${next.name}" was changed by somebody else at the same time; try again`);
  try {
    const isFree = await walked(deps, next.name, names);
    if (isFree) await deps.segments.save(next, current, ctx.requestId);
    return isFree;
  } finally {
    await deps.namings.withdraw(next.name, ctx.requestId);
  }
}

/** Whether nothing leads back to the segment. Waits for whoever is about to make it so, unless that one's name comes first. */
async function walked(deps: SaveNamingDeps, name: string, names: readonly string[]): Promise<boolean> {
  for (let look = 0; look < LOOKS; look++) {
    const graph = await graphFrom(deps, names);
    const certain = circle(graph, name, names, ({ names: named }) => named);
    if (certain) throw circular(certain);
    const possible = circle(graph, name, names, ({ names: named, announced }) => [
      ...named,
      ...(announced?.names ?? []),
    ]);
    if (possible === undefined) return true;
    const first = possible.filter((one) => graph.get(one)?.announced !== undefined).sort()[0] ?? name;
    if (first < name) return false;
    await deps.time.sleep(LOOK_EVERY_MS);
  }
  return false;
}

/** What the named segments name, and those in turn, whatever is announced as well; what a dead request announced is taken back. */
async function graphFrom(
  { namings, time }: SaveNamingDeps,
  names: readonly string[],
): Promise<ReadonlyMap<string, Naming>> {
  const graph = new Map<string, Naming>();
  const open = new Set(names);
  for (const name of open) {
    const found = await namings.of(name);
    if (found === undefined) continue;
    const { announced, ...naming } = found;
    const isDead = announced !== undefined && Date.parse(announced.until) <= time.now();
    if (isDead) await namings.withdraw(name, announced.by);
    graph.set(name, isDead ? naming : found);
    for (const next of [...found.names, ...(announced?.names ?? [])]) open.add(next);
  }
  return graph;
}

/** A way from what the segment names back to it, as the names on it from the segment to itself; the shortest. */
function circle(
  graph: ReadonlyMap<string, Naming>,
  name: string,
  names: readonly string[],
  edges: (naming: Naming) => readonly string[],
): readonly string[] | undefined {
  const ways = names.map((next): readonly string[] => [name, next]);
  const seen = new Set(names);
  for (const way of ways) {
    const last = way.at(-1) ?? '';
    if (last === name) return way;
    const naming = graph.get(last);
    for (const next of naming ? edges(naming) : []) {
      if (seen.has(next) && next !== name) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}

const circular = (way: readonly string[]) =>
  invalid([{ field: 'rule', message: `Segments name each other in a circle: ${way.join(' → ')}` }]);
