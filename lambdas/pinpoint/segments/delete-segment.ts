import { appPartition, requireApp } from '../apps/app.ts';
import type { EraseDeps } from '../apps/delete-app.ts';
import type { Operation } from '../protocol/operation.ts';
import { requireSegment, segmentKey, segmentResponse, versionPrefix } from './segment.ts';

/** DeleteSegment: its versions, then itself; its lists are erased by a job. */
export const deleteSegment =
  ({ registry, jobs }: EraseDeps): Operation<'DeleteSegment'> =>
  async ({ ApplicationId, SegmentId }, ctx) => {
    const { row: app } = await requireApp(registry, ApplicationId);
    const segment = await requireSegment(registry, app.id, SegmentId);
    const { rows } = await registry.list(appPartition(app.id), versionPrefix(segment.id));
    for (const { key } of rows) await registry.remove(key);
    await jobs.send({ kind: 'erase', appId: app.id, segmentId: segment.id });
    await registry.remove(segmentKey(app.id, segment.id));
    return { SegmentResponse: segmentResponse(ctx, segment) };
  };
