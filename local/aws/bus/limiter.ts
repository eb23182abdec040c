/** Runs at most `max` jobs at a time, in the order in which they were asked for. */
export function limiter(max: number): <T>(job: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (job) => {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await job();
    } finally {
      // A waiting job takes over this one's place, so the count stays.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
