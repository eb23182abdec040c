import type { SliceObject, SliceRow } from '../runs/run.ts';
import { letterOf } from './outcomes.ts';
import { Progress, type Written } from './progress.ts';

/** Whether an object is the slice that its row tells of. */
export const isWhole = (
  object: Partial<SliceObject> | undefined,
  { entries }: Pick<SliceRow, 'entries'>,
): boolean =>
  Array.isArray(object?.entries) && object.entries.length === entries && Array.isArray(object.skipped);

/**
 * How a slice ends whose recipients nobody can read any more: who has no final state has failed as SLICE_LOST. Nobody knows
 * who they are, so they are counted and in no ledger.
 */
export function lostSlice({ states, legend }: Pick<SliceRow, 'states' | 'legend'>, now: number): Written {
  const progress = new Progress(states, legend, now);
  progress.set(progress.leftBehind);
  progress.set(progress.open.map((position) => ({ position, letter: letterOf('SLICE_LOST') })));
  return progress.written;
}
