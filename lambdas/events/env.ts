/** Environment variables of the events domain. */
export const EVENTS_ENV = {
  /** Kinesis stream that takes accepted events. */
  stream: 'EVENTS_STREAM',
} as const;

/** Of functions that judge events. */
export const PII_ENV = {
  /** Secret with the key that personal properties are hashed with. */
  piiKeySecret: 'PII_KEY_SECRET',
} as const;

/** Of functions that put events into quarantine. */
export const QUARANTINE_ENV = {
  /** Bucket of the lake. */
  lakeBucket: 'LAKE_BUCKET',
} as const;

/** Of the function that shows and replays what lies in quarantine. */
export const REPLAY_ENV = {
  /** How long an event stays in quarantine, in days. */
  quarantineDays: 'QUARANTINE_DAYS',
} as const;

/** Of functions that rewrite closed days. */
export const COMPACTION_ENV = {
  /** Bucket of the lake. */
  lakeBucket: 'LAKE_BUCKET',
} as const;

/** Of the function that looks over the lake each night. */
export const NIGHTLY_ENV = {
  compactionsQueueUrl: 'COMPACTIONS_QUEUE_URL',
  /** How long events are kept, in days. */
  eventsDays: 'EVENTS_RETENTION_DAYS',
  /** How long the ledger of messages is kept, in days. */
  ledgerDays: 'LEDGER_RETENTION_DAYS',
} as const;
