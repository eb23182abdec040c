/** When a rule is asked, and of how many days there are events. */
export interface AskedAt {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The deployment's, IANA. */
  readonly timeZone: string;
  /** Days that events are kept. */
  readonly retentionDays: number;
}
