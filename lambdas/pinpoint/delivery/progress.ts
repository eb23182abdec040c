import { IN_FLIGHT, type Letter, PENDING } from './outcomes.ts';

/** The states of a slice's positions while a worker has it. */
export class Progress {
  readonly #letters: Letter[];

  constructor(states: string) {
    this.#letters = [...states];
  }

  /** As it is written to the slice's row. */
  get states(): string {
    return this.#letters.join('');
  }

  /** The states as they would be with some positions at `letter`. */
  with(positions: readonly number[], letter: Letter): string {
    const letters = [...this.#letters];
    for (const position of positions) letters[position] = letter;
    return letters.join('');
  }

  set(position: number, letter: Letter): void {
    this.#letters[position] = letter;
  }

  letter(position: number): Letter {
    return this.#letters[position] ?? PENDING;
  }

  where(test: (letter: Letter) => boolean): number[] {
    return this.#letters.flatMap((letter, position) => (test(letter) ? [position] : []));
  }

  /** Positions never tried. */
  get pending(): number[] {
    return this.where((letter) => letter === PENDING);
  }

  /** What a former worker claimed and never reported: whether the provider was reached, nobody knows. */
  get inFlight(): number[] {
    return this.where((letter) => letter === IN_FLIGHT);
  }
}

/** Cuts positions into calls of at most `size`. */
export function callsOf(positions: readonly number[], size: number): number[][] {
  const calls: number[][] = [];
  for (let from = 0; from < positions.length; from += size) calls.push(positions.slice(from, from + size));
  return calls;
}
