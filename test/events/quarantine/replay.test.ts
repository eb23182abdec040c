import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalOf } from '../../../lambdas/events/arrival.ts';
import { collectEvents } from '../../../lambdas/events/collect-events.ts';
import type { ErasedPerson } from '../../../lambdas/events/compaction/erased.ts';
import { filingOf } from '../../../lambdas/events/filing.ts';
import type { QuarantinedEvent } from '../../../lambdas/events/quarantine/quarantined-event.ts';
import { replay } from '../../../lambdas/events/quarantine/replay.ts';
import { DAY_MS, HOUR_MS } from '../../../lambdas/events/time.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import type { StreamWriter } from '../../../lambdas/shared/stream-writer.ts';
import type { ReplayRequest } from '../../../schemas/events/generated/requests.js';
import { countedIds, memoryErrors, memoryQuarantine, memoryStream, pseudonyms } from './support/memory.ts';

const CAME = Date.UTC(2026, 10, 10, 12);
const ctxAt = (now: number) => ({ actor: 'key', requestId: 'r', now, deadline: now + 1000 });

type Sent = Record<string, unknown>;
const event = (more: Sent = {}): Sent => ({
  event_id: randomUUID(),
  name: 'view_item',
  occurred_at: CAME - 1000,
  user_id: 'u1',
  properties: { item_id: 'P1' },
  ...more,
});
const wrong = (more: Sent = {}): Sent => event({ properties: {}, ...more });

function world(stream: StreamWriter & { rows?: () => unknown } = memoryStream()) {
  const store = memoryQuarantine();
  const deps = {
    store,
    quarantine: store,
    errors: memoryErrors({}),
    stream,
    ids: countedIds(),
    pseudonyms,
    erasures: { erased: async (): Promise<ErasedPerson[]> => [] },
    quarantineDays: 14,
  };
  return {
    store,
    /** Sends events that are refused. */
    async refused(events: Sent[], receivedMs = CAME, door: 'private' | 'public' = 'private') {
      const arrival = arrivalOf({ door }, { 'cloudfront-viewer-country': 'KR' }, receivedMs);
      const collected = await collectEvents({ ...deps, stream: memoryStream() }, ctxAt(receivedMs), {
        body: events,
        arrival,
      });
      expect(collected.accepted).toBe(0);
      return collected.errors.map(({ quarantine_id: id }) => String(id));
    },
    /** Somebody mends what lies there: as if the plan had changed. */
    async mended(mend: (sent: Sent) => Sent) {
      const objects = new Set(store.all().map(({ quarantine_id: id }) => id.replace(/-\d+$/, '')));
      for (const object of objects) {
        const kept = await store.read(object);
        const events = kept?.events.map((one) => ({
          ...one,
          event: JSON.stringify(mend(JSON.parse(one.event) as Sent)),
        }));
        if (kept && events) await store.replace({ ...kept, events }, 14);
      }
    },
    /** These people ask to be erased. */
    forget: (...people: ErasedPerson[]) => {
      deps.erasures.erased = async () => people;
    },
    replay: (request: ReplayRequest, now = CAME + HOUR_MS) => replay(deps, ctxAt(now), request),
  };
}
const mend = (sent: Sent): Sent => ({ ...sent, properties: { item_id: 'P1' } });
const SINCE = { from: '2026-11-01' };

