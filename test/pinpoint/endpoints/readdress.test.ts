import {
  DeleteEndpointCommand,
  type EndpointRequest,
  GetEndpointCommand,
  type NotFoundException,
  UpdateEndpointCommand,
} from '@aws-sdk/client-pinpoint';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endpointWriter } from '../../../lambdas/pinpoint/endpoints/operations.ts';
import type { EndpointRows } from '../../../lambdas/pinpoint/endpoints/ports.ts';
import { WHOLE } from '../../support/matrix.ts';
import { type Engine, newApp, startEngine } from '../support/engine.ts';

let engine: Engine;
let app: string;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());
beforeEach(async () => {
  app = await newApp(engine.client);
});

const device = (userId: string | undefined, Address: string): EndpointRequest => ({
  ChannelType: 'GCM',
  Address,
  ...(userId === undefined ? {} : { User: { UserId: userId } }),
});
const put = (EndpointId: string, EndpointRequest: EndpointRequest) =>
  engine.client.send(new UpdateEndpointCommand({ ApplicationId: app, EndpointId, EndpointRequest }));
const remove = (EndpointId: string) =>
  engine.client
    .send(new DeleteEndpointCommand({ ApplicationId: app, EndpointId }))
    .catch((error: NotFoundException) => expect(error.name).toBe('NotFoundException'));
const readdress = (id: string, from: string, to: string) => engine.writer.readdress(app, id, from, to);
const get = async (EndpointId: string) =>
  (await engine.client.send(new GetEndpointCommand({ ApplicationId: app, EndpointId }))).EndpointResponse;
const entryOf = async (userId: string, id: string) =>
  (await engine.reader.users(app, [userId], [])).get(userId)?.endpoints.find((entry) => entry.id === id);
const holderOf = async (address: string) =>
  (await engine.rowsOf(app).holders([{ channel: 'GCM', address }]))[0];

describe('an updated push token', () => {
  it('becomes the address of the endpoint, of its user’s entry, and frees the old one', async () => {
    await put('e', { ...device('u', 'old'), Attributes: { plan: ['gold'] } });
    const before = await get('e');
    await readdress('e', 'old', 'new');
    expect(await get('e')).toEqual({ ...before, Address: 'new' });
    expect(await entryOf('u', 'e')).toMatchObject({ channel: 'GCM', address: 'new', status: 'ACTIVE' });
    expect([await holderOf('old'), await holderOf('new')]).toEqual([undefined, 'e']);
    await put('other', device('u2', 'old'));
    expect((await get('e'))?.EndpointStatus).toBe('ACTIVE');
  });

  it('is taken from another endpoint, which becomes INACTIVE', async () => {
    await put('e', device('u', 'old'));
    await put('other', device('u2', 'new'));
    await readdress('e', 'old', 'new');
    expect([(await get('e'))?.EndpointStatus, (await get('other'))?.EndpointStatus]).toEqual([
      'ACTIVE',
      'INACTIVE',
    ]);
    expect((await entryOf('u2', 'other'))?.status).toBe('INACTIVE');
    expect(await holderOf('new')).toBe('e');
  });

  it('of an endpoint without a user is kept as well', async () => {
    await put('e', device(undefined, 'old'));
    await readdress('e', 'old', 'new');
    expect((await get('e'))?.Address).toBe('new');
    expect(await holderOf('new')).toBe('e');
  });

  it('wakes no INACTIVE endpoint, and such a one takes no address', async () => {
    await put('e', device('u', 'old'));
    await engine.writer.deactivate(app, 'e');
    await put('other', device('u2', 'new'));
    await readdress('e', 'old', 'new');
    expect(await get('e')).toMatchObject({ Address: 'new', EndpointStatus: 'INACTIVE' });
    expect((await entryOf('u', 'e'))?.status).toBe('INACTIVE');
    expect((await get('other'))?.EndpointStatus).toBe('ACTIVE');
    expect(await holderOf('new')).toBe('other');
  });

  it('comes too late for an endpoint with another address by now', async () => {
    await put('e', device('u', 'third'));
    await put('other', device('u2', 'new'));
    const before = [await get('e'), await get('other'), await entryOf('u', 'e')];
    await readdress('e', 'old', 'new');
    expect([await get('e'), await get('other'), await entryOf('u', 'e')]).toEqual(before);
    expect([await holderOf('third'), await holderOf('new')]).toEqual(['e', 'other']);
  });

  it('makes no endpoint of one that is gone', async () => {
    await put('e', device('u', 'old'));
    await remove('e');
    await readdress('e', 'old', 'new');
    await expect(get('e')).rejects.toThrow(/e/);
    expect((await engine.reader.users(app, ['u'], [])).get('u')?.endpoints).toEqual([]);
    expect(await holderOf('new')).toBeUndefined();
  });

  it('loses to the app’s own update at the same time, whoever is faster', async () => {
    const ids = Array.from({ length: 6 }, (_, n) => `e${n}`);
    await Promise.all(ids.map((id) => put(id, device(`u-${id}`, `old-${id}`))));
    await Promise.all(
      ids.flatMap((id) => [
        put(id, { ChannelType: 'GCM', Address: `app-${id}` }),
        readdress(id, `old-${id}`, `new-${id}`),
      ]),
    );
    for (const id of ids) {
      expect((await get(id))?.Address).toBe(`app-${id}`);
      expect((await entryOf(`u-${id}`, id))?.address).toBe(`app-${id}`);
      expect(await holderOf(`app-${id}`)).toBe(id);
    }
  });
});

