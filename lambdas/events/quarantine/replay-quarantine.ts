import type { Ctx } from '../../shared/context.ts';
import { inParallel } from '../../shared/parallel.ts';
import type { StreamWriter } from '../../shared/stream-writer.ts';
import type { Erasures } from '../compaction/ports.ts';
import { Lanes } from '../lanes.ts';
import type { Pseudonyms } from '../pseudonym.ts';
import { DAY_MS } from '../time.ts';
import { isErased, judgeAgain, needsKey } from './judge-again.ts';
import { type Filter, isMeant, newestFirst } from './newest-first.ts';
import { idOf, LAST_LINE, placeOf, timeOf } from './place.ts';
import type { KeptEvents, QuarantineStore } from './ports.ts';
import { fewReasons, inRoom, type QuarantinedEvent } from './quarantined-event.ts';
import type { Span } from './span.ts';

export interface SpanDeps {
  readonly store: QuarantineStore;
  readonly stream: StreamWriter;
  readonly pseudonyms: Pseudonyms;
  /** Whose events are not brought back. */
  readonly erasures: Erasures;
  readonly quarantineDays: number;
}

export interface Replayed {
  /** Events that are in the stream now. */
  readonly replayed: number;
  /** Those that are still wrong, and why. */
  readonly quarantined: readonly Pick<QuarantinedEvent, 'quarantine_id' | 'event_id' | 'name' | 'reasons'>[];
  /** Ids under which nothing lies (any more). */
  readonly notFound: readonly string[];
  /** Where to go on; undefined at the end. */
  readonly position: string | undefined;
}

/** Of one call: the caller waits for it. */
const MAX_EVENTS = 1000;
const MAX_OBJECTS = 200;
const MAX_LENGTH = 16 * 1024 * 1024;
const AT_ONCE = 8;
const ATTEMPTS = 5;

/** Replays the events of these ids, a few objects at a time: the events beside them come along. */
export async function replayIds(deps: SpanDeps, ctx: Ctx, ids: readonly string[]): Promise<Replayed> {
  const wanted = new Set(ids);
  const objects = [...new Set(ids.flatMap((id) => placeOf(id)?.object ?? []))];
  const found = new Set<string>();
  let replayed = 0;
  const quarantined: Replayed['quarantined'][number][] = [];
  for (let taken: KeptEvents[] = []; objects.length > 0 || taken.length > 0; ) {
    const read = await inParallel(objects.splice(0, AT_ONCE), AT_ONCE, (object) => deps.store.read(object));
    taken.push(...read.flatMap((one) => one ?? []));
    if (objects.length > 0 && taken.reduce((sum, one) => sum + lengthOf(one), 0) <= MAX_LENGTH) continue;
    const round = await judgedAgain(deps, ctx, taken, ({ quarantine_id: id }) => wanted.has(id));
    replayed += round.replayed;
    quarantined.push(...round.quarantined);
    for (const { events } of taken) for (const { quarantine_id: id } of events) found.add(id);
    taken = [];
  }
  const notFound = [...wanted].filter((id) => !found.has(id));
  return { replayed, quarantined: withinRoom(quarantined), notFound, position: undefined };
}

const lengthOf = ({ events }: KeptEvents): number => events.reduce((sum, { event }) => sum + event.length, 0);

interface SpanQuery {
  readonly span: Span;
  readonly filter: Filter;
  readonly position: string | undefined;
}

