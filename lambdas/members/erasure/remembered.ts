/** Remembers what was read for a while, so that a stream's function asks now and then instead of with each batch. */
export function remembered<Value>(
  read: () => Promise<Value>,
  forMs: number,
): (nowMs: number) => Promise<Value> {
  let last: { readonly atMs: number; readonly value: Promise<Value> } | undefined;
  return (nowMs) => {
    if (last === undefined || nowMs - last.atMs >= forMs || nowMs < last.atMs) {
      const value = read();
      last = { atMs: nowMs, value };
      // A failure is not remembered: the next batch asks again.
      value.catch(() => {
        last = undefined;
      });
    }
    return last.value;
  };
}
