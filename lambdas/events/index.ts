export type { CompactedTable, TableName } from './compaction/compacted-table.ts';
export { s3Compactions } from './compaction/compaction-store.aws.ts';
export {
  belongingOf,
  type ErasedPerson,
  inStatements,
  isMaskable,
  isTheirs,
  type Turn,
  theirs,
} from './compaction/erased.ts';
export { s3LakeFiles } from './compaction/lake-files.aws.ts';
export { isClosed, lastOf, type Partition, partitionName } from './compaction/partition.ts';
export type { CompactionQueue, CompactionStore, CompactRequest, LakeFiles } from './compaction/ports.ts';
export { TABLES } from './compaction/tables.ts';
export { QUARANTINE_ENV } from './env.ts';
export { keepPoison, type PoisonDeps, type PoisonLine } from './quarantine/poison.ts';
export { s3QuarantineKeeper } from './quarantine/quarantine-keeper.aws.ts';
export { instantOf, isEventRow } from './quarantine/row-line.ts';
export type { EventRow } from './row.ts';
export { parseInstant } from './time.ts';
