/** Environment variables of the segments domain. */
export const SEGMENTS_ENV = {
  /** Definitions, their versions and resolutions. */
  table: 'SEGMENTS_TABLE',
  /** Queue of resolutions; its consumer's concurrency is capped (Athena refuses beyond its quota). */
  resolutionsQueueUrl: 'RESOLUTIONS_QUEUE_URL',
  /** Bucket of resolved lists (`segments/<name>/<resolution id>/`) and Athena results (`athena/`). */
  bucket: 'SEGMENTS_BUCKET',
  athenaWorkgroup: 'ATHENA_WORKGROUP',
  /** Glue database of the lake. */
  database: 'GLUE_DATABASE',
} as const;
