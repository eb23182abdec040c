import { expect, it } from 'vitest';
import { idOf, objectOf } from '../../../lambdas/events/quarantine/place.ts';
import type { QuarantineKeeper, QuarantineStore } from '../../../lambdas/events/quarantine/ports.ts';
import type { QuarantinedEvent } from '../../../lambdas/events/quarantine/quarantined-event.ts';

const DAY = Date.UTC(2026, 10, 20);
const object = (ms: number, made = 1): string => objectOf(DAY + ms, String(made).padStart(24, '0'));
export const someEvent = (of: string, line = 0, event = '{"title":"코트"}'): QuarantinedEvent => ({
  quarantine_id: idOf({ object: of, line }),
  event_id: null,
  name: 'purchase',
  received_at: '2026-11-20 00:00:00.000',
  came_by: 'private',
  sender: 'key-1',
  request_id: null,
  country: null,
  bot: false,
  reasons: [{ field: 'properties.price', message: 'properties.price must be a number' }],
  event,
});

/** What any quarantine promises. */
export function quarantineContract(open: () => QuarantineKeeper & QuarantineStore): void {
  it('gives back what was kept, as it was kept last', async () => {
    const store = open();
    const one = object(1);
    await store.keep(one, [someEvent(one)]);
    const events = [someEvent(one, 0, 'x'.repeat(2_000_000)), someEvent(one, 1, 'line\n"two"')];
    await store.keep(one, events);
    expect(await store.read(one)).toMatchObject({ object: one, events });
    expect(await store.read(object(2))).toBeUndefined();
  });

  it('lists a day’s objects newest first, from any place on, and no other day’s', async () => {
    const store = open();
    const times = [0, 5, 5 * 60_000, 86_399_999];
    for (const [made, ms] of times.entries())
      await store.keep(object(ms, made), [someEvent(object(ms, made))]);
    await store.keep(object(-1), [someEvent(object(-1))]);
    await store.keep(object(86_400_000), [someEvent(object(86_400_000))]);
    const found: string[] = [];
    for (let [after, more] = ['', true]; more; ) {
      const page = await store.list('2026-11-20', after);
      found.push(...page.objects);
      after = page.objects.at(-1)?.slice(9) ?? '';
      more = page.more;
    }
    expect(found).toEqual(times.map((ms, made) => object(ms, made)).reverse());
    const [, second = ''] = found;
    expect((await store.list('2026-11-20', second.slice(9))).objects).toEqual(found.slice(2));
    expect((await store.list('2026-11-25', '')).objects).toEqual([]);
  });

  it('replaces only what nobody changed since it was read', async () => {
    const store = open();
    const one = object(7);
    await store.keep(one, [someEvent(one, 0), someEvent(one, 1), someEvent(one, 2)]);
    const [first, second] = [await store.read(one), await store.read(one)];
    if (!first || !second) throw new Error('it was just kept');
    expect(await store.replace({ ...first, events: first.events.slice(1) }, 3)).toBe(true);
    expect(await store.replace({ ...second, events: [] }, 3)).toBe(false);
    const now = await store.read(one);
    expect(now?.events).toEqual(first.events.slice(1));
    await store.remove(one);
    expect(await store.read(one)).toBeUndefined();
    expect(await store.replace({ ...first, ...now, events: [] }, 3)).toBe(false);
    await store.remove(one);
  });
}
