import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../lambdas/campaigns/campaign.ts';
import { getResults } from '../../../lambdas/campaigns/variants/get-results.ts';
import { noResult, type VariantResult } from '../../../lambdas/campaigns/variants/results.ts';
import schema from '../../../schemas/campaigns/campaign-results.response.json' with { type: 'json' };
import { opened } from '../sends/support/steps.ts';
import { world } from '../support/worlds.ts';

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
const isDescribed = ajv.compile(schema);

const variant = (id: string) => ({ id, name: `v${id}`, weight: 3000, content: { title: 't', message: 'm' } });
const THREE: Partial<Campaign> = { variants: ['0', '1', '2'].map(variant), holdout: 1000 };
const did = (variantId: string, counts: Partial<VariantResult>): VariantResult => ({
  ...noResult(variantId),
  members: 1000,
  sent: 1000,
  delivered: 1000,
  ...counts,
});
const RESULTS = [
  did('0', { opened: 100, converted: 20, orders: 20, revenue: 200, revenueSquares: 4000, currency: 'KRW' }),
  did('1', { opened: 150, converted: 40, orders: 40, revenue: 480, revenueSquares: 9000, currency: 'KRW' }),
  did('holdout', { sent: 0, delivered: 0, converted: 10, orders: 10, revenue: 90, revenueSquares: 1000 }),
];

async function results(query = {}, of: VariantResult[] = RESULTS, more = THREE) {
  const w = world({ results: () => of });
  await opened(w, more);
  return getResults(w, 'c1', query);
}

describe('the results of a send', () => {
  it('tell each variant and the holdout, also one that nobody got anything of yet', async () => {
    const found = await results();
    expect(isDescribed(found), ajv.errorsText(isDescribed.errors)).toBe(true);
    expect(found.variants.map(({ name, opened: opens, delivered }) => [name, opens, delivered])).toEqual([
      ['v0', 100, 1000],
      ['v1', 150, 1000],
      ['v2', 0, 0],
    ]);
    expect(found.holdout).toMatchObject({
      variantId: 'holdout',
      members: 1000,
      converted: 10,
      currency: null,
    });
  });

  it('carry significance: against the first by what was delivered, against the holdout by everybody', async () => {
    const { comparisons } = await results();
    const told = (metric: string, against: string, variantId = '1') =>
      comparisons.find(
        (one) => one.metric === metric && one.against === against && one.variantId === variantId,
      );
    expect(told('opens', '0')).toMatchObject({ method: 'two-proportion z, pooled', reliable: true });
    expect(told('opens', '0')?.lift).toBeCloseTo(0.05, 12);
    // (0.15 − 0.10) ÷ √(0.125 × 0.875 × 2 ÷ 1000)
    expect(told('opens', '0')?.statistic).toBeCloseTo(3.3806, 4);
    expect(told('revenue', '0')).toMatchObject({ method: "Welch's t" });
    expect(told('conversions', 'holdout')?.lift).toBeCloseTo(0.03, 12);
    expect(told('conversions', 'holdout', '0')?.lift).toBeCloseTo(0.01, 12);
    expect(told('opens', 'holdout')).toBeUndefined();
    for (const { pValue, adjustedPValue } of comparisons)
      expect(adjustedPValue).toBeGreaterThanOrEqual(pValue);
    expect(told('opens', '0', '2')).toMatchObject({ reliable: false, pValue: 1 });
  });

  it('compare nothing where there is one message for all', async () => {
    expect(await results({}, [did('0', {})], {})).toMatchObject({
      comparisons: [],
      holdout: null,
      winner: null,
    });
  });

  it('are of the send that is asked for', async () => {
    await expect(results({ send: 'c1-20200101T0000' })).rejects.toMatchObject({
      code: 'not_found',
      field: 'send',
    });
    await expect(results({ sent: 'x' })).rejects.toMatchObject({ code: 'validation', field: 'sent' });
    await expect(getResults(world(), 'nope', {})).rejects.toMatchObject({ code: 'not_found', field: 'id' });
  });
});
