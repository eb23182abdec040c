/** The cart of a person, from what happened to it. Pure. */
import type { CartChange } from './member-state.ts';

export interface CartLine {
  readonly itemId: string;
  /** Pieces. */
  readonly quantity: number;
  /** Of one piece, as last told. */
  readonly price?: number;
  /** When a piece was last added: ISO 8601, UTC. */
  readonly addedAt: string;
}

/** More changes than this are folded into one per item. */
const MAX_CHANGES = 100;

const inTime = (a: CartChange, b: CartChange): number =>
  a.at === b.at ? compare(a.by, b.by) : compare(a.at, b.at);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The changes that still count, in the order of time: a purchase empties the cart, so what lies before the last one
 * does not. Up to `most`, an even number, the outcome does not depend on the order in which events arrive.
 */
export function cartChanges(
  changes: readonly CartChange[],
  emptiedAt: string | undefined,
  most: number = MAX_CHANGES,
): CartChange[] {
  const counting = changes.filter(({ at }) => emptiedAt === undefined || at > emptiedAt).sort(inTime);
  if (counting.length <= most) return counting;
  const settled = cartLines(counting.slice(0, -most / 2)).slice(0, most / 2);
  const folded = settled.map(({ itemId, quantity, price, addedAt }) => ({
    at: addedAt,
    by: '',
    itemId,
    pieces: quantity,
    ...(price === undefined ? {} : { price }),
  }));
  return [...folded.sort(inTime), ...counting.slice(-most / 2)];
}

/** What lies in the cart, the latest addition first. `changes` are in the order of time. */
export function cartLines(changes: readonly CartChange[]): CartLine[] {
  const lines = new Map<string, CartLine>();
  for (const { itemId, pieces, price, at } of changes) {
    const line = lines.get(itemId);
    const quantity = (line?.quantity ?? 0) + pieces;
    // Taking out more than was seen going in leaves none: the cart is older than what we know.
    if (quantity <= 0) {
      lines.delete(itemId);
      continue;
    }
    const known = price ?? line?.price;
    const addedAt = pieces > 0 ? at : (line?.addedAt ?? at);
    lines.set(itemId, { itemId, quantity, ...(known === undefined ? {} : { price: known }), addedAt });
  }
  return [...lines.values()].sort((a, b) => compare(b.addedAt, a.addedAt) || compare(a.itemId, b.itemId));
}
