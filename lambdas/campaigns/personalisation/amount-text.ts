/** Amounts as messages show them. Pure. */

/** The shop's own money, and the locale of members who have none. */
export interface Money {
  /** ISO 4217. */
  readonly currency: string;
  /** BCP 47. */
  readonly locale: string;
}

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
const formats = new Map<string, Intl.NumberFormat>();
/** Locales of members and currencies of items are what others wrote: more than these at once are no shop's. */
const REMEMBERED = 500;

/** Whether amounts in it can be told; an item without one is in the shop's own. */
export const isCurrency = (currency: string | undefined): boolean =>
  currency === undefined || CURRENCIES.has(currency);

/**
 * An amount with the separators of the locale and the decimals of its currency. In the shop's own currency it stands
 * alone, since texts write its unit themselves (`#{가격_최근 본 상품}원`); any other bears its sign, so that it is never
 * read as the shop's own. Without a currency it is the shop's.
 */
export function amountText(
  amount: number,
  currency: string | undefined,
  locale: string | undefined,
  own: Money,
): string {
  const foreign = currency !== undefined && currency !== own.currency;
  const key = JSON.stringify([localeOf(locale) ?? own.locale, currency ?? own.currency, foreign]);
  const format =
    formats.get(key) ?? formatOf(localeOf(locale) ?? own.locale, currency ?? own.currency, foreign);
  if (formats.size >= REMEMBERED) formats.clear();
  formats.set(key, format);
  return format.format(amount);
}

function formatOf(locale: string, currency: string, foreign: boolean): Intl.NumberFormat {
  const { minimumFractionDigits, maximumFractionDigits } = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
  }).resolvedOptions();
  if (foreign) return new Intl.NumberFormat(locale, { style: 'currency', currency });
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: minimumFractionDigits ?? 0,
    maximumFractionDigits: maximumFractionDigits ?? 0,
  });
}

/** Pinpoint writes locales with an underscore; what is no locale counts as none. */
function localeOf(locale: string | undefined): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale?.replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}
