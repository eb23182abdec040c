/** Who did what in a world, by the words of the spec (§1 dedupe, identity) and without a thought for speed. */
import type { Told, World } from './world.ts';

/** What happened: an event_id once, as received first; an order once, the report that names the member before the others. */
export function happened({ told }: World): Told[] {
  const once = told.filter(
    (event) => !told.some((other) => other.eventId === event.eventId && earlier(other, event, told)),
  );
  return once.filter(
    (event) =>
      event.name !== 'purchase' ||
      !once.some(
        (other) =>
          other !== event &&
          other.name === 'purchase' &&
          other.properties['transaction_id'] === event.properties['transaction_id'] &&
          preferred(other, event),
      ),
  );
}

const earlier = (one: Told, other: Told, told: readonly Told[]): boolean =>
  one.receivedAt < other.receivedAt ||
  (one.receivedAt === other.receivedAt && told.indexOf(one) < told.indexOf(other));

function preferred(one: Told, other: Told): boolean {
  const named = (event: Told) => (event.userId === undefined ? 1 : 0);
  if (named(one) !== named(other)) return named(one) < named(other);
  if (one.receivedAt !== other.receivedAt) return one.receivedAt < other.receivedAt;
  return one.eventId < other.eventId;
}

/** As both engines order texts; JavaScript orders halves of characters. */
export const byCharacters = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));

/** Whose an event is: the member named on it, or the first one named in the same browser at its time or later. */
export function memberOf(event: Told, events: readonly Told[]): string | undefined {
  if (event.userId !== undefined || event.anonymousId === undefined) return event.userId;
  const named = events
    .filter(
      (other) =>
        other.anonymousId === event.anonymousId &&
        other.userId !== undefined &&
        other.occurredAt >= event.occurredAt,
    )
    .sort((a, b) => a.occurredAt - b.occurredAt || byCharacters(a.userId ?? '', b.userId ?? ''));
  return named[0]?.userId;
}

/** The events of each person that events name, robots left out. */
export function histories(world: World): Map<string, Told[]> {
  const events = happened(world);
  const found = new Map<string, Told[]>();
  for (const event of events.filter(({ bot }) => !bot)) {
    const member = memberOf(event, events);
    if (member !== undefined) found.set(member, [...(found.get(member) ?? []), event]);
  }
  return found;
}
