import { took } from '../../shared/telemetry.ts';
import type { Resolution } from '../resolution.ts';

/** Traces where the time of a finished resolution went (docs/segments.md, "From request to first message"). */
export function announceResolved({ requestedAt, startedAt, scannedAt, finishedAt, path }: Resolution): void {
  if (startedAt === undefined || finishedAt === undefined) return;
  const at = (time: string) => Date.parse(time);
  took('ResolutionWaiting', at(startedAt) - at(requestedAt));
  if (scannedAt !== undefined) took('ResolutionScanning', at(scannedAt) - at(startedAt));
  if (path !== 'members') took('ResolutionQuerying', at(finishedAt) - at(scannedAt ?? startedAt));
}
