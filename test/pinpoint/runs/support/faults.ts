/** The worker is dead: nothing it calls answers any more. */
export class Dead extends Error {}

/**
 * Kills a worker at its nth call to any of its ports: `before` the call takes effect, or `after` it did, when the answer
 * never arrives. From then on every port is silent, as it is for a process that was killed.
 */
export class Fault {
  #calls = 0;
  #dead = false;

  constructor(
    private readonly at: number,
    private readonly moment: 'before' | 'after',
  ) {}

  /** Whether the nth call was reached. */
  get struck(): boolean {
    return this.#dead;
  }

  /** A port whose calls count; `exempt` names functions that are no calls, such as a clock. */
  on<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name, receiver) => {
        const member: unknown = Reflect.get(target, name, receiver);
        return typeof member === 'function'
          ? (...args: unknown[]) => this.#called(() => member.apply(target, args) as unknown)
          : member;
      },
    });
  }

  async #called(call: () => unknown): Promise<unknown> {
    if (this.#dead) throw new Dead();
    this.#calls += 1;
    const strikes = this.#calls === this.at;
    if (strikes) this.#dead = true;
    if (strikes && this.moment === 'before') throw new Dead();
    const answer = await call();
    if (this.#dead) throw new Dead();
    return answer;
  }
}

/** A port of which exactly the nth call fails, while the worker lives on. */
export function failingOnce<Port extends object>(port: Port, shared: { calls: number }, at: number): Port {
  return new Proxy(port, {
    get: (target, name, receiver) => {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        shared.calls += 1;
        if (shared.calls === at) throw new Error(`Call ${at} (${String(name)}) failed`);
        return member.apply(target, args) as unknown;
      };
    },
  });
}
