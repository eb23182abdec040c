import type { VariantResult } from './results.ts';

/** What became of a send's variants. */
export interface VariantResults {
  /**
   * Each variant of the send, and its holdout, as far as the ledger knows them: after a winner was chosen, of its test
   * alone. A few minutes behind (spec §1: event to Athena). Throws `unavailable` when it cannot be told now.
   */
  of(campaignId: string, sendId: string): Promise<VariantResult[]>;
}
