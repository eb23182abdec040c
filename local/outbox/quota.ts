/** What the local SES account may send. */
export interface EmailQuota {
  /** Messages a second. */
  readonly maxSendRate: number;
  /** Messages in 24 hours; -1 for any number. */
  readonly max24HourSend: number;
}

/** A quota in the middle of what new production accounts have. */
export const USUAL_QUOTA: EmailQuota = { maxSendRate: 5_000, max24HourSend: 10_000_000 };
