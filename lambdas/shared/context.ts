/** Of somebody signed in to the console (spec §10). */
export type Role = 'viewer' | 'marketer' | 'analyst' | 'admin';

/** What a verb may know of its caller and its moment. Time and ids are passed in, never taken. */
export interface Ctx {
  /** Who asks: an API key id, `tick`, `queue:<name>`. */
  readonly actor: string;
  /** API keys have none. */
  readonly role?: Role;
  readonly requestId: string;
  /** The moment of the request, in epoch milliseconds. */
  readonly now: number;
  /** When the function's time runs out, in epoch milliseconds. */
  readonly deadline: number;
  readonly idempotencyKey?: string;
}
