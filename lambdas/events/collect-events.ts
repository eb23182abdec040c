import type { Ctx } from '../shared/context.ts';
import { type ErrorCode, invalid, type Problem, RepointError } from '../shared/errors.ts';
import type { StreamWriter } from '../shared/stream-writer.ts';
import type { Arrival } from './arrival.ts';
import { batchOf } from './batch.ts';
import { judge, needsPseudonym } from './judge.ts';
import { Lanes } from './lanes.ts';
import type { Pseudonyms } from './pseudonym.ts';
import { type BrokenEvent, type KeepDeps, keepBroken } from './quarantine/keep.ts';
import { fewReasons, inRoom, namesOf } from './quarantine/quarantined-event.ts';

export interface CollectDeps extends KeepDeps {
  readonly stream: StreamWriter;
  readonly pseudonyms: Pseudonyms;
}

/** One bad event of a batch: which one, and what is wrong with it: everything, unless that is more than anybody reads. */
export interface BadEvent {
  /** Position in the batch, from 0. */
  readonly index: number;
  readonly event_id: string | null;
  /** Under which it lies in quarantine; null when it could not be kept and has to be sent again. */
  readonly quarantine_id: string | null;
  /** `validation`, or `unavailable` when it could not be kept, or personal properties not be hashed. */
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
 * Takes the events of one body (spec §1): the good ones are in the stream when this resolves, the bad ones are in
 * quarantine and told one by one. A body that is one bad event by itself, or no batch at all, throws a validation
 * error. When the stream does not take them all this throws `unavailable`; sending the same body again is safe, an
 * event_id counts once. The stream comes first, so that a body that has to be sent again is quarantined once. Events with
 * properties that have to be hashed are told `unavailable` while the key for that cannot be read; the others go on.
 */
export async function collectEvents(
  deps: CollectDeps,
  ctx: Ctx,
  input: { readonly body: unknown; readonly arrival: Arrival },
): Promise<Collected> {
  const { events, alone } = batchOf(input.body);
  const lanes = new Lanes();
  const broken: (BrokenEvent & { readonly index: number })[] = [];
  const waiting: BadEvent[] = [];
  const pseudonym = events.some(needsPseudonym) ? await deps.pseudonyms() : undefined;
  for (let index = 0; index < events.length; index++) {
    const { row, problems } = judge(events[index], input.arrival, pseudonym);
    if (row !== undefined) lanes.add(row);
    else if (problems !== undefined)
      // Told in full, one hostile event would make the answer to all others too large to be given, and many would all the same.
      broken.push({ index, candidate: events[index], problems: fewReasons(problems) });
    else waiting.push(lacksKey(index, events[index]));
  }
  const records = lanes.records();
  if (records.length > 0) await deps.stream.write(records);
  const kept = broken.length > 0 ? await keepBroken(deps, ctx, broken, input.arrival) : [];
  const told = inRoom(broken.map(({ problems }) => problems));
  const errors = broken
    .map((one, at) => badEvent({ ...one, problems: told[at] ?? [] }, kept?.[at] ?? null))
    .concat(waiting)
    .sort((a, b) => a.index - b.index);
  const [first] = errors;
  if (alone && first !== undefined) throw refusal(first, broken[0]?.problems ?? []);
  return { accepted: events.length - errors.length, rejected: errors.length, errors };
}

const refusal = ({ code, message }: BadEvent, problems: readonly Problem[]): RepointError =>
  code === 'validation' ? invalid(problems) : new RepointError(code, message);

/** Stored in the clear it would be a breach, kept in quarantine it would be forgotten: whoever sent it still has it. */
const lacksKey = (index: number, candidate: unknown): BadEvent => ({
  index,
  event_id: namesOf(candidate).event_id,
  quarantine_id: null,
  code: 'unavailable',
  message: 'The key that personal properties are hashed with cannot be read; send the event again',
  field: 'properties',
});

function badEvent(
  { index, candidate, problems }: BrokenEvent & { index: number },
  id: string | null,
): BadEvent {
  const { message, field } = invalid(problems);
  return {
    index,
    event_id: namesOf(candidate).event_id,
    quarantine_id: id,
    code: id === null ? 'unavailable' : 'validation',
    message: id === null ? `${message}; it could not be kept, send it again` : message,
    field: field ?? null,
    ...(problems.length > 1 ? { problems } : {}),
  };
}
