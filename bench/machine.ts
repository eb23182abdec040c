import { availableParallelism, cpus, release, totalmem } from 'node:os';

/** One line that says where a figure was measured. */
export function machine(): string {
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${memoryGib} GiB, Linux ${release()}, Node ${process.version}`;
}

/** Prints a figure beside what is asked of it. */
export function figure(
  name: string,
  value: number,
  unit: string,
  asked: { atLeast?: number; atMost?: number } = {},
): boolean {
  const { atLeast, atMost } = asked;
  const met = (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
  const wanted =
    atLeast === undefined ? (atMost === undefined ? '' : ` (asked: ≤ ${atMost})`) : ` (asked: ≥ ${atLeast})`;
  const shown = value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
  console.log(`${name.padEnd(46)} ${shown.padStart(10)} ${unit}${wanted}${met ? '' : '  NOT MET'}`);
  return met;
}
