import { appPartition, requireApp } from '../apps/app.ts';
import { importJobResponse, JOB_PREFIX, type JobRow } from '../jobs/job.ts';
import type { Registry, SegmentRow } from '../ports.ts';
import type { Operation } from '../protocol/operation.ts';
import { pageOf, tokenOf } from '../protocol/paging.ts';
import { requireSegment, SEGMENT_PREFIX, segmentResponse, versionPrefix } from './segment.ts';

export const getSegment =
  (registry: Registry): Operation<'GetSegment'> =>
  async ({ ApplicationId, SegmentId }, ctx) => {
    const { row: app } = await requireApp(registry, ApplicationId);
    return { SegmentResponse: segmentResponse(ctx, await requireSegment(registry, app.id, SegmentId)) };
  };

export const getSegmentVersion =
  (registry: Registry): Operation<'GetSegmentVersion'> =>
  async ({ ApplicationId, SegmentId, Version }, ctx) => {
    const { row: app } = await requireApp(registry, ApplicationId);
    const row = await requireSegment(registry, app.id, SegmentId, Version);
    return { SegmentResponse: segmentResponse(ctx, row) };
  };

export const getSegments =
  (registry: Registry): Operation<'GetSegments'> =>
  async (input, ctx) => {
    const { row: app } = await requireApp(registry, input.ApplicationId);
    const page = pageOf(input, SEGMENT_PREFIX);
    const { rows, after } = await registry.list<SegmentRow>(appPartition(app.id), SEGMENT_PREFIX, page);
    return {
      SegmentsResponse: { Item: rows.map(({ row }) => segmentResponse(ctx, row)), ...tokenOf(after) },
    };
  };

/** Newest version first. */
export const getSegmentVersions =
  (registry: Registry): Operation<'GetSegmentVersions'> =>
  async (input, ctx) => {
    const { row: app } = await requireApp(registry, input.ApplicationId);
    const segment = await requireSegment(registry, app.id, input.SegmentId);
    const prefix = versionPrefix(segment.id);
    const page = { ...pageOf(input, prefix), descending: true };
    const { rows, after } = await registry.list<SegmentRow>(appPartition(app.id), prefix, page);
    return {
      SegmentsResponse: { Item: rows.map(({ row }) => segmentResponse(ctx, row)), ...tokenOf(after) },
    };
  };

/** A page holds the segment's jobs among the jobs that were looked through, so it may be short or empty. */
export const getSegmentImportJobs =
  (registry: Registry): Operation<'GetSegmentImportJobs'> =>
  async (input) => {
    const { row: app } = await requireApp(registry, input.ApplicationId);
    const segment = await requireSegment(registry, app.id, input.SegmentId);
    const page = pageOf(input, JOB_PREFIX);
    const { rows, after } = await registry.list<JobRow>(appPartition(app.id), JOB_PREFIX, page);
    const jobs = rows.map(({ row }) => row).filter(({ segmentId }) => segmentId === segment.id);
    return { ImportJobsResponse: { Item: jobs.map(importJobResponse), ...tokenOf(after) } };
  };
