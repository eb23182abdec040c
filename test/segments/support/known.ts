import type { KnownDeps } from '../../../lambdas/segments/known-for.ts';
import { outline } from '../../../schemas/events/plan/generated/outline.js';

/** What rules may name where a test says nothing: the tracking plan, any attribute, no list, any SQL. */
export const knownDeps = (): Omit<KnownDeps, 'segments'> => ({
  attributes: { names: async () => undefined },
  lists: { ids: async () => [] },
  events: outline,
  settings: { retentionDays: 730, timeZone: 'Asia/Seoul' },
  checkSql: async () => () => [],
});
