import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import type { EventRow } from '../../../lambdas/events/index.ts';
import {
  type EraseFromTablesDeps,
  eraseFromTables,
} from '../../../lambdas/members/erasure/erase-from-tables.ts';
import { dynamoErasedPeople, dynamoErasures } from '../../../lambdas/members/erasure/erasure-store.aws.ts';
import { getErasure } from '../../../lambdas/members/erasure/get-erasure.ts';
import { dynamoPersonRows } from '../../../lambdas/members/erasure/person-rows.aws.ts';
import { remembered } from '../../../lambdas/members/erasure/remembered.ts';
import { requestErasure } from '../../../lambdas/members/erasure/request-erasure.ts';
import { dynamoMembers } from '../../../lambdas/members/member-store.aws.ts';
import { foldEvents } from '../../../lambdas/members/state/fold-events.ts';
import { dynamoStates } from '../../../lambdas/members/state/state-store.aws.ts';
import { updateStates } from '../../../lambdas/members/state/update-states.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import { cryptoIds } from '../../../lambdas/shared/ids.ts';
import { eventLine } from '../../local/aws/support/lake.ts';
import { someMember } from '../member-store.contract.ts';
import { dynamoOfFile } from '../support/dynamo.ts';

const ASKED = Date.parse('2026-03-20T10:00:00Z');
const MINUTE_MS = 60_000;
const KEEPING = {
  ...{ streamHours: 72, quarantineDays: 14, workDays: 14, logsDays: 90, accessLogDays: 90 },
};

const dynamo = await dynamoOfFile();

const ctx = (now: number) => ({ actor: 'test', requestId: 'r', now, deadline: now + MINUTE_MS });
const row = (userId: string, receivedMs: number, eventId: string = cryptoIds.random()): EventRow => {
  const at = new Date(receivedMs).toISOString().replace('T', ' ').replace('Z', '');
  return eventLine({ event_id: eventId, user_id: userId, occurred_at: at }) as unknown as EventRow;
};

/** A world with one member, `hana`, who has a state. */
async function world(userId: string) {
  const members = dynamoMembers(dynamo.members, dynamo.client);
  const states = dynamoStates(dynamo.states, dynamo.client);
  const people = dynamoErasedPeople(dynamo.erasures, dynamo.client);
  const forgotten = new Set<string>();
  const messages: { id: string; atMs: number }[] = [];
  let now = ASKED;
  const deps = {
    erasures: dynamoErasures(dynamo.erasures, dynamo.client),
    rows: dynamoPersonRows({ table: dynamo.members, stateTable: dynamo.states }, dynamo.client),
    endpoints: {
      idsOf: async (id: string) => (forgotten.has(`endpoints of ${id}`) ? [] : [`email:${id}`, `sms:${id}`]),
      eraseUser: async (id: string) => void forgotten.add(`endpoints of ${id}`),
    },
    forgetMember: async (id: string) => void forgotten.add(`campaigns of ${id}`),
    queue: {
      send: async ({ id }: { id: string }, { delaySeconds = 0 } = {}) =>
        void messages.push({ id, atMs: now + delaySeconds * 1000 }),
    },
    ids: cryptoIds,
    keeping: KEEPING,
  };
  const consume = (rows: EventRow[], atMs: number) =>
    updateStates(
      {
        states,
        ids: cryptoIds,
        quarantine: { keep: async () => {} },
        erased: remembered(() => people.erased(), MINUTE_MS),
      },
      ctx(atMs),
      rows,
    );
  const here = async () => {
    await members.put(someMember(userId), 0);
    const state = foldEvents(undefined, [row(userId, ASKED - MINUTE_MS)]);
    if (state) await states.write({ members: new Map([[userId, state]]) });
  };
  await here();
  return {
    deps,
    forgotten,
    messages,
    consume,
    here,
    ask: (atMs = ASKED) => {
      now = atMs;
      return requestErasure(deps, ctx(atMs), userId);
    },
    /** Works on the messages in their order; the worker of one may die, its message comes again. */
    async work(more: Partial<EraseFromTablesDeps> = {}): Promise<void> {
      for (let message = messages.shift(); message; message = messages.shift()) {
        now = Math.max(now, message.atMs);
        await eraseFromTables({ ...deps, ...more }, ctx(now), message).catch(() =>
          messages.push(message as never),
        );
      }
    },
    isThere: () => deps.rows.has(userId),
    told: (id: string) => getErasure(deps, id),
  };
}

const thrown = (run: Promise<unknown>) =>
  run.then(
    () => undefined,
    (error) => (error instanceof RepointError ? error.code : error),
  );

