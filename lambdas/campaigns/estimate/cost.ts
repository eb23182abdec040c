/** What messages cost. Pure: prices, rates and this month's use come in. */
import type { CostsEnv, Price } from '../env.ts';
import type { Figure } from './extrapolate.ts';

export type Prices = NonNullable<CostsEnv['prices']>;

/** How much of each currency one of `base` is. */
export interface ExchangeRates {
  readonly base: string;
  readonly rates: Readonly<Record<string, number>>;
  readonly source: string;
  readonly date: string;
}

export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** The price of `quantity` more when `used` have been counted this month; in the price's currency, not rounded. */
export function tieredCost(
  { tiers, per }: Pick<Price, 'tiers' | 'per'>,
  used: number,
  quantity: number,
): number {
  let cost = 0;
  let from = 0;
  for (const { upTo = Number.POSITIVE_INFINITY, price } of tiers) {
    const within = Math.min(used + quantity, upTo) - Math.max(used, from);
    if (within > 0) cost += (within * price) / per;
    from = upTo;
  }
  return cost;
}

/** The same amount in another currency; undefined when a rate is not known. */
export function converted(
  { amount, currency }: Money,
  to: string,
  { base, rates }: ExchangeRates,
): Money | undefined {
  const rateOf = (of: string): number | undefined => (of === base ? 1 : rates[of]);
  const [from, into] = currency === to ? [1, 1] : [rateOf(currency), rateOf(to)];
  return from === undefined || into === undefined
    ? undefined
    : { amount: (amount / from) * into, currency: to };
}

/** To the smallest unit of its currency: a won has no parts. */
export function rounded({ amount, currency }: Money): Money {
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return { amount: Math.round(amount * 10 ** digits) / 10 ** digits, currency };
}

export interface Cost extends Money {
  /** The least and the most it may be, as the number of messages may be off. */
  readonly from: number;
  readonly to: number;
  /** In the deployment's currency; null when no rate is known. */
  readonly local: (Money & { readonly from: number; readonly to: number; readonly rateOf: string }) | null;
  readonly price: Pick<Price, 'name' | 'unit' | 'source' | 'date' | 'sure'>;
  /** Of the price's units, counted into the tiers; null when it is not known: then all tiers are still to be used up. */
  readonly usedThisMonth: number | null;
}

export interface Costs {
  readonly prices: Prices;
  readonly rates: ExchangeRates;
  /** The deployment's, ISO 4217. */
  readonly currency: string;
}

/** The cost of messages of `units` each (SMS parts; 1 otherwise). */
export function costOf(
  price: Price,
  messages: Figure,
  units: number,
  used: number | undefined,
  { rates, currency }: Pick<Costs, 'rates' | 'currency'>,
): Cost {
  const of = (count: number): Money => ({
    amount: tieredCost(price, used ?? 0, Math.max(0, count) * units),
    currency: price.currency,
  });
  const amounts = [messages.value, messages.value - messages.margin, messages.value + messages.margin].map(
    of,
  );
  const [own, least, most] = amounts.map(rounded) as [Money, Money, Money];
  const local = amounts.map((amount) => converted(amount, currency, rates));
  const [there, thereLeast, thereMost] = local.map((money) => money && rounded(money));
  const { name, unit, source, date, sure } = price;
  return {
    ...own,
    from: least.amount,
    to: most.amount,
    local:
      there && thereLeast && thereMost
        ? { ...there, from: thereLeast.amount, to: thereMost.amount, rateOf: rates.date }
        : null,
    price: { name, unit, source, date, sure },
    usedThisMonth: used ?? null,
  };
}
