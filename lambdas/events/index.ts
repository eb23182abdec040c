export { QUARANTINE_ENV } from './env.ts';
export { keepPoison, type PoisonDeps, type PoisonLine } from './quarantine/poison.ts';
export { s3QuarantineKeeper } from './quarantine/quarantine-keeper.aws.ts';
export { instantOf, isEventRow } from './quarantine/row-line.ts';
export type { EventRow } from './row.ts';
export { parseInstant } from './time.ts';
