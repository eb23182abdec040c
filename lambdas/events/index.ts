export type { EventRow } from './row.ts';
export { parseInstant } from './time.ts';
