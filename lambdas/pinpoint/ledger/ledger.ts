import { packLines, type StreamWriter } from '../../shared/stream-writer.ts';
import type { LedgerRecord } from './record.ts';

/** Where the engine's records go. It resolves when all are taken. */
export interface Ledger {
  /** `lane` spreads records over the stream's shards; records of one lane keep their order. */
  write(lane: string, records: readonly LedgerRecord[]): Promise<void>;
}

/** The ledger on a stream: many records in one stream record, since each is billed by the kilobyte. */
export const streamLedger = (stream: StreamWriter): Ledger => ({
  async write(lane, records) {
    if (records.length === 0) return;
    await stream.write(
      packLines(
        lane,
        records.map((record) => JSON.stringify(record)),
      ),
    );
  },
});
