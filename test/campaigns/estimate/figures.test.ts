import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Price } from '../../../lambdas/campaigns/env.ts';
import { converted, costOf, rounded, tieredCost } from '../../../lambdas/campaigns/estimate/cost.ts';
import { costsOf } from '../../../lambdas/campaigns/estimate/costs.ts';
import { extrapolate, total } from '../../../lambdas/campaigns/estimate/extrapolate.ts';
import { smsParts } from '../../../lambdas/campaigns/estimate/sms-parts.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const values = (figures: Readonly<Record<string, { value: number }>>) =>
  Object.values(figures).map(({ value }) => value);

const judged = fc
  .record({
    counts: fc.dictionary(fc.constantFrom('SEND', 'HOLD', 'NO_ADDRESS', 'NIGHT'), fc.nat({ max: 2000 }), {
      minKeys: 1,
    }),
    more: fc.oneof(fc.constant(0), fc.nat({ max: 10_000_000 })),
    holdout: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9999 })),
  })
  .map(({ counts, more, holdout }) => {
    const size = sum(Object.values(counts));
    return { counts, sample: { size, members: size === 0 ? 0 : size + more, holdout } };
  });

describe('what became of a sample, for all', () => {
  it('adds up to all members, the held out among them', () => {
    fc.assert(
      fc.property(judged, ({ counts, sample }) => {
        const { outcomes, heldOut } = extrapolate(counts, sample);
        expect(sum(values(outcomes)) + heldOut.value).toBe(sample.members);
        for (const { value, margin } of [...Object.values(outcomes), heldOut]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(margin).toBeLessThanOrEqual(sample.members);
        }
      }),
    );
  });

  it('is exact when all were judged and nobody is held out', () => {
    fc.assert(
      fc.property(judged, ({ counts, sample }) => {
        const { outcomes } = extrapolate(counts, { ...sample, members: sample.size, holdout: 0 });
        for (const [name, figure] of Object.entries(outcomes))
          expect(figure).toEqual({ value: counts[name], margin: 0 });
      }),
    );
  });

  it('has the textbook margin: half of 5,000 judged of many is known to 1.4 points', () => {
    const { outcomes } = extrapolate({ SEND: 2500, NIGHT: 2500 }, { size: 5000, members: 1e6, holdout: 0 });
    expect(outcomes['SEND']?.value).toBe(500_000);
    expect(outcomes['SEND']?.margin).toBeGreaterThan(13_700);
    expect(outcomes['SEND']?.margin).toBeLessThan(13_900);
  });

  it('does not tell that there is nobody of whom a sample had none', () => {
    const { outcomes } = extrapolate({ SEND: 5000, NIGHT: 0 }, { size: 5000, members: 1e6, holdout: 0 });
    expect(outcomes['NIGHT']?.value).toBe(0);
    expect(outcomes['NIGHT']?.margin).toBeGreaterThan(0);
  });

  it('holds the truth 95 times of 100', () => {
    // A fixed sequence: the test always draws the same samples.
    let state = 1;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const [members, size, share] = [20_000, 500, 0.03];
    let held = 0;
    const rounds = 1000;
    for (let round = 0; round < rounds; round++) {
      let [left, hits, found] = [members, members * share, 0];
      for (let drawn = 0; drawn < size; drawn++, left--) {
        if (random() * left >= hits) continue;
        hits--;
        found++;
      }
      const figure = extrapolate({ NIGHT: found, SEND: size - found }, { size, members, holdout: 0 })
        .outcomes['NIGHT'];
      if (Math.abs((figure?.value ?? 0) - members * share) <= (figure?.margin ?? 0)) held++;
    }
    expect(held / rounds).toBeGreaterThan(0.93);
    expect(held / rounds).toBeLessThan(0.985);
  });

  it('counts several messages of a member, exactly when all were judged', () => {
    const sums = { n: 3, sum: 6, sumOfSquares: 14 };
    expect(total(sums, { value: 3, margin: 0 })).toEqual({ value: 6, margin: 0 });
    const many = total(sums, { value: 300_000, margin: 3000 });
    expect(many.value).toBe(600_000);
    expect(many.margin).toBeGreaterThan(6000);
  });
});

const tiers: Pick<Price, 'tiers' | 'per'> = {
  per: 1000,
  tiers: [{ upTo: 1000, price: 0 }, { upTo: 5000, price: 2 }, { price: 1 }],
};

