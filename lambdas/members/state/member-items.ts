/** The items of a member that messages may name. Pure. */
import { cartLines } from './cart.ts';
import type { MemberState } from './member-state.ts';
import type { ItemDetails, ToldItem } from './told-items.ts';

export interface MemberItem extends ItemDetails {
  readonly itemId: string;
}

/** The latest first. */
export interface MemberItems {
  readonly cart: readonly MemberItem[];
  readonly viewed: readonly MemberItem[];
}

/** Items answered of each list: as many as the longest message shows (spec §6, carousel of six cards). */
export const MOST_ITEMS = 6;

/**
 * What lies in the cart and what was viewed last, with what events told of each: an item that was viewed and put into
 * the cart has the latest word of either, and of what that leaves out the other one's.
 */
export function memberItems(state: MemberState): MemberItems {
  const words = new Map<string, ToldItem[]>();
  for (const told of [...(state.cartTold ?? []), ...(state.viewedTold ?? [])])
    words.set(told.itemId, [...(words.get(told.itemId) ?? []), told]);
  const itemOf = (itemId: string, price?: number): MemberItem => ({
    itemId,
    ...(price === undefined ? {} : { price }),
    ...detailsOf(words.get(itemId) ?? []),
  });
  return {
    cart: cartLines(state.cartChanges)
      .slice(0, MOST_ITEMS)
      .map(({ itemId, price }) => itemOf(itemId, price)),
    viewed: state.recentItems.slice(0, MOST_ITEMS).map(({ itemId }) => itemOf(itemId)),
  };
}

/** A price goes with its own currency: one event's amount is never shown in another's money. */
function detailsOf(words: readonly ToldItem[]): ItemDetails {
  const [latest, earlier] = [...words].sort((a, b) => (a.at < b.at ? 1 : -1));
  if (latest === undefined) return {};
  const { itemId: _, at: _at, ...details } = latest;
  const { itemId: _id, at: _when, price, currency, ...others } = earlier ?? latest;
  const money =
    details.price === undefined && price !== undefined
      ? { price, ...(currency === undefined ? {} : { currency }) }
      : {};
  return { ...others, ...details, ...money };
}