describe('the erasure of a person', () => {
  it('that nobody knows any more is no work, however often it is asked for', async () => {
    const { deps, forgotten, isThere } = await world('bora');
    await eraseFromTables(deps, ctx(ASKED), { id: cryptoIds.random() });
    expect([forgotten.size, await isThere()]).toEqual([0, true]);
  });

  it('takes them out of every table, and tells when each part was done', async () => {
    const { ask, work, told, isThere, forgotten } = await world('hana');
    const { id, state } = await ask();
    expect(state).toBe('erasing');
    await work();
    expect(await isThere()).toBe(false);
    expect([...forgotten].sort()).toEqual(['campaigns of hana', 'endpoints of hana']);
    const { tables, expires } = await told(id);
    for (const part of [tables.member, tables.endpoints, tables.campaigns])
      expect(Date.parse(String(part))).toBeLessThanOrEqual(ASKED + 3 * MINUTE_MS);
    // Whose browsers' states are theirs is told by the lake.
    expect(tables.state).toBeNull();
    for (const { what, by } of expires) expect(Date.parse(by), what).toBeGreaterThan(ASKED);
  });

  it.each(Array.from({ length: 14 }, (_, call) => call))(
    'survives a worker that dies at call %i',
    async (call) => {
      const userId = `mortal-${call}`;
      const { deps, ask, work, isThere, forgotten } = await world(userId);
      const { id } = await ask();
      await work(dying(deps, call));
      expect(await isThere()).toBe(false);
      expect(forgotten.size).toBe(2);
      const [open] = (await deps.erasures.allOpen()).filter((one) => one.id === id);
      expect([...(open?.endpoints ?? [])].sort()).toEqual([`email:${userId}`, `sms:${userId}`]);
    },
  );

  it('is the same erasure when it is asked for again, and opens one for whom only events name', async () => {
    const { deps, ask, work } = await world('twice');
    const first = await ask();
    expect(await ask(ASKED + 1000)).toEqual(first);
    await work();
    expect(await ask(ASKED + 60 * MINUTE_MS)).toMatchObject({ id: first.id, requestedAt: first.requestedAt });
    expect((await requestErasure(deps, ctx(ASKED), 'never-a-member')).state).toBe('erasing');
    expect(await thrown(requestErasure(deps, ctx(ASKED), 'x'.repeat(129)))).toBe('validation');
    expect(await thrown(getErasure(deps, 'no-such-id'))).toBe('not_found');
  });

  it('begins anew for whoever came back and asks again', async () => {
    const { ask, work, here, isThere } = await world('back');
    const first = await ask();
    await work();
    await here();
    const later = ASKED + 60 * MINUTE_MS;
    const second = await ask(later);
    expect(second).toMatchObject({
      id: first.id,
      requestedAt: new Date(later).toISOString(),
      tables: { member: null, state: null },
    });
    await work();
    expect(await isThere()).toBe(false);
  });

  it('keeps the key that was given first, and the endpoints that were found, also when it begins anew', async () => {
    const { deps, ask, work, here } = await world('keyed');
    const { id } = await ask();
    await work();
    const open = async () => {
      const [found] = (await deps.erasures.allOpen()).filter((one) => one.id === id);
      if (!found) throw new Error('It is not open');
      return found;
    };
    for (const key of ['first', 'second']) await deps.erasures.keyed(await open(), key);
    await deps.erasures.found(await open(), { endpoints: ['old-phone'] });
    await here();
    await ask(ASKED + 60 * MINUTE_MS);
    expect(await open()).toMatchObject({ key: 'first', done: {} });
    expect([...(await open()).endpoints].sort()).toEqual(['email:keyed', 'old-phone', 'sms:keyed']);
  });

  it('makes no state of what came before the request, however late it is consumed; of what comes after, it does', async () => {
    const { ask, work, consume, isThere } = await world('late');
    await ask();
    await work();
    await consume([row('late', ASKED - 1000)], ASKED + 5 * MINUTE_MS);
    expect(await isThere()).toBe(false);
    await consume([row('late', ASKED - 1000), row('late', ASKED + 10_000)], ASKED + 6 * MINUTE_MS);
    expect(await isThere()).toBe(true);
  });

  it('names nobody any more when it is done, and leaves the next request a new one', async () => {
    const { deps, ask, work, told } = await world('forgotten-person');
    const { id } = await ask();
    await work();
    const [open] = (await deps.erasures.allOpen()).filter((one) => one.id === id);
    if (!open) throw new Error('It is not open');
    const closed = { id, requestedAt: open.requestedAt, done: open.done, doneAt: '2026-04-04T18:00:00.000Z' };
    expect(await deps.erasures.close({ ...open, requestedAt: 'another' }, closed)).toBe(false);
    expect((await told(id)).state).toBe('erasing');
    expect(await deps.erasures.close(open, closed)).toBe(true);
    expect(await told(id)).toMatchObject({ state: 'done', doneAt: closed.doneAt, lake: { left: 0 } });
    const rows = await dynamo.client.send(new ScanCommand({ TableName: dynamo.erasures }));
    expect(JSON.stringify(rows.Items)).not.toContain('forgotten-person');
    expect((await ask(ASKED + 60 * MINUTE_MS)).id).not.toBe(id);
  });
});

/** The ports, of which one dies in the middle of its `n`th call: what it does is done or not. */
function dying(deps: EraseFromTablesDeps, n: number): EraseFromTablesDeps {
  let calls = 0;
  const deadly =
    <Given extends unknown[], Answer>(run: (...given: Given) => Promise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      const dies = calls++ === n;
      if (dies && n % 2 === 0) throw new Error('killed before');
      const answer = await run(...given);
      if (dies) throw new Error('killed after');
      return answer;
    };
  return {
    erasures: {
      find: deadly(deps.erasures.find),
      did: deadly(deps.erasures.did),
      found: deadly(deps.erasures.found),
    },
    rows: {
      removeMember: deadly(deps.rows.removeMember),
      removeStates: deadly(deps.rows.removeStates),
    },
    endpoints: { idsOf: deadly(deps.endpoints.idsOf), eraseUser: deadly(deps.endpoints.eraseUser) },
    forgetMember: deadly(deps.forgetMember),
    queue: { send: deadly(deps.queue.send) },
  };
}
