import { type CapRow, judge, NOTHING_COUNTED } from '../../../../lambdas/pinpoint/caps/limits.ts';
import type { CapStatus, Caps } from '../../../../lambdas/pinpoint/caps/ports.ts';

/** Caps in memory: nobody else counts at the same time. */
export function memoryCaps(): Caps {
  const rows = new Map<string, CapRow>();
  return {
    async take({ appId, campaignKey, activityId, limits }, endpointIds, now) {
      const refused = new Map<string, CapStatus>();
      for (const id of endpointIds) {
        const key = JSON.stringify([appId, id]);
        const taking = { campaign: campaignKey, run: activityId, limits };
        const verdict = judge(rows.get(key) ?? NOTHING_COUNTED, taking, now);
        if (verdict.kind === 'refused') refused.set(id, verdict.status);
        if (verdict.kind === 'count') rows.set(key, verdict.next);
      }
      return refused;
    },
  };
}
