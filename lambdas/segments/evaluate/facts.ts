import type { Scalar } from '../rule/test.ts';
import type { AttributeValue } from '../rule/value-test.ts';

export type { AttributeValue } from '../rule/value-test.ts';

/** One event of somebody as the view `events` gives it: each once, no robots, anonymous ones given to whom they belong. */
export interface FactEvent {
  readonly eventId: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly properties: Readonly<Record<string, unknown>>;
  /** By the names that rules use: `source`, `device.type`, `page.url`, … */
  readonly envelope: Readonly<Record<string, Scalar | undefined>>;
}

/** All that is known of one member. */
export interface Facts {
  readonly attributes: Readonly<Record<string, AttributeValue | undefined>>;
  /** In any order. */
  readonly events: readonly FactEvent[];
  /** Ids of the lists the member is on. */
  readonly lists: ReadonlySet<string>;
  /** Texts of the analyst queries that name the member. */
  readonly queries: ReadonlySet<string>;
  /** What conditions that compare people need to know of the others. */
  readonly population: Population;
}

/**
 * By `populationKey(condition)`, ascending: of `topPercent` the lowest value that is within; of `recency`, `frequency` and
 * `monetary` the lowest values with the scores 2, 3, 4 and 5. Without an entry nobody is within, and every score is 1.
 */
export type Population = ReadonlyMap<string, readonly number[]>;
