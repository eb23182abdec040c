/** The values of a member's items under the names that texts have for them. Pure. */

import type { MemberItem, MemberItems } from '../../members/index.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import { amountText, isCurrency, type Money } from './amount-text.ts';
import type { Product } from './ports.ts';
import { COUPON, type FacetId, type ItemSourceId, itemVariable } from './variables.ts';

/** A source's items of a member, the first rank first. */
const READERS: Readonly<Record<ItemSourceId, (items: MemberItems) => readonly MemberItem[]>> = {
  last_in_cart: ({ cart }) => cart,
  last_viewed: ({ viewed }) => viewed,
};

type Shown = Product & { readonly locale: string | undefined; readonly money: Money };

/** Shops answer both kinds of screen at either address: one that is known serves where the other is not. */
const FACETS: Readonly<Record<FacetId, (item: Shown) => string | undefined>> = {
  name: ({ name }) => name,
  price: ({ price, currency, locale, money }) =>
    price === undefined || !isCurrency(currency) ? undefined : amountText(price, currency, locale, money),
  image_url: ({ imageUrl }) => imageUrl,
  mobile_url: ({ mobileUrl, pcUrl }) => mobileUrl ?? pcUrl,
  pc_url: ({ pcUrl, mobileUrl }) => pcUrl ?? mobileUrl,
};

/** Names that are ours to give a value: the engine and the members domain know nothing of them. */
export const isOurs = (name: string): boolean => name === COUPON || itemVariable(name) !== undefined;

/** The ids of the items that the names show, of one member. */
export const itemIdsOf = (items: MemberItems, names: readonly string[]): readonly string[] =>
  names.flatMap((name) => itemOf(items, name)?.itemId ?? []);

function itemOf(items: MemberItems, name: string): MemberItem | undefined {
  const variable = itemVariable(name);
  return variable && READERS[variable.source](items)[variable.rank - 1];
}

/** The values of the names that show items; what is not known is left out. A product goes before what events told. */
export function itemValues(
  items: MemberItems,
  names: readonly string[],
  products: ReadonlyMap<string, Product>,
  { locale, money }: { readonly locale: string | undefined; readonly money: Money },
): DottedValues {
  const values = names.flatMap((name) => {
    const variable = itemVariable(name);
    const item = itemOf(items, name);
    if (variable === undefined || item === undefined) return [];
    const product = merged(item, products.get(item.itemId));
    const value = FACETS[variable.facet]({ ...product, locale, money });
    return value === undefined ? [] : [[name, [value]] as const];
  });
  return Object.fromEntries(values);
}

/** A price keeps the currency it came with. */
function merged({ itemId: _, ...told }: MemberItem, product: Product | undefined): Product {
  if (product?.price === undefined) return { ...told, ...product };
  const { currency: _told, ...rest } = told;
  return { ...rest, ...product };
}
