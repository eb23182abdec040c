import { inChunks } from '../../shared/chunks.ts';
import type { Ctx } from '../../shared/context.ts';
import type { Ids } from '../../shared/ids.ts';
import { count, logger } from '../../shared/telemetry.ts';
import { DAY_MS, lakeTimestamp } from '../time.ts';
import { idOf, objectOf } from './place.ts';
import type { QuarantineKeeper } from './ports.ts';
import { type CameBy, fewReasons, namesOf, type QuarantinedEvent } from './quarantined-event.ts';
import { parsed } from './row-line.ts';

export interface PoisonDeps {
  readonly quarantine: QuarantineKeeper;
  readonly ids: Pick<Ids, 'derived'>;
}

/** A line behind the doors that somebody who reads it cannot take, now or ever. */
export interface PoisonLine {
  readonly line: string;
  readonly reason: string;
  /** When it came into the stream, epoch milliseconds. */
  readonly receivedMs: number;
}

/** As many lines as one replay takes. */
const MAX_LINES = 500;

/**
 * Keeps lines of a stream that cannot be worked on, so that they do not go round in circles (spec §1). Objects are
 * named by what is in them: a batch that is delivered again, in whatever order, writes the same ones. Throws when they
 * cannot be kept; the batch then comes again.
 */
export async function keepPoison(
  { quarantine, ids }: PoisonDeps,
  ctx: Ctx,
  poison: readonly PoisonLine[],
  cameBy: CameBy = 'stream',
): Promise<void> {
  if (poison.length === 0) return;
  const lines = [...new Map(poison.map((one) => [one.line, one])).values()].sort((a, b) =>
    a.line < b.line ? -1 : 1,
  );
  for (const part of inChunks(lines, MAX_LINES)) {
    const object = objectOf(cameAt(part, ctx.now), ids.derived(...part.map(({ line }) => line)));
    await quarantine.keep(
      object,
      part.map((one, line) => poisoned(one, idOf({ object, line }), cameBy, ctx)),
    );
  }
  logger.error('lines went to quarantine', {
    requestId: ctx.requestId,
    lines: lines.length,
    reason: lines[0]?.reason,
  });
  count('EventsQuarantined', lines.length);
}

/** Longer than a consumer is behind, unless somebody replays. */
const LONG_AGO_MS = 8 * DAY_MS;

/** When the first of them came; of what was replayed after a long time, now: it would lie where nobody looks any more. */
function cameAt(lines: readonly PoisonLine[], now: number): number {
  const first = Math.min(...lines.map(({ receivedMs }) => receivedMs));
  return first < now - LONG_AGO_MS ? now : first;
}

const poisoned = (
  { line, reason, receivedMs }: PoisonLine,
  quarantine_id: string,
  came_by: CameBy,
  ctx: Ctx,
): QuarantinedEvent => ({
  quarantine_id,
  ...namesOf(parsed(line)),
  received_at: lakeTimestamp(receivedMs),
  came_by,
  sender: null,
  request_id: ctx.requestId,
  country: null,
  bot: false,
  reasons: fewReasons([{ field: '', message: reason }]),
  event: line,
});
