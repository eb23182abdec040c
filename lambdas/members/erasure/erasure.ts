/** An erasure: a person's request to be gone, and how far that is (spec §1, "Privacy"). Pure. */
import type { ErasedPerson, Turn } from '../../events/index.ts';

/** What is done in the tables, in this order. */
export const STEPS = ['member', 'endpoints', 'campaigns', 'state'] as const;
export type Step = (typeof STEPS)[number];

/** When each step was done, ISO 8601, UTC. */
export type Done = Readonly<Partial<Record<Step, string>>>;

/** An erasure that is not done: it names the person, for those who have to find them. */
export interface OpenErasure {
  readonly id: string;
  readonly userId: string;
  /** ISO 8601, UTC; of a person who came back and asked again, the last time. */
  readonly requestedAt: string;
  readonly done: Done;
  /** Whose anonymous events are theirs, as far as the lake has told. */
  readonly turns: readonly Turn[];
  /** Ids of the endpoints that were theirs, as far as the engine and the ledger have told. */
  readonly endpoints: readonly string[];
  /** Random: with it the names are made by which their rows of the ledger are called. Undefined before the first look. */
  readonly key?: string;
  /** When the lake was looked over last, and in how many partitions it had something of them. */
  readonly lookedAt?: string;
  readonly left?: number;
}

/** One that is done: it names nobody. */
export interface ClosedErasure {
  readonly id: string;
  readonly requestedAt: string;
  readonly done: Done;
  readonly doneAt: string;
}

export type Erasure = OpenErasure | ClosedErasure;

export const isClosedErasure = (erasure: Erasure): erasure is ClosedErasure => 'doneAt' in erasure;

export const isGoneFromTables = ({ done }: OpenErasure): boolean =>
  STEPS.every((step) => done[step] !== undefined);

/** As those who read events know the person. */
export const erasedPerson = ({ requestedAt, id, userId, turns, ...more }: OpenErasure): ErasedPerson => ({
  id,
  userId,
  turns,
  untilMs: Date.parse(requestedAt),
  left: more.left,
  endpoints: more.endpoints,
  key: more.key,
});
