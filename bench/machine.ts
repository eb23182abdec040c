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

/** One event of a shop, as text of some 600 bytes. */
const EVENT = JSON.stringify({
  event_id: '6f1b2c1e-3a52-4a53-9d3c-0d1f6f5b7a10',
  name: 'add_to_cart',
  occurred_at: '2026-03-02T10:15:30.123Z',
  user_id: 'member-0123456789',
  device: { type: 'mobile', platform: 'iOS', os: '19.2', app_version: '8.14.0' },
  page: {
    url: 'https://shop.example.com/items/123456?color=blue',
    title: '겨울 코트',
    referrer: 'https://search.example.com/',
  },
  utm: { source: 'newsletter', medium: 'email', campaign: 'winter', term: null, content: 'top' },
  properties: {
    item_id: '123456',
    item_name: '겨울 코트',
    category: 'women/coats',
    price: 189000,
    currency: 'KRW',
    quantity: 1,
  },
});
const ROUNDS = 20_000;

/**
 * CPU microseconds of JSON.parse and JSON.stringify of one event, now. A machine shared with others is at one hour half as fast
 * as at the next: a figure is to be read beside this, in the same run.
 */
export function roundTripUs(): number {
  let best = Number.POSITIVE_INFINITY;
  for (let batch = 0; batch < 5; batch++) {
    const before = process.cpuUsage();
    for (let round = 0; round < ROUNDS; round++) JSON.stringify(JSON.parse(EVENT));
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / ROUNDS);
  }
  return best;
}
