export { laneOf } from './lane.ts';
export { type EventRow, personOf } from './row.ts';
export { parseInstant } from './time.ts';
