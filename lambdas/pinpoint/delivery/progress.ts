import {
  IN_FLIGHT,
  isRetryable,
  type Legend,
  type Letter,
  Letters,
  meaningOf,
  PENDING,
  timeOf,
} from './outcomes.ts';

/** The states of a slice's positions while a worker has it. */
export class Progress {
  readonly #states: Letter[];
  /** Gives reasons and times their letters. */
  readonly letters: Letters;

  constructor(states: string, legend: Legend) {
    this.#states = [...states];
    this.letters = new Letters(legend);
  }

  /** As it is written to the slice's row. */
  get written(): { readonly states: string; readonly legend: Legend } {
    return { states: this.#states.join(''), legend: this.letters.legend };
  }

  /** As it would be written with some positions in flight. */
  withInFlight(positions: readonly number[]): { readonly states: string; readonly legend: Legend } {
    const states = [...this.#states];
    for (const position of positions) states[position] = IN_FLIGHT;
    return { states: states.join(''), legend: this.letters.legend };
  }

  set(position: number, letter: Letter): void {
    this.#states[position] = letter;
  }

  letter(position: number): Letter {
    return this.#states[position] ?? PENDING;
  }

  /** What a former worker claimed and never reported: whether the provider was reached, nobody knows. */
  get inFlight(): number[] {
    return this.#where((letter) => letter === IN_FLIGHT);
  }

  /** Positions without a final state. */
  get open(): number[] {
    const { legend } = this.letters;
    return this.#where((letter) => meaningOf(letter, legend) === undefined);
  }

  get retryable(): number[] {
    return this.#where(isRetryable);
  }

  /** Positions to try at `now`: those never tried, and those whose time has come. */
  toTry(now: number): number[] {
    const { legend } = this.letters;
    return this.#where((letter) => letter === PENDING || (timeOf(letter, legend) ?? now + 1) <= now);
  }

  /** The earliest time that a position waits for. */
  get earliest(): number | undefined {
    const { legend } = this.letters;
    let earliest: number | undefined;
    for (const letter of new Set(this.#states)) {
      const time = timeOf(letter, legend);
      if (time !== undefined) earliest = Math.min(earliest ?? time, time);
    }
    return earliest;
  }

  #where(test: (letter: Letter) => boolean): number[] {
    return this.#states.flatMap((letter, position) => (test(letter) ? [position] : []));
  }
}
