import {
  findSegment,
  getResolution,
  isExpired,
  lastSizes,
  type ResolutionDeps,
  requestResolution,
} from '../segments/index.ts';
import type { SegmentFinder } from './ports.ts';
import type { SegmentResolver } from './sends/ports.ts';

/** The segments domain as campaigns see it: what is there. */
export const segmentFinder = (deps: Omit<ResolutionDeps, 'queue'>): SegmentFinder => ({
  async find(name) {
    const { segment, lastReady } = await findSegment(deps, name.normalize('NFC'), 'segment');
    return {
      name: segment.name,
      ...(lastReady?.size === undefined
        ? {}
        : { lastSize: { members: lastReady.size, at: lastReady.requestedAt } }),
    };
  },
});

/** The segments domain as campaigns see it: who is in one. */
export const segmentResolver = (deps: ResolutionDeps): SegmentResolver => ({
  resolve: async (ctx, name, askedBy) => (await requestResolution(deps, ctx, name, askedBy)).id,
  async resolution(ctx, name, id) {
    const found = await getResolution(deps, ctx, name, id);
    if (!found) return { state: 'failed', reason: `there is no resolution ${id}` };
    if (found.state === 'failed')
      return {
        state: 'failed',
        reason: found.reason ?? 'no reason was given',
        ...(found.fault === undefined ? {} : { isLasting: true }),
      };
    if (isExpired(found, ctx.now))
      return { state: 'failed', reason: `the list of resolution ${id} has expired` };
    if (found.state !== 'ready') return { state: 'pending' };
    return {
      state: 'ready',
      ...{ url: found.listUrl ?? '', members: found.size ?? 0 },
      ...(found.path === 'members' ? {} : { byAthena: true }),
    };
  },
  sizes: (name, before) => lastSizes(deps, name, before),
});
