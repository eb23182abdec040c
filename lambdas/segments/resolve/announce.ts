import { took } from '../../shared/telemetry.ts';
import type { Resolution } from '../resolution.ts';

/** A part of a resolution's time, in milliseconds. */
export type ResolutionPart = readonly [
  name: 'ResolutionWaiting' | 'ResolutionScanning' | 'ResolutionQuerying',
  ms: number,
];

/** Traces where the time of a finished resolution went (docs/segments.md, "From request to first message"). */
export function announceResolved(resolution: Resolution): void {
  for (const [name, ms] of partsOf(resolution)) took(name, ms);
}

/** The parts follow each other without a gap: together they are all of the time since it was asked for. */
export function partsOf({
  requestedAt,
  startedAt,
  scannedAt,
  finishedAt,
  path,
}: Resolution): readonly ResolutionPart[] {
  if (startedAt === undefined || finishedAt === undefined) return [];
  const between = (from: string, to: string) => Date.parse(to) - Date.parse(from);
  const waited: ResolutionPart = ['ResolutionWaiting', between(requestedAt, startedAt)];
  const scanned = scannedAt ?? startedAt;
  return [
    waited,
    ...(scannedAt === undefined ? [] : [['ResolutionScanning', between(startedAt, scannedAt)] as const]),
    ...(path === 'members' ? [] : [['ResolutionQuerying', between(scanned, finishedAt)] as const]),
  ];
}
