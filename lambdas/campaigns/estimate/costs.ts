import type { Costs, Prices } from './cost.ts';
import rates from './exchange-rates.json' with { type: 'json' };
import prices from './prices.json' with { type: 'json' };

/** What an operator decided about costs (lib/config.ts, `costs`), as functions get it: JSON. */
export interface CostsEnv {
  readonly currency: string;
  /** Prices of the operator's own contracts, in place of the list prices. */
  readonly prices?: Prices;
  /** How much of each currency one US dollar is, as of `date`. */
  readonly exchangeRates?: { readonly rates: Readonly<Record<string, number>>; readonly date: string };
}

/** List prices and rates as they were looked up, and what the operator knows better. */
export function costsOf(json: string): Costs {
  const own = JSON.parse(json) as CostsEnv;
  const given = own.exchangeRates && { ...own.exchangeRates, source: 'this deployment’s configuration' };
  return {
    currency: own.currency,
    prices: { ...(prices as Prices), ...own.prices },
    rates: given ? { ...rates, ...given, rates: { ...rates.rates, ...given.rates } } : rates,
  };
}
