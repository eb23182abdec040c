import { PRICE_KEYS, type Price } from '../../lambdas/campaigns/env.ts';
import type { CostsConfig } from '../config.ts';
import { unless } from '../shared/checks.ts';

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

/** Everything wrong with the prices and rates of a deployment. */
export function costsProblems({ currency, prices = {}, exchangeRates }: CostsConfig): string[] {
  const known: readonly string[] = PRICE_KEYS;
  return [
    ...currencyProblems('costs.currency', currency),
    ...Object.entries(prices).flatMap(([key, price]) => [
      ...unless(known.includes(key), `costs.prices "${key}": known are ${known.join(', ')}`),
      ...priceProblems(`costs.prices.${key}`, price),
    ]),
    ...(exchangeRates === undefined ? [] : dateProblems('costs.exchangeRates.date', exchangeRates.date)),
    ...Object.entries(exchangeRates?.rates ?? {}).flatMap(([of, rate]) => [
      ...currencyProblems('costs.exchangeRates.rates', of),
      ...unless(
        rate > 0,
        `costs.exchangeRates.rates.${of} ${rate}: expected how much of it one US dollar is`,
      ),
    ]),
  ];
}

function priceProblems(name: string, { currency, unit, per, tiers, date }: Price): string[] {
  const ends = tiers.map(({ upTo = Number.POSITIVE_INFINITY }) => upTo);
  const rising = ends.every((end, index) => end > (ends[index - 1] ?? 0));
  return [
    ...currencyProblems(`${name}.currency`, currency),
    ...unless(['message', 'part'].includes(unit), `${name}.unit "${unit}": expected message or part`),
    ...unless(per > 0, `${name}.per ${per}: expected how many units a price is for`),
    ...unless(
      rising && ends.at(-1) === Number.POSITIVE_INFINITY,
      `${name}.tiers: expected rising upTo, and a last tier without one`,
    ),
    ...tiers.flatMap(({ price }) => unless(price >= 0, `${name}.tiers: a price of ${price} is none`)),
    ...dateProblems(`${name}.date`, date),
  ];
}

const currencyProblems = (name: string, currency: string): string[] =>
  unless(CURRENCIES.has(currency), `${name} "${currency}": expected an ISO 4217 currency such as KRW`);

const dateProblems = (name: string, date: string): string[] =>
  unless(
    /^\d{4}-\d\d-\d\d$/.test(date) && !Number.isNaN(Date.parse(date)),
    `${name} "${date}": expected a day such as 2026-11-21`,
  );