describe('a replay', () => {
  it('takes what is right by now into the stream and out of quarantine, and tells why the rest stays', async () => {
    const stream = memoryStream();
    const { store, refused, mended, replay } = world(stream);
    await refused([wrong(), wrong({ name: 'no_such_event' })]);
    await mended(mend);
    const answer = await replay(SINCE);
    expect(answer).toMatchObject({
      replayed: 1,
      quarantined: [{ name: 'no_such_event', reasons: [{ field: 'name' }] }],
      notFound: [],
      nextToken: null,
    });
    expect(stream.rows()).toHaveLength(1);
    expect(store.all().map(({ name }) => name)).toEqual(['no_such_event']);
  });

  it('brings nothing back of somebody who asked to be erased since, and all that came after they asked', async () => {
    const stream = memoryStream();
    const { store, refused, mended, forget, replay } = world(stream);
    const anonymous = { user_id: undefined, anonymous_id: 'phone' };
    await refused([wrong(), wrong(anonymous), wrong({ user_id: 'u2', anonymous_id: 'phone' })]);
    await refused([wrong()], CAME + HOUR_MS);
    await mended(mend);
    forget({ id: 'e', userId: 'u1', turns: [{ anonymousId: 'phone' }], untilMs: CAME + 1000 });
    expect(await replay(SINCE, CAME + 2 * HOUR_MS)).toMatchObject({ replayed: 2, quarantined: [] });
    const came = (ms: number) => new Date(ms).toISOString().slice(0, 13).replace('T', ' ');
    expect(
      stream
        .rows()
        .map(({ user_id: id, received_at: at }) => [id, at.slice(0, 13)])
        .sort(),
    ).toEqual([
      ['u1', came(CAME + HOUR_MS)],
      ['u2', came(CAME)],
    ]);
    expect(store.all()).toEqual([]);
  });

  it('brings back what others did in a browser that somebody who was erased had used, whoever writes the time how', async () => {
    const stream = memoryStream();
    const { refused, mended, forget, replay } = world(stream);
    const login = { name: 'login', user_id: undefined, anonymous_id: 'phone' };
    const inTurn = (more: Sent, ms: number) =>
      wrong({ user_id: undefined, anonymous_id: 'phone', occurred_at: ms, ...more });
    await refused([
      inTurn({}, CAME - 3000),
      inTurn({ occurred_at: new Date(CAME - 3000).toISOString() }, 0),
      inTurn({}, CAME - 1000),
      inTurn({ occurred_at: new Date(CAME - 1000).toISOString() }, 0),
      wrong({ ...login, occurred_at: CAME - 3000, properties: { user_id: 'u2', method: 7 } }),
      wrong({ ...login, occurred_at: CAME - 1000, properties: { user_id: 'u1', method: 7 } }),
    ]);
    await mended((sent) =>
      sent['name'] === 'login'
        ? { ...sent, properties: { user_id: (sent['properties'] as Sent)['user_id'] } }
        : mend(sent),
    );
    forget({
      id: 'e',
      userId: 'u1',
      turns: [{ anonymousId: 'phone', toMs: CAME - 2000 }],
      untilMs: CAME + 1000,
    });
    expect(await replay(SINCE)).toMatchObject({ replayed: 3, quarantined: [] });
    expect(
      stream
        .rows()
        .map(({ name, user_id: id }) => [name, id])
        .sort(),
    ).toEqual([
      ['login', 'u2'],
      ['view_item', undefined],
      ['view_item', undefined],
    ]);
  });

  it('writes down what is wrong now in place of what was wrong then', async () => {
    const { store, refused, mended, replay } = world();
    await refused([wrong()]);
    await mended((sent) => ({ ...sent, user_id: null, properties: { item_id: 'P1' } }));
    await replay(SINCE);
    expect(store.all()[0]?.reasons.map(({ field }) => field)).toEqual(['user_id']);
  });

  it('gives the row its door, country and time of arrival', async () => {
    const stream = memoryStream();
    const { refused, mended, replay } = world(stream);
    await refused([wrong()], CAME, 'public');
    await mended(mend);
    await replay(SINCE, CAME + 3 * DAY_MS);
    expect(stream.rows()[0]).toMatchObject({
      source: 'client',
      country: 'KR',
      received_at: '2026-11-10 12:00:00.000',
    });
  });

  it('makes no event late, and files each where one that arrives now is filed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -12 * 24, max: 24 }),
        fc.integer({ min: 0, max: 13 * 24 }),
        async (aheadHours, waitHours) => {
          const [occurred, now] = [CAME + aheadHours * HOUR_MS, CAME + waitHours * HOUR_MS];
          const stream = memoryStream();
          const { refused, mended, replay } = world(stream);
          await refused([wrong({ occurred_at: occurred })]);
          await mended(mend);
          await replay(SINCE, now);
          const { filed, day } = filingOf(occurred, now);
          expect(stream.rows()).toMatchObject([{ filed, day, late: filingOf(occurred, CAME).late }]);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('leaves an event whose clock ran more than 24 hours ahead: a day later its time is still wrong', async () => {
    const { store, refused, replay } = world();
    await refused([event({ occurred_at: CAME + 25 * HOUR_MS })]);
    const { replayed, quarantined } = await replay(SINCE, CAME + 3 * DAY_MS);
    expect(replayed).toBe(0);
    expect(quarantined[0]?.reasons[0]?.field).toBe('occurred_at');
    expect(store.all()).toHaveLength(1);
  });

  it('of some ids takes those alone, and names those that are not there', async () => {
    const stream = memoryStream();
    const { store, refused, mended, replay } = world(stream);
    const [first = '', second = '', third = ''] = await refused([wrong(), wrong(), wrong()]);
    await mended(mend);
    const unknown = second.replace(/-\d+$/, '-77');
    expect(await replay({ ids: [second, unknown, 'nonsense', second] })).toMatchObject({
      replayed: 1,
      notFound: [unknown, 'nonsense'],
    });
    expect(store.all().map(({ quarantine_id: id }) => id)).toEqual([first, third]);
    expect(await replay({ ids: [second] })).toMatchObject({ replayed: 0, notFound: [second] });
  });

  it('of a span takes those of the name and the reason alone', async () => {
    const { store, refused, mended, replay } = world();
    await refused([wrong(), wrong({ name: 'add_to_cart' })]);
    await refused([wrong()], CAME + 2 * DAY_MS);
    await mended(mend);
    expect((await replay({ ...SINCE, to: '2026-11-10', name: 'view_item' })).replayed).toBe(1);
    expect((await replay({ ...SINCE, reason: 'quantity' }, CAME + 3 * DAY_MS)).replayed).toBe(0);
    expect(
      store
        .all()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['add_to_cart', 'view_item']);
  });

  it('takes a bounded number at a time; its token goes on past what stays', async () => {
    const stream = memoryStream();
    const { store, refused, mended, replay } = world(stream);
    const ids: unknown[] = [];
    for (let batch = 0; batch < 6; batch++) {
      const events = Array.from({ length: 400 }, (_, index) =>
        index % 4 === 0 ? wrong({ name: 'nonsense' }) : wrong(),
      );
      ids.push(...events.filter(({ name }) => name === 'view_item').map(({ event_id: id }) => id));
      await refused(events, CAME + batch);
    }
    await mended(mend);
    let [calls, still] = [0, 0];
    for (let nextToken: string | null | undefined; nextToken !== null; calls++) {
      const answer = await replay({ ...SINCE, ...(nextToken === undefined ? {} : { nextToken }) });
      expect(answer.replayed + answer.quarantined.length).toBeLessThanOrEqual(1000);
      still += answer.quarantined.length;
      nextToken = answer.nextToken;
    }
    expect(calls).toBeGreaterThan(2);
    expect(still).toBe(600);
    expect(
      stream
        .rows()
        .map(({ event_id: id }) => id)
        .sort(),
    ).toEqual([...ids].sort());
    expect(store.all()).toHaveLength(600);
  });

  it('tells of a thousand that are still wrong in every way no more than a function may answer, and goes on', async () => {
    const { refused, replay } = world();
    const fields = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`${at}${'한'.repeat(200)}`, 1]));
    for (let batch = 0; batch < 3; batch++)
      await refused(
        Array.from({ length: 400 }, () => event(fields)),
        CAME + batch,
      );
    const first = await replay(SINCE);
    expect(first.quarantined).toHaveLength(800);
    expect(Buffer.byteLength(JSON.stringify(first))).toBeLessThan(4_000_000);
    const rest = await replay({ ...SINCE, nextToken: String(first.nextToken) });
    expect([rest.quarantined.length, rest.nextToken]).toEqual([400, null]);
  });

  it.each([
    ['of a span', () => ({ ...SINCE, name: 'view_item' })],
    ['of ids', (ids: string[]) => ({ ids })],
  ])('%s holds little at a time, however large is what lies beside', async (_, asked) => {
    const { store, refused, mended, replay } = world();
    const ids: string[] = [];
    for (let batch = 0; batch < 14; batch++) {
      const other = wrong({ name: 'no_such_event', properties: { note: 'x'.repeat(3_000_000) } });
      ids.push((await refused([wrong(), other], CAME + batch))[0] ?? '');
    }
    await mended((sent) => (sent['name'] === 'view_item' ? mend(sent) : sent));
    const { read, replace } = store;
    let [held, most] = [0, 0];
    store.read = async (object) => {
      most = Math.max(most, ++held);
      return read(object);
    };
    store.replace = async (kept, days) => {
      held--;
      return replace(kept, days);
    };
    let replayed = 0;
    for (let nextToken: string | null | undefined; nextToken !== null; held = 0) {
      const answer = await replay({ ...asked(ids), ...(nextToken ? { nextToken } : {}) });
      replayed += answer.replayed;
      ({ nextToken } = answer);
    }
    expect(replayed).toBe(14);
    expect(most).toBeLessThan(10);
  });

  it('that the stream does not take loses nothing: all lies in quarantine as before', async () => {
    const busy = {
      write: async () => {
        throw new RepointError('unavailable', 'busy');
      },
    };
    const { store, refused, mended, replay } = world(busy);
    await refused([wrong(), wrong()]);
    await mended(mend);
    const before = store.all();
    await expect(replay(SINCE)).rejects.toMatchObject({ code: 'unavailable' });
    expect(store.all()).toEqual(before);
  });

  it('that died after the stream had the events is repeated with the same event ids, which count once', async () => {
    const stream = memoryStream();
    const { store, refused, mended, replay } = world(stream);
    await refused([wrong(), wrong()]);
    await mended(mend);
    const { remove } = store;
    store.remove = () => Promise.reject(new Error('killed'));
    await expect(replay(SINCE)).rejects.toThrow('killed');
    store.remove = remove;
    expect((await replay(SINCE)).replayed).toBe(2);
    const sent = stream.rows().map(({ event_id: id }) => id);
    expect(sent).toHaveLength(4);
    expect(new Set(sent).size).toBe(2);
    expect(store.all()).toEqual([]);
  });

  it('at the same time as another one takes out what either took', async () => {
    const { store, refused, mended, replay } = world();
    const [one = '', , three = ''] = await refused([wrong(), wrong({ name: 'nonsense' }), wrong()]);
    await mended(mend);
    await Promise.all([replay({ ids: [one] }), replay({ ids: [three] })]);
    expect(store.all().map(({ name }) => name)).toEqual(['nonsense']);
  });

  it('of a line of the stream puts the row in again, and keeps what is none', async () => {
    const stream = memoryStream();
    const { store, refused, mended, replay } = world(stream);
    await refused([wrong(), wrong()]);
    await mended(mend);
    await replay(SINCE);
    const [row] = stream.rows();
    const object = '20261110-43199999-0123456789abcdef01234567';
    const line = (index: number, text: string): QuarantinedEvent => ({
      quarantine_id: `${object}-${index}`,
      event_id: null,
      name: null,
      received_at: '2026-11-10 12:00:00.000',
      came_by: 'stream',
      sender: null,
      request_id: null,
      country: null,
      bot: false,
      reasons: [{ field: '', message: 'member state cannot be kept of this event' }],
      event: text,
    });
    await store.keep(object, [line(0, JSON.stringify(row)), line(1, '{"half a li'), line(2, '{}')]);
    expect((await replay(SINCE)).replayed).toBe(1);
    expect(stream.rows().at(-1)).toEqual(row);
    expect(store.all().map(({ event: text }) => text)).toEqual(['{"half a li', '{}']);
  });

  it.each<[string, ReplayRequest, string]>([
    ['nothing', {}, 'ids'],
    ['ids and a span', { ids: ['x'], from: '2026-11-01' }, 'from'],
    ['ids and a name', { ids: ['x'], name: 'purchase' }, 'name'],
    ['a time that is none', { from: 'yesterday' }, 'from'],
    [
      'a name of what could not be filed',
      { source: 'firehose', from: '2026-11-01', name: 'purchase' },
      'name',
    ],
    ['a token of another request', { from: '2026-11-01', nextToken: 'abc' }, 'nextToken'],
  ])('asked for %s is refused', async (_, request, field) => {
    await expect(world().replay(request)).rejects.toMatchObject({ code: 'validation', field });
  });
});