/** Replays what came within a span, the newest first, up to the limits of one call. */
export async function replaySpan(deps: SpanDeps, ctx: Ctx, query: SpanQuery): Promise<Replayed> {
  const isWanted = (event: QuarantinedEvent) => isMeant(query.filter, event);
  const taken: KeptEvents[] = [];
  let [objects, events, length] = [0, 0, 0];
  let position: string | undefined;
  const after = query.position === undefined ? undefined : placeOf(query.position);
  for await (const kept of newestFirst(deps.store, query.span, after)) {
    if (kept.object === after?.object) continue;
    const wanted = kept.events.filter(isWanted);
    objects += 1;
    events += wanted.length;
    // What lies beside them is in memory, too.
    if (wanted.length > 0) length += lengthOf(kept);
    const isTooMuch = objects > MAX_OBJECTS || events > MAX_EVENTS || length > MAX_LENGTH;
    if (isTooMuch && position !== undefined) {
      return answerOf(await judgedAgain(deps, ctx, taken, isWanted), position);
    }
    if (wanted.length > 0) taken.push(kept);
    position = idOf({ object: kept.object, line: LAST_LINE });
  }
  return answerOf(await judgedAgain(deps, ctx, taken, isWanted), undefined);
}

type Round = Pick<Replayed, 'replayed' | 'quarantined'>;

const answerOf = ({ replayed, quarantined }: Round, position: string | undefined): Replayed => ({
  replayed,
  quarantined: withinRoom(quarantined),
  notFound: [],
  position,
});

function withinRoom(quarantined: Replayed['quarantined']): Replayed['quarantined'] {
  const reasons = inRoom(quarantined.map((event) => event.reasons));
  return quarantined.map((event, at) => ({ ...event, reasons: reasons[at] ?? [] }));
}

/** What becomes of an event: it leaves quarantine, or stays with its reasons. */
type Verdict = QuarantinedEvent | 'taken' | 'erased';

/**
 * First into the stream, then out of quarantine: who dies in between leaves an event in both, and replayed again it
 * counts once by its event_id.
 */
async function judgedAgain(
  { store, stream, pseudonyms, erasures, quarantineDays }: SpanDeps,
  ctx: Ctx,
  kept: readonly KeptEvents[],
  isWanted: (event: QuarantinedEvent) => boolean,
): Promise<Round> {
  const lanes = new Lanes();
  const verdicts = new Map<string, Verdict>();
  const wanted = kept.flatMap(({ events }) => events).filter(isWanted);
  const pseudonym = wanted.some(needsKey) ? await pseudonyms() : undefined;
  const people = await erasures.erased();
  for (const event of wanted) {
    if (isErased(event, people)) {
      verdicts.set(event.quarantine_id, 'erased');
      continue;
    }
    const { row, problems } = judgeAgain(event, ctx.now, pseudonym);
    verdicts.set(event.quarantine_id, row ? 'taken' : { ...event, reasons: fewReasons(problems ?? []) });
    if (row) lanes.add(row);
  }
  const records = lanes.records();
  if (records.length > 0) await stream.write(records);
  const daysOf = (object: string) =>
    Math.max(1, quarantineDays - Math.floor((ctx.now - timeOf(object)) / DAY_MS));
  await inParallel(kept, AT_ONCE, (one) => settle(store, one, verdicts, daysOf(one.object)));
  const judged = [...verdicts.values()];
  const still = judged.flatMap((verdict) => (typeof verdict === 'string' ? [] : [verdict]));
  return {
    replayed: judged.filter((verdict) => verdict === 'taken').length,
    quarantined: still.map(({ quarantine_id, event_id, name, reasons }) => ({
      quarantine_id,
      event_id,
      name,
      reasons,
    })),
  };
}

/** Takes what was replayed out of its object and writes down what is wrong with the rest, whoever else replays it meanwhile. */
async function settle(
  store: QuarantineStore,
  kept: KeptEvents,
  verdicts: ReadonlyMap<string, Verdict>,
  days: number,
): Promise<void> {
  let current: KeptEvents | undefined = kept;
  for (let attempt = 0; attempt < ATTEMPTS && current !== undefined; attempt++) {
    const events = current.events.flatMap((event) => {
      const verdict = verdicts.get(event.quarantine_id) ?? event;
      return typeof verdict === 'string' ? [] : [verdict];
    });
    if (JSON.stringify(events) === JSON.stringify(current.events)) return;
    if (events.length === 0) return store.remove(current.object);
    if (await store.replace({ ...current, events }, days)) return;
    current = await store.read(kept.object);
  }
  // Still there after all these attempts: replayed once more they count once.
}
