/** The ports of a world, as a process sees them that may die before and after each call. */

export class Crash extends Error {
  constructor() {
    super('the process died');
  }
}

/** What becomes of one call: decided before it is made. */
export interface Fate {
  readonly dies?: 'before' | 'after';
  /** The call fails, without or after its effect, and the process lives on. */
  readonly fails?: 'before' | 'after';
  /** Waits so long before the call. */
  readonly lasts?: Promise<void>;
}

export interface Life {
  /** Whether the process is dead: every further call of it throws, so that it can neither write nor send. */
  readonly dead: () => boolean;
  readonly calls: () => number;
}

/**
 * The world with each of its `ports` (objects of async functions) under the fate of one process. A dead process catches
 * nothing: whatever its code does with the error, all its later calls throw too.
 */
export function mortal<World extends object>(
  world: World,
  ports: readonly (keyof World)[],
  fateOf: (call: number, name: string) => Fate,
): { world: World; life: Life } {
  let dead = false;
  let calls = 0;
  const die = (): never => {
    dead = true;
    throw new Crash();
  };
  const live = async (name: string, call: () => unknown): Promise<unknown> => {
    if (dead) throw new Crash();
    calls += 1;
    const { dies, fails, lasts } = fateOf(calls, name);
    await lasts;
    if (dies === 'before') die();
    if (fails === 'before') throw new Error('connection reset');
    const answer = await call();
    if (dies === 'after') die();
    if (fails === 'after') throw new Error('connection reset');
    return answer;
  };
  const port = <Port extends object>(target: Port): Port =>
    new Proxy(target, {
      get(object, name) {
        const method: unknown = Reflect.get(object, name);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => live(String(name), () => method.apply(object, args) as unknown);
      },
    });
  const wrapped = Object.fromEntries(ports.map((name) => [name, port(world[name] as object)]));
  return { world: { ...world, ...wrapped }, life: { dead: () => dead, calls: () => calls } };
}

/** The same for a process that nothing happens to. */
export const immortal = <World extends object>(world: World): { world: World; life: Life } => ({
  world,
  life: { dead: () => false, calls: () => 0 },
});
