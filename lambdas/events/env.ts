/** Environment variables of the events domain. */
export const EVENTS_ENV = {
  /** Kinesis stream that takes accepted events. */
  stream: 'EVENTS_STREAM',
} as const;
