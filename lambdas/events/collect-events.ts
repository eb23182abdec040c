import type { Ctx } from '../shared/context.ts';
import { type ErrorCode, invalid, type Problem } from '../shared/errors.ts';
import { packLines, type StreamWriter } from '../shared/stream-writer.ts';
import type { Arrival } from './arrival.ts';
import { batchOf } from './batch.ts';
import { judge } from './judge.ts';
import { laneOf } from './lane.ts';
import { personOf } from './row.ts';

export interface CollectDeps {
  readonly stream: StreamWriter;
}

/** One bad event of a batch: which one, and everything that is wrong with it. */
export interface BadEvent {
  /** Position in the batch, from 0. */
  readonly index: number;
  readonly event_id: string | null;
  readonly code: ErrorCode;
  readonly message: string;
  readonly field: string | null;
  readonly problems?: readonly Problem[];
}

export interface Collected {
  readonly accepted: number;
  readonly rejected: number;
  readonly errors: readonly BadEvent[];
}

/**
 * Takes the events of one body (spec §1): the good ones are in the stream when this resolves, the bad ones are told
 * one by one. A body that is one bad event by itself, or no batch at all, throws a validation error. When the stream
 * does not take them all this throws `unavailable`; sending the same body again is safe, an event_id counts once.
 */
export async function collectEvents(
  deps: CollectDeps,
  _ctx: Ctx,
  input: { readonly body: unknown; readonly arrival: Arrival },
): Promise<Collected> {
  const { events, alone } = batchOf(input.body);
  const lanes = new Map<string, string[]>();
  const errors: BadEvent[] = [];
  for (let index = 0; index < events.length; index++) {
    const { row, problems } = judge(events[index], input.arrival);
    if (row === undefined) {
      if (alone) throw invalid(problems);
      errors.push(badEvent(index, events[index], problems));
      continue;
    }
    const lane = laneOf(personOf(row));
    const lines = lanes.get(lane);
    if (lines === undefined) lanes.set(lane, [JSON.stringify(row)]);
    else lines.push(JSON.stringify(row));
  }
  const records = [...lanes].flatMap(([lane, lines]) => packLines(lane, lines));
  if (records.length > 0) await deps.stream.write(records);
  return { accepted: events.length - errors.length, rejected: errors.length, errors };
}

function badEvent(index: number, candidate: unknown, problems: readonly Problem[]): BadEvent {
  const id = (candidate as { event_id?: unknown } | null | undefined)?.event_id;
  const { code, message, field } = invalid(problems);
  return {
    index,
    event_id: typeof id === 'string' ? id.slice(0, 64) : null,
    code,
    message,
    field: field ?? null,
    ...(problems.length > 1 ? { problems } : {}),
  };
}
