import { appPartition } from '../apps/app.ts';
import type { Registry, SegmentRow } from '../ports.ts';
import { findSegment, segmentKey, versionKey, versionPrefix } from './segment.ts';

/** A finished list that waits for its version number. */
export type Draft = Omit<SegmentRow, 'version' | 'creationDate' | 'lastModifiedDate' | 'tags'>;

/**
 * Makes the draft the segment's next version, and the latest version the current one. A repeat with the same import
 * job finds its version and makes no other; of two jobs at once each gets a version of its own.
 */
export async function publishVersion(registry: Registry, draft: Draft, now: number): Promise<SegmentRow> {
  const { applicationId, id } = draft;
  for (;;) {
    const versions = await registry.list<SegmentRow>(appPartition(applicationId), versionPrefix(id));
    const latest = versions.rows.at(-1)?.row;
    const ours = versions.rows.find(({ row }) => row.importJobId === draft.importJobId)?.row;
    if (latest && ours) {
      if (await isCurrent(registry, latest)) return ours;
    } else {
      const row = nextVersion(draft, latest, now);
      await registry.create(versionKey(applicationId, id, row.version), row);
    }
  }
}

function nextVersion(draft: Draft, latest: SegmentRow | undefined, now: number): SegmentRow {
  const date = new Date(now).toISOString();
  return {
    ...draft,
    version: (latest?.version ?? 0) + 1,
    tags: latest?.tags ?? {},
    creationDate: latest?.creationDate ?? date,
    lastModifiedDate: date,
  };
}

/** Makes `latest` the segment's current row, unless it or a later one is; false when another writer came between. */
async function isCurrent(registry: Registry, latest: SegmentRow): Promise<boolean> {
  const { applicationId, id } = latest;
  const current = await findSegment(registry, applicationId, id);
  if (current && current.row.version >= latest.version) return true;
  const written = current
    ? await registry.replace(current, latest)
    : await registry.create(segmentKey(applicationId, id), latest);
  return written !== undefined;
}
