import {
  isToTry,
  type Legend,
  type Letter,
  Letters,
  leftBehind,
  meaningOf,
  nextTry,
  PENDING,
  timeOf,
} from './outcomes.ts';

/** A position of a slice and the letter it gets. */
export interface Change {
  readonly position: number;
  readonly letter: Letter;
}

/** As a slice's row holds it. */
export interface Written {
  readonly states: string;
  readonly legend: Legend;
}

/** The states of a slice's positions while a worker has it. */
export class Progress {
  readonly #states: Letter[];
  /** Gives reasons and times their letters. */
  readonly letters: Letters;

  /** Times before `now` (epoch milliseconds), and those that nobody waits for any more, leave room in the legend. */
  constructor(states: string, legend: Legend, now: number) {
    this.letters = new Letters({ reasons: legend.reasons, times: [] });
    this.#states = [...states].map((letter) => {
      const time = timeOf(letter, legend);
      if (time === undefined) return letter;
      return time <= now ? PENDING : this.letters.wait(time);
    });
  }

  get written(): Written {
    return this.with([]);
  }

  /** As it would be written after some changes. */
  with(changes: readonly Change[]): Written {
    const states = [...this.#states];
    for (const { position, letter } of changes) states[position] = letter;
    return { states: states.join(''), legend: this.letters.legend };
  }

  set(changes: readonly Change[]): void {
    for (const { position, letter } of changes) this.#states[position] = letter;
  }

  letter(position: number): Letter {
    return this.#states[position] ?? PENDING;
  }

  /** What a former worker claimed and never told the end of, with the letters it gets. */
  get leftBehind(): Change[] {
    return this.#changes(leftBehind);
  }

  /** Positions without a final state. */
  get open(): number[] {
    const { legend } = this.letters;
    return this.#where((letter) => meaningOf(letter, legend) === undefined);
  }

  /** Positions that were put off, with the letters they are tried with next. */
  get putOff(): Change[] {
    return this.#changes(nextTry);
  }

  /** Positions to try at `now`. */
  toTry(now: number): number[] {
    const { legend } = this.letters;
    return this.#where((letter) => isToTry(letter) || (timeOf(letter, legend) ?? now + 1) <= now);
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

  #changes(change: (before: Letter) => Letter | undefined): Change[] {
    return this.#states.flatMap((before, position) => {
      const letter = change(before);
      return letter === undefined ? [] : [{ position, letter }];
    });
  }

  #where(test: (letter: Letter) => boolean): number[] {
    return this.#states.flatMap((letter, position) => (test(letter) ? [position] : []));
  }
}
