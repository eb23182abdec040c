import type { Registry, SegmentRow } from '../ports.ts';
import { findSegment, segmentKey, versionKey } from './segment.ts';

/** A finished list that waits for its version number. */
export type Draft = Omit<SegmentRow, 'version' | 'creationDate' | 'lastModifiedDate' | 'tags'>;

/**
 * Makes the draft the segment's next version, and the current one. A repeat with the same import job finds its version
 * and changes nothing more; of two jobs at once each gets a version of its own.
 */
export async function publishVersion(registry: Registry, draft: Draft, now: number): Promise<SegmentRow> {
  const { applicationId, id } = draft;
  const date = new Date(now).toISOString();
  for (;;) {
    const current = await findSegment(registry, applicationId, id);
    if (current?.row.importJobId === draft.importJobId) return current.row;
    const row: SegmentRow = {
      ...draft,
      version: (current?.row.version ?? 0) + 1,
      tags: current?.row.tags ?? {},
      creationDate: current?.row.creationDate ?? date,
      lastModifiedDate: date,
    };
    const key = versionKey(applicationId, id, row.version);
    const version = (await registry.create(key, row)) ?? (await registry.get<SegmentRow>(key));
    if (!version) continue;
    // A version that another job wrote becomes current before ours gets the next number.
    const published = current
      ? await registry.replace(current, version.row)
      : await registry.create(segmentKey(applicationId, id), version.row);
    if (published && version.row.importJobId === draft.importJobId) return version.row;
  }
}
