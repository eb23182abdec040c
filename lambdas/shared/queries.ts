export type QueryState =
  | { readonly state: 'running' }
  | {
      readonly state: 'succeeded' /** What it read, which is what it costs. */;
      readonly scannedBytes?: number;
    }
  | {
      readonly state: 'failed';
      readonly reason: string;
      readonly retryable: boolean;
      /** The statement itself is at fault: the same one will never do. */
      readonly fault?: 'statement';
    };

/** The service would not even begin: the statement is none. */
export class RefusedStatement extends Error {
  override readonly name = 'RefusedStatement';
}

/** Statements over the lake. */
export interface Queries {
  /** Starts a statement and answers its id; the same token never starts a second. Throws `too_many` when the service takes no more queries now, RefusedStatement for what is no statement. */
  start(sql: string, token: string): Promise<string>;
  state(queryId: string): Promise<QueryState>;
}

/** A row of a result: its columns' texts; null is a column without a value. */
export type QueryRow = Readonly<Record<string, string | null>>;

export interface QueryRows {
  /** All rows of a statement that succeeded, held in memory: for results of few rows. */
  rows(queryId: string): Promise<QueryRow[]>;
}