describe('a price with tiers', () => {
  it.each([
    [0, 1000, 0],
    [0, 3000, 4],
    [900, 200, 0.2],
    [4000, 3000, 4],
    [9000, 1000, 1],
    [0, 0, 0],
  ])('after %d this month asks for %d more %d', (used, quantity, cost) => {
    expect(tieredCost(tiers, used, quantity)).toBeCloseTo(cost, 12);
  });

  it('costs the same in one send as in several, and never less for more', () => {
    const amount = fc.nat({ max: 10_000 });
    fc.assert(
      fc.property(amount, amount, amount, (used, first, second) => {
        const whole = tieredCost(tiers, used, first + second);
        const parts = tieredCost(tiers, used, first) + tieredCost(tiers, used + first, second);
        expect(whole).toBeCloseTo(parts, 9);
        expect(whole).toBeGreaterThanOrEqual(tieredCost(tiers, used, first) - 1e-12);
      }),
    );
  });

  it('is told in its own currency and in the deployment’s, with the range the number of messages leaves', () => {
    const price: Price = {
      ...tiers,
      name: 'list price',
      currency: 'USD',
      unit: 'message',
      source: 'a price page',
      date: '2026-11-21',
      sure: true,
    };
    const rates = { base: 'USD', rates: { KRW: 1400 }, source: 'a bank', date: '2026-11-20' };
    const cost = costOf(price, { value: 6000, margin: 1000 }, 1, 0, { rates, currency: 'KRW' });
    expect(cost).toMatchObject({ amount: 9, from: 8, to: 10, currency: 'USD', usedThisMonth: 0 });
    expect(cost.local).toEqual({
      amount: 12_600,
      from: 11_200,
      to: 14_000,
      currency: 'KRW',
      rateOf: '2026-11-20',
    });
    const unknown = costOf(price, { value: 6000, margin: 0 }, 1, undefined, { rates, currency: 'EUR' });
    expect(unknown).toMatchObject({ local: null, usedThisMonth: null });
  });
});

describe('amounts', () => {
  it('are rounded to what their currency has: a won has no parts', () => {
    expect(rounded({ amount: 12.345, currency: 'USD' }).amount).toBe(12.35);
    expect(rounded({ amount: 12.345, currency: 'KRW' }).amount).toBe(12);
  });

  it('come back from another currency as they went', () => {
    const rates = { base: 'USD', rates: { KRW: 1439, JPY: 155 }, source: '', date: '' };
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (amount) => {
        const yen = converted({ amount, currency: 'KRW' }, 'JPY', rates);
        expect(yen && converted(yen, 'KRW', rates)?.amount).toBeCloseTo(amount, 3);
      }),
    );
  });
});

describe('the price table', () => {
  it('has tiers that rise and end open, a source and a date for each price, and a rate of its own age', () => {
    const { prices, rates } = costsOf('{"currency":"KRW"}');
    expect(Object.keys(prices).sort()).toEqual(['email', 'kakaoBrand', 'kakaoNotice', 'push', 'sms']);
    for (const price of Object.values(prices)) {
      const ends = price.tiers.map(({ upTo = Number.POSITIVE_INFINITY }) => upTo);
      expect(ends).toEqual([...new Set(ends)].sort((a, b) => a - b));
      expect(ends.at(-1)).toBe(Number.POSITIVE_INFINITY);
      expect(price.source).not.toBe('');
      expect(Number.isNaN(Date.parse(price.date))).toBe(false);
    }
    expect(Number.isNaN(Date.parse(rates.date))).toBe(false);
  });

  it('gives way to what the operator knows better', () => {
    const own = {
      name: 'contract',
      currency: 'KRW',
      unit: 'part',
      per: 1,
      tiers: [{ price: 9 }],
      source: 'contract',
      date: '2026-11-01',
      sure: true,
    };
    const costs = costsOf(
      JSON.stringify({
        currency: 'KRW',
        prices: { sms: own },
        exchangeRates: { rates: { KRW: 1500 }, date: '2026-11-20' },
      }),
    );
    expect(costs.prices.sms).toEqual(own);
    expect(costs.prices.push?.currency).toBe('USD');
    expect(costs.rates).toMatchObject({ base: 'USD', rates: { KRW: 1500 }, date: '2026-11-20' });
  });
});

describe('the parts of an SMS', () => {
  it.each([
    ['160 of the GSM alphabet', 'a'.repeat(160), 1],
    ['161 of it', 'a'.repeat(161), 2],
    ['306 of it', 'a'.repeat(306), 2],
    ['307 of it', 'a'.repeat(307), 3],
    ['80 of its extension, which count twice', '€'.repeat(80), 1],
    ['81 of its extension', '€'.repeat(81), 2],
    ['70 in Korean', '가'.repeat(70), 1],
    ['71 in Korean', '가'.repeat(71), 2],
    ['135 in Korean', '가'.repeat(135), 3],
    ['one Korean letter among many', `${'a'.repeat(70)}가`, 2],
    ['an emoji, which counts twice', `${'가'.repeat(69)}😀`, 2],
    ['a variable, taken to be eight characters', `${'가'.repeat(62)}{{User.UserAttributes.name}}`, 1],
    ['a short form, likewise', `${'가'.repeat(63)}#{회원 이름}`, 2],
    ['nothing', '', 1],
  ])('%s', (_, text, parts) => {
    expect(smsParts(text)).toBe(parts);
  });
});
