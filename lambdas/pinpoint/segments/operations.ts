import type { EraseDeps } from '../apps/delete-app.ts';
import type { Registry, SegmentLists } from '../ports.ts';
import type { Operations } from '../protocol/operation.ts';
import { deleteSegment } from './delete-segment.ts';
import {
  getSegment,
  getSegmentImportJobs,
  getSegments,
  getSegmentVersion,
  getSegmentVersions,
} from './read-segments.ts';
import { findSegment } from './segment.ts';

/** Segments come into being by import jobs; CreateSegment and UpdateSegment wait for dimensions. */
export const segmentOperations = (deps: EraseDeps) =>
  ({
    GetSegment: getSegment(deps.registry),
    GetSegments: getSegments(deps.registry),
    GetSegmentVersion: getSegmentVersion(deps.registry),
    GetSegmentVersions: getSegmentVersions(deps.registry),
    GetSegmentImportJobs: getSegmentImportJobs(deps.registry),
    DeleteSegment: deleteSegment(deps),
  }) satisfies Operations;

/** Segments without their lists: what creating a campaign needs. */
export const segmentFinder = (registry: Registry): Pick<SegmentLists, 'segment'> => ({
  segment: async (appId, segmentId, version) => (await findSegment(registry, appId, segmentId, version))?.row,
});
