/** A request that may come again. */
export interface KeyedRequest {
  /** Names caller, route and Idempotency-Key. */
  readonly key: string;
  readonly body: string;
  /** When the function's time runs out, in epoch milliseconds: after a crash the key is free again from then on. */
  readonly deadline: number;
}

/** Remembers the first answer to a keyed request. */
export interface Idempotency {
  /**
   * Runs `work` once per key and answers repeats with the first answer. Throws `unprocessable` when the same key
   * comes with another body, `conflict` while the first request still runs. An answer of more than 350,000 bytes is not kept: work
   * that answers so much must bear being done again.
   */
  once<Answer>(request: KeyedRequest, work: () => Promise<Answer>): Promise<Answer>;
}
