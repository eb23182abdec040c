import type { CostsEnv } from '../env.ts';
import type { Costs, Prices } from './cost.ts';
import rates from './exchange-rates.json' with { type: 'json' };
import prices from './prices.json' with { type: 'json' };

/** List prices and rates as they were looked up, and what the operator knows better (COSTS_ENV.costs). */
export function costsOf(json: string): Costs {
  const own = JSON.parse(json) as CostsEnv;
  const given = own.exchangeRates && { ...own.exchangeRates, source: 'this deployment’s configuration' };
  return {
    currency: own.currency,
    prices: { ...(prices as Prices), ...own.prices },
    rates: given ? { ...rates, ...given, rates: { ...rates.rates, ...given.rates } } : rates,
  };
}
