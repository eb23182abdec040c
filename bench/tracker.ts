/** npm run bench:tracker: what the browser tracker costs a page: bytes to load, processor time for an event. */
import { buildTracker, MAX_GZIPPED_BYTES } from '../scripts/tracker-build.ts';
import { createDevice } from '../test/web/world.ts';
import { figure, machine } from './machine.ts';

/** A burst as no page has it, while nothing gets through: each event finds a longer queue. */
const EVENTS = 500;
/** A thirtieth of a frame. */
const MAX_MICROSECONDS = 500;
const RUNS = 9;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function timed(run: () => void): number {
  const began = performance.now();
  run();
  return (performance.now() - began) / EVENTS;
}

const item = {
  item_id: 'P-123456',
  item_name: '울 블렌드 코트',
  price: 259_000,
  currency: 'KRW',
  quantity: 1,
};

function tracked(): number {
  const { repoint } = createDevice().open();
  return timed(() => {
    for (let index = 0; index < EVENTS; index++) repoint.track('add_to_cart', item);
  });
}

/** What no tracker can do without: the event as JSON, put into the store. */
function written(): number {
  const { kept } = createDevice();
  return timed(() => {
    for (let index = 0; index < EVENTS; index++)
      kept.set(`${index}`, JSON.stringify({ event_id: `${index}`, name: 'add_to_cart', properties: item }));
  });
}

console.log(machine());
let good = true;
for (const { file, bytes, gzippedBytes } of buildTracker()) {
  figure(`${file}: raw`, bytes, 'bytes');
  good = figure(`${file}: gzipped`, gzippedBytes, 'bytes', { atMost: MAX_GZIPPED_BYTES }) && good;
}
const runs = Array.from({ length: RUNS }, () => ({ tracked: tracked(), written: written() }));
figure(`an event written, no more (median of ${RUNS})`, median(runs.map((one) => one.written)) * 1000, 'µs');
good =
  figure(`an event tracked (median of ${RUNS})`, median(runs.map((one) => one.tracked)) * 1000, 'µs', {
    atMost: MAX_MICROSECONDS,
  }) && good;
process.exitCode = good ? 0 : 1;
