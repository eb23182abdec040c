/** The moment (epoch milliseconds) and the passing of time, for work that lasts or waits. */
export interface Time {
  now(): number;
  sleep(ms: number): Promise<void>;
}
