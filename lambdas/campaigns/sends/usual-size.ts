/** When a send is so large that somebody should look first (spec §4 "Safety"). Pure; sizes in members. */

/** Three times the usual is held. */
const TIMES = 3;
/** Sizes that must be known before there is a usual one. */
const FEWEST = 3;
/** What a segment was when somebody looked is no send's size: a small one is looked at while it is being filled. */
const HELD_BY_SEGMENT_FROM = 1000;

/** What a send's size is compared with, and whose sizes that comes from. */
export interface UsualSize {
  readonly members: number;
  readonly of: 'campaign' | 'segment';
}

/**
 * The median of what the campaign's last completed sends went to, when at least three are known; else of what the
 * segment was when it was last resolved, when that is known three times; else undefined: nothing is usual yet.
 */
export function usualSize(
  ofCampaign: readonly number[],
  ofSegment: readonly number[],
): UsualSize | undefined {
  if (ofCampaign.length >= FEWEST) return { members: median(ofCampaign), of: 'campaign' };
  if (ofSegment.length >= FEWEST) return { members: median(ofSegment), of: 'segment' };
  return undefined;
}

/** Whether so many members are to be held. `heldFrom`: fewer never are, where an operator says so. */
export function isUnusual(members: number, usual: UsualSize | undefined, heldFrom = 1): boolean {
  if (usual === undefined || members < TIMES * usual.members) return false;
  return members >= (usual.of === 'campaign' ? heldFrom : Math.max(heldFrom, HELD_BY_SEGMENT_FROM));
}

/** The one in the middle; of two the smaller. */
function median(sizes: readonly number[]): number {
  const sorted = [...sizes].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
