/** The same text for the same value, whatever the order of its fields: a database need not keep it. Pure. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

export const isSame = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);
