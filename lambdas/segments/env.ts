import { LAKE_ENV } from '../shared/env.ts';

/** Environment variables of the segments domain. */
export const SEGMENTS_ENV = {
  /** Definitions, their versions and resolutions. */
  table: 'SEGMENTS_TABLE',
  /** Queue of resolutions; its consumer's concurrency is capped (Athena refuses beyond its quota). */
  resolutionsQueueUrl: 'RESOLUTIONS_QUEUE_URL',
  /** Bucket of resolved lists (`segments/<name>/<resolution id>/`) and Athena results (`athena/`). */
  bucket: 'SEGMENTS_BUCKET',
  /** Days that resolved lists are kept in it. */
  listDays: 'SEGMENT_LIST_DAYS',
  /** Days that events are kept. */
  eventsDays: 'EVENTS_DAYS',
  athenaWorkgroup: LAKE_ENV.workgroup,
  database: LAKE_ENV.database,
} as const;

/** Of functions that answer what a rule would cost. */
export const SIZES_ENV = {
  /** Bucket of the lake's files. */
  lakeBucket: 'LAKE_BUCKET',
} as const;

/** Of functions that match uploaded lists. */
export const LISTS_ENV = {
  listsQueueUrl: 'LISTS_QUEUE_URL',
} as const;