/** Rows whose `n`th write fails, before it is done or after. */
function failingAt(rows: EndpointRows, n: number, done: boolean): EndpointRows {
  const reads = ['endpoints', 'users', 'holders'];
  let writes = 0;
  return new Proxy(rows, {
    get(target, name: keyof EndpointRows & string) {
      const method = target[name] as (...args: unknown[]) => Promise<unknown>;
      if (reads.includes(name)) return method;
      return async (...args: unknown[]) => {
        const fails = writes++ === n;
        if (fails && !done) throw new Error('cut short');
        const result = await method(...args);
        if (fails) throw new Error('cut short');
        return result;
      };
    },
  });
}

describe('a call that was cut short', () => {
  it.each([false, true])('is ended by a repeat, whichever write it was (done: %s)', async (done) => {
    for (let n = 0, cut = true; cut; n++) {
      app = await newApp(engine.client);
      await put('e', device('u', 'old'));
      await put('other', device('u2', 'new'));
      const failing = endpointWriter((appId) => failingAt(engine.rowsOf(appId), n, done));
      cut = await failing.readdress(app, 'e', 'old', 'new').then(
        () => false,
        () => true,
      );
      expect(cut || n > 4).toBe(true);
      await readdress('e', 'old', 'new');
      expect(await get('e')).toMatchObject({ Address: 'new', EndpointStatus: 'ACTIVE' });
      expect(await entryOf('u', 'e')).toMatchObject({ address: 'new', status: 'ACTIVE' });
      expect((await get('other'))?.EndpointStatus).toBe('INACTIVE');
      expect([await holderOf('old'), await holderOf('new')]).toEqual([undefined, 'e']);
    }
  });
});

describe('the rows of endpoints, users and addresses', () => {
  const ids = ['e1', 'e2', 'e3'];
  const address = fc.constantFrom('a1', 'a2', 'a3');
  const step = fc.record({
    id: fc.constantFrom(...ids),
    user: fc.constantFrom('u1', 'u2', undefined),
    address,
    to: address,
    action: fc.constantFrom('put', 'put', 'readdress', 'readdress', 'deactivate', 'delete'),
  });
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
  const run = async (each: Step): Promise<unknown> => {
    switch (each.action) {
      case 'readdress':
        return readdress(each.id, each.address, each.to);
      case 'deactivate':
        return engine.writer.deactivate(app, each.id);
      case 'delete':
        return remove(each.id);
      default:
        return put(each.id, device(each.user, each.address));
    }
  };

  it('agree with one another after any sequence of updates and updated tokens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 10 }), async (steps) => {
        app = await newApp(engine.client);
        for (const each of steps) await run(each);
        const endpoints = await engine.rowsOf(app).endpoints(ids);
        for (const [id, values] of endpoints) {
          const userId = values['User.UserId'];
          if (userId === undefined) continue;
          expect(await entryOf(String(userId), id)).toMatchObject({
            address: values['Address'],
            status: values['EndpointStatus'],
          });
        }
        const active = [...endpoints].filter(([, values]) => values['EndpointStatus'] === 'ACTIVE');
        for (const [id, values] of active) expect(await holderOf(String(values['Address']))).toBe(id);
      }),
      { numRuns: WHOLE ? 40 : 6 },
    );
  });
});
