/** What other domains may use of segments: finding one, and who is in it. */
export { SEGMENTS_ENV } from './env.ts';
export { type ListFiles, s3ListFiles } from './list-files.aws.ts';
export { forgetListed } from './lists/forget-listed.ts';
export { dynamoLists } from './lists/lists.aws.ts';
export type { ResolutionQueue, ResolutionStore, SegmentStore } from './ports.ts';
export { readList } from './preview/read-list.ts';
export { findSegment, lastSizes } from './read-segments.ts';
export { getResolution, type ResolutionDeps, requestResolution } from './request-resolution.ts';
export { isExpired, type Resolution } from './resolution.ts';
export { dynamoResolutions } from './resolution-store.aws.ts';
export type { Segment } from './segment.ts';
export { dynamoSegments } from './segment-store.aws.ts';
