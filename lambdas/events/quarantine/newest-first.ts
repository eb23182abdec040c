import { inParallel } from '../../shared/parallel.ts';
import { dayOf, dayText } from '../time.ts';
import { dayOfObject, type Place, startOf, timeOf } from './place.ts';
import type { KeptEvents, QuarantineStore } from './ports.ts';
import type { QuarantinedEvent } from './quarantined-event.ts';
import type { Span } from './span.ts';

type Reads = Pick<QuarantineStore, 'list' | 'read'>;

/** Objects read at once. */
const AT_ONCE = 8;

/** Objects that came within the span, the newest first, from the one `after` lies in on. */
async function* objectsOf(store: Reads, { fromMs, toMs }: Span, after?: Place): AsyncGenerator<string> {
  const lastMs = after === undefined ? toMs : Math.min(toMs, timeOf(after.object));
  for (let day = dayOf(lastMs); day >= dayOf(fromMs); day--) {
    // Nothing sorts before the bare milliseconds but objects that came later.
    let from = day === dayOf(lastMs) ? startOf(lastMs) : '';
    for (let more = true; more; ) {
      const page = await store.list(dayText(day), from);
      for (const object of page.objects) {
        if (timeOf(object) < fromMs) return;
        if (after === undefined || !comesBefore(object, after.object)) yield object;
      }
      from = page.objects.at(-1)?.slice(9) ?? '';
      more = page.more && from !== '';
    }
  }
}

/** Of one day: the name of what is newer is the lesser. */
const comesBefore = (object: string, other: string): boolean =>
  dayOfObject(object) === dayOfObject(other) && object < other;

/** Objects with what they hold, in the same order; those that went meanwhile are left out. */
export async function* newestFirst(store: Reads, span: Span, after?: Place): AsyncGenerator<KeptEvents> {
  let group: string[] = [];
  const read = async () =>
    (await inParallel(group, AT_ONCE, (object) => store.read(object))).flatMap((kept) => kept ?? []);
  for await (const object of objectsOf(store, span, after)) {
    if (group.push(object) < AT_ONCE) continue;
    yield* await read();
    group = [];
  }
  yield* await read();
}

/** Which events are meant. */
export interface Filter {
  readonly name?: string | undefined;
  /** Stands in the field or the message of a reason, in any case. */
  readonly reason?: string | undefined;
}

export function isMeant({ name, reason }: Filter, event: QuarantinedEvent): boolean {
  if (name !== undefined && event.name !== name) return false;
  if (reason === undefined) return true;
  const wanted = reason.toLowerCase();
  return event.reasons.some((one) => `${one.field}\n${one.message}`.toLowerCase().includes(wanted));
}
