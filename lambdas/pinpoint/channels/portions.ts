/** Cuts a list into portions, in its order, of at most `most` by what its items weigh; an item that weighs more is alone. */
export function portionsOf<Item>(
  items: readonly Item[],
  weightOf: (item: Item) => number,
  most: number,
): Item[][] {
  const portions: Item[][] = [];
  let weight = 0;
  for (const item of items) {
    const own = weightOf(item);
    const last = portions.at(-1);
    if (last && weight + own <= most) {
      last.push(item);
      weight += own;
    } else {
      portions.push([item]);
      weight = own;
    }
  }
  return portions;
}
