import { beforeAll, describe, expect, it } from 'vitest';
import type { CapLimits, CapRun, Caps } from '../../../lambdas/pinpoint/caps/ports.ts';

export const NOW = Date.UTC(2026, 10, 22);
const HOUR = 3_600_000;

/** A run of the application `appId` whose campaign is `<campaign>`. */
export const runOf = (appId: string, campaign: string, run: string, limits: CapLimits): CapRun => ({
  appId,
  campaignKey: `campaign-${campaign}`,
  activityId: `activity-${run}`,
  limits,
});
const idsOf = (count: number): string[] => Array.from({ length: count }, (_, n) => `email:회원/${n}`);

/** What every store of caps must hold to. */
export function capsContract(name: string, start: () => Promise<Caps>): void {
  describe(`${name} counts messages`, () => {
    let caps: Caps;
    beforeAll(async () => {
      caps = await start();
    });
    const ids = idsOf(130);

    it('of more endpoints than a read takes, each by itself', async () => {
      const first = runOf('many', 'a', '1', { daily: 1 });
      expect(await caps.take(first, [...ids.slice(0, 120), ...ids.slice(0, 7)], NOW)).toEqual(new Map());
      const second = await caps.take(runOf('many', 'a', '2', { daily: 1 }), ids, NOW);
      expect(second).toEqual(new Map(ids.slice(0, 120).map((id) => [id, 'DAILY_CAP'])));
    });

    it('never beyond the cap, when takers go side by side', async () => {
      const limits = { daily: 2, total: 3 };
      const few = ids.slice(0, 30);
      const take = (run: string, at: number) => caps.take(runOf('race', 'a', run, limits), few, at);
      const taken = async (runs: string[], at: number) => {
        const refusals = await Promise.all(runs.map((run) => take(run, at)));
        return few.map((id) => refusals.filter((refused) => !refused.has(id)).length);
      };
      expect(await taken(['1', '2', '3', '4'], NOW)).toEqual(few.map(() => 2));
      expect(await taken(['5', '6'], NOW + 24 * HOUR)).toEqual(few.map(() => 1));
      const refused = await take('7', NOW + 100 * HOUR);
      expect(refused).toEqual(new Map(few.map((id) => [id, 'CAMPAIGN_CAP'])));
    });

    it('once for a run that takes again, side by side or after a crash', async () => {
      const again = runOf('again', 'a', '1', { daily: 2, total: 2 });
      const few = ids.slice(0, 10);
      await caps.take(again, few.slice(0, 5), NOW);
      const taken = await Promise.all([1, 2, 3].map((n) => caps.take(again, few, NOW + n)));
      expect(taken).toEqual([new Map(), new Map(), new Map()]);
      expect(await caps.take(again, few, NOW + 30 * HOUR)).toEqual(new Map());
      const other = runOf('again', 'a', '2', { daily: 2, total: 2 });
      expect(await caps.take(other, few, NOW + 30 * HOUR)).toEqual(new Map());
    });

    it('of all campaigns for the application, save for who has a cap of its own', async () => {
      const take = (campaign: string, limits: CapLimits) =>
        caps.take(runOf('app', campaign, campaign, limits), ['e'], NOW);
      expect(await take('a', { appDaily: 2 })).toEqual(new Map());
      expect(await take('b', { daily: 1, appDaily: 2 })).toEqual(new Map());
      expect(await take('c', { appDaily: 2 })).toEqual(new Map([['e', 'DAILY_CAP']]));
      expect(await take('d', { daily: 1, appDaily: 2 })).toEqual(new Map());
    });

    it('of each application by itself', async () => {
      const take = (appId: string) => caps.take(runOf(appId, 'a', appId, { total: 1 }), ['e'], NOW);
      expect(await take('one')).toEqual(new Map());
      expect(await take('two')).toEqual(new Map());
    });

    it('of nobody', async () => {
      expect(await caps.take(runOf('none', 'a', '1', { total: 1 }), [], NOW)).toEqual(new Map());
    });
  });
}
