/**
 * Maps a stream in order with up to `depth` results under way: reads go on while earlier results are worked on, and
 * memory holds no more than `depth` of them.
 */
export async function* mapAhead<In, Out>(
  source: AsyncIterable<In>,
  depth: number,
  map: (value: In) => Promise<Out>,
): AsyncGenerator<Out> {
  const underWay: Promise<Out>[] = [];
  for await (const value of source) {
    const result = map(value);
    // A failure is met in its turn; until then it must not count as unhandled.
    result.catch(() => undefined);
    underWay.push(result);
    if (underWay.length >= depth) yield await (underWay.shift() as Promise<Out>);
  }
  for (const result of underWay) yield await result;
}

/** Regroups chunks into groups of `size`, the last one smaller; skips the first `skip` values. */
export async function* grouped<Value>(
  source: AsyncIterable<readonly Value[]>,
  size: number,
): AsyncGenerator<Value[]> {
  let group: Value[] = [];
  for await (const chunk of source) {
    for (const value of chunk) {
      group.push(value);
      if (group.length < size) continue;
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}

/** Runs tasks with at most `limit` under way; `add` waits for a free place, `settled` for the rest. The first failure throws. */
export class Bounded {
  readonly #limit: number;
  readonly #underWay = new Set<Promise<void>>();
  #failure: { readonly cause: unknown } | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async add(task: () => Promise<void>): Promise<void> {
    while (this.#underWay.size >= this.#limit) await Promise.race(this.#underWay);
    this.#check();
    const promise: Promise<void> = task()
      .catch((cause: unknown) => {
        this.#failure ??= { cause };
      })
      .finally(() => this.#underWay.delete(promise));
    this.#underWay.add(promise);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
    this.#check();
  }

  #check(): void {
    if (this.#failure) throw this.#failure.cause;
  }
}
