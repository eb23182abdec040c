import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../lambdas/campaigns/campaign.ts';
import type { Variant, WinnerRule } from '../../../lambdas/campaigns/content.ts';
import { replaced } from '../../../lambdas/campaigns/replaced.ts';
import { openDue } from '../../../lambdas/campaigns/sends/open-due.ts';
import { noResult, type VariantResult } from '../../../lambdas/campaigns/variants/results.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import { progressOf } from '../support/memory-engine.ts';
import { ctxAt, type World, world } from '../support/worlds.ts';
import { AT, forSeconds, opened, sendOf, statesOf, until } from './support/steps.ts';

const HOUR_MS = 3_600_000;
const variant = (id: string, weight: number): Variant => ({
  id,
  name: id === '0' ? 'A' : 'B',
  weight,
  content: { title: `제목 ${id}`, message: '신제품' },
});
const TWO = [variant('0', 4750), variant('1', 4750)];
const RULE: WinnerRule = {
  testShare: 2000,
  metric: 'opens',
  minimumSample: 100,
  decideAfterMinutes: 240,
  tie: 'first',
};
const TESTED: Partial<Campaign> = { variants: TWO, holdout: 500, winner: RULE };
const result = (variantId: string, opens: number): VariantResult => ({
  ...noResult(variantId),
  members: 1000,
  sent: 1000,
  delivered: 1000,
  opened: opens,
});
const B_WINS = () => [result('0', 100), result('1', 200)];
const requests = (w: World) => [...w.pinpoint.campaigns.values()].map(({ request }) => request);
const splits = (w: World) => requests(w).map(({ tags }) => tags?.['repoint:split']);

const tested = (results: () => VariantResult[] | Promise<VariantResult[]>) => {
  const w = world({ progress: () => progressOf(100, 0) });
  w.results.of = async () => results();
  return w;
};

describe('a send with variants', () => {
  it('says each to its share, by the campaign as key, so that nobody changes sides from send to send', async () => {
    const w = world();
    await opened(w, { variants: TWO, holdout: 500 });
    await until(w, 'completed');
    expect(splits(w)).toEqual(['0,500,4750,4750']);
    const [request] = requests(w);
    expect(request?.tags?.['repoint:campaign']).toBe('c1');
    expect(request?.MessageConfiguration?.GCMMessage?.Title).toBe('제목 0');
    expect(request?.AdditionalTreatments?.map(({ MessageConfiguration: m }) => m?.GCMMessage?.Title)).toEqual(
      ['제목 1'],
    );
  });
});

describe('a send that chooses a winner', () => {
  it('tests on a part of the audience, and sends the rest what won; counts are of both', async () => {
    const w = tested(B_WINS);
    await opened(w, TESTED);
    const now = await until(w, 'completed');
    expect(splits(w)).toEqual(['0,500,1000,1000', '2500,0,0,7500']);
    const send = await sendOf(w);
    expect(statesOf(send).slice(3)).toEqual(['sending', 'deciding', 'sending', 'completed']);
    expect(send.winner).toMatchObject({ variantId: '1', why: expect.stringContaining('B won on opens') });
    expect(send.counts).toMatchObject({ audience: 200, sent: 200, open: 0 });
    // Beyond doubt at the first look, a quarter of the way.
    expect(now - AT).toBeGreaterThan(HOUR_MS);
    expect(now - AT).toBeLessThan(1.2 * HOUR_MS);
  });

  it('lets the campaign’s later sends go to everybody with it', async () => {
    const w = tested(B_WINS);
    await opened(w, TESTED);
    const now = await until(w, 'completed');
    await forSeconds(w, 60, now);
    const at = new Date(now + 24 * HOUR_MS).toISOString();
    const again = await replaced(w.campaigns, 'c1', (read) => ({
      ...read,
      status: 'scheduled',
      next: { at },
    }));
    if (again) await openDue(w, ctxAt(now + 24 * HOUR_MS), again);
    await until(w, 'completed', now + 24 * HOUR_MS);
    expect(splits(w).at(-1)).toBe('0,500,0,9500');
    expect((await sendOf(w)).winner?.variantId).toBe('1');
  });

  it.each<[string, Partial<Campaign>, string | undefined]>([
    ['chooses for a campaign that has another name and rate by now', { name: 'n2', ratePerMinute: 9 }, '1'],
    ['does not choose for one that says something else', { variants: [variant('1', 9500)] }, undefined],
  ])('%s', async (_, edit, chosen) => {
    const w = tested(B_WINS);
    await opened(w, TESTED);
    const now = await until(w, 'deciding');
    await replaced(w.campaigns, 'c1', async (read) => {
      await w.versions.keep(read);
      return { ...read, version: 2, ...edit };
    });
    await until(w, 'completed', now);
    expect((await w.campaigns.get('c1'))?.chosen?.variantId).toBe(chosen);
    expect(splits(w).at(-1)).toBe('2500,0,0,7500');
  });

  it('that cannot make the run for the rest fails within days, and says what it met', async () => {
    const w = tested(B_WINS);
    await opened(w, TESTED);
    const now = await until(w, 'deciding');
    w.pinpoint.createCampaign = () => Promise.reject(new Error('the engine is gone'));
    const ended = await until(w, 'failed', now);
    expect(ended - now).toBeLessThan(3 * 24 * HOUR_MS);
    expect((await sendOf(w)).history.at(-1)?.why).toMatch(/while deciding.*the engine is gone/);
  });

  it('goes on with what another send of the campaign chose meanwhile', async () => {
    const w = tested(() => []);
    await opened(w, TESTED);
    const now = await until(w, 'deciding');
    const chosen = { variantId: '1', at: new Date(now).toISOString(), why: 'B won' };
    await replaced(w.campaigns, 'c1', (read) => ({ ...read, chosen }));
    await until(w, 'completed', now);
    expect((await sendOf(w)).winner).toEqual(chosen);
  });

  it('asks rarely for the results, and once more when they could not be told', async () => {
    let asked = 0;
    const w = tested(() => {
      asked += 1;
      if (asked === 1) throw new RepointError('unavailable', 'not known yet');
      return [];
    });
    await opened(w, TESTED);
    const now = await until(w, 'completed');
    expect(asked).toBe(5);
    expect(now - AT).toBeGreaterThan(4 * HOUR_MS);
    expect((await sendOf(w)).winner?.variantId).toBe('0');
  });

  it('does not wait for ever for results: two hours after the deadline the tie rule decides', async () => {
    const w = tested(() => Promise.reject(new RepointError('unavailable', 'not known yet')));
    await opened(w, { ...TESTED, winner: { ...RULE, tie: 'first' } });
    const now = await until(w, 'completed');
    expect(now - AT).toBeGreaterThan(6 * HOUR_MS);
    expect(now - AT).toBeLessThan(6.5 * HOUR_MS);
    expect((await sendOf(w)).winner?.why).toMatch(/A was taken as the first variant: .* could not be told/);
  });
});
