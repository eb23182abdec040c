import { LAKE_ENV } from '../shared/env.ts';

/** Environment variables of the segments domain. */
export const SEGMENTS_ENV = {
  /** Definitions, their versions and resolutions. */
  table: 'SEGMENTS_TABLE',
  /** Queue of resolutions; its consumer's concurrency is capped (Athena refuses beyond its quota). */
  resolutionsQueueUrl: 'RESOLUTIONS_QUEUE_URL',
  /** Bucket of resolved lists (`segments/<name>/<resolution id>/`) and Athena results (`athena/`). */
  bucket: 'SEGMENTS_BUCKET',
  athenaWorkgroup: LAKE_ENV.workgroup,
  database: LAKE_ENV.database,
} as const;

/** Of functions that match uploaded lists. */
export const LISTS_ENV = {
  listsQueueUrl: 'LISTS_QUEUE_URL',
} as const;
