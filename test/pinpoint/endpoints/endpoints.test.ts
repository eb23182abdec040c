import {
  BadRequestException,
  DeleteEndpointCommand,
  DeleteUserEndpointsCommand,
  type EndpointRequest,
  type EndpointResponse,
  GetEndpointCommand,
  GetUserEndpointsCommand,
  NotFoundException,
  UpdateEndpointCommand,
  UpdateEndpointsBatchCommand,
} from '@aws-sdk/client-pinpoint';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

const put = (EndpointId: string, EndpointRequest: EndpointRequest) =>
  engine.client.send(new UpdateEndpointCommand({ ApplicationId: app, EndpointId, EndpointRequest }));
const putAll = (Item: ({ Id: string } & EndpointRequest)[]) =>
  engine.client.send(new UpdateEndpointsBatchCommand({ ApplicationId: app, EndpointBatchRequest: { Item } }));
const get = async (EndpointId: string): Promise<EndpointResponse> => {
  const answer = await engine.client.send(new GetEndpointCommand({ ApplicationId: app, EndpointId }));
  if (!answer.EndpointResponse) throw new Error('No endpoint in the answer');
  return answer.EndpointResponse;
};
const ofUser = async (UserId: string): Promise<string[]> => {
  const answer = await engine.client.send(new GetUserEndpointsCommand({ ApplicationId: app, UserId }));
  return (answer.EndpointsResponse?.Item ?? []).map(({ Id = '' }) => Id);
};
const email = (UserId: string, Address: string): EndpointRequest => ({
  ChannelType: 'EMAIL',
  Address,
  User: { UserId },
});

describe('an endpoint', () => {
  it('comes back as it was put, with what Pinpoint adds', async () => {
    const request: EndpointRequest = {
      Address: 'a@example.com',
      ChannelType: 'EMAIL',
      Attributes: { 'a.b c': ['1', '2'] },
      Metrics: { score: 1.5 },
      Demographic: { Locale: 'ko_KR', Timezone: 'Asia/Seoul' },
      Location: { City: '서울', Latitude: 37.5, Longitude: -127 },
      EffectiveDate: '2026-11-01T00:00:00.000Z',
      OptOut: 'NONE',
      User: { UserId: 'u/1 é', UserAttributes: { grade: ['GOLD'], tags: ['x', 'y'] } },
    };
    const answer = await put('e 1/é', request);
    expect([answer.$metadata.httpStatusCode, answer.MessageBody?.Message]).toEqual([202, 'Accepted']);
    const endpoint = await get('e 1/é');
    expect(endpoint).toMatchObject({ ...request, Id: 'e 1/é', ApplicationId: app, EndpointStatus: 'ACTIVE' });
    expect(Number(endpoint.CohortId)).toBeGreaterThanOrEqual(0);
    expect(Number(endpoint.CohortId)).toBeLessThan(100);
    expect(Date.parse(endpoint.CreationDate ?? '')).not.toBeNaN();
  });

  it('is merged name by name: what an update leaves out stays, what it supplies is replaced', async () => {
    await put('e', {
      ChannelType: 'EMAIL',
      Address: 'a@example.com',
      OptOut: 'ALL',
      Attributes: { keep: ['1'], replace: ['1', '2'], remove: ['1'] },
      Demographic: { Locale: 'ko_KR', Make: 'Apple' },
      User: { UserId: 'u', UserAttributes: { grade: ['GOLD'], city: ['Seoul'] } },
    });
    const before = await get('e');
    await put('e', {
      Attributes: { replace: ['3'], remove: [], added: ['4'] },
      Demographic: { Make: 'Samsung' },
      User: { UserAttributes: { city: ['Busan'] } },
    });
    expect(await get('e')).toMatchObject({
      Address: 'a@example.com',
      OptOut: 'ALL',
      Attributes: { keep: ['1'], replace: ['3'], added: ['4'] },
      Demographic: { Locale: 'ko_KR', Make: 'Samsung' },
      User: { UserId: 'u', UserAttributes: { grade: ['GOLD'], city: ['Busan'] } },
      CohortId: before.CohortId,
      CreationDate: before.CreationDate,
    });
    expect((await get('e')).Attributes).not.toHaveProperty('remove');
  });

  it('loses nothing when updates of different names meet', async () => {
    await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        put('e', {
          Attributes: { [`a${n}`]: ['1'] },
          User: { UserId: 'u', UserAttributes: { [`b${n}`]: ['2'] } },
        }),
      ),
    );
    const endpoint = await get('e');
    expect(Object.keys(endpoint.Attributes ?? {})).toHaveLength(6);
    expect(Object.keys(endpoint.User?.UserAttributes ?? {})).toHaveLength(6);
  });

  it('shares its user attributes with the other endpoints of the user', async () => {
    await put('e1', email('u', 'a@example.com'));
    await put('e2', { ...email('u', '+821000000000'), ChannelType: 'SMS' });
    await put('e1', { User: { UserAttributes: { grade: ['VIP'] } } });
    expect((await get('e2')).User?.UserAttributes).toEqual({ grade: ['VIP'] });
  });

  it('becomes inactive when another one takes its address, and active when it takes it back', async () => {
    await put('old', email('u1', 'same@example.com'));
    await put('sms', { ...email('u1', 'same@example.com'), ChannelType: 'SMS' });
    await put('new', email('u2', 'same@example.com'));
    const status = async (id: string) => (await get(id)).EndpointStatus;
    expect([await status('old'), await status('sms'), await status('new')]).toEqual([
      'INACTIVE',
      'ACTIVE',
      'ACTIVE',
    ]);
    const users = await engine.reader.users(app, ['u1', 'u2'], []);
    expect(users.get('u1')?.endpoints.find(({ id }) => id === 'old')?.status).toBe('INACTIVE');
    await put('old', {});
    expect([await status('old'), await status('new')]).toEqual(['ACTIVE', 'INACTIVE']);
  });

  it('frees its address when it moves to another or is deleted', async () => {
    await put('e1', email('u', 'one@example.com'));
    await put('e1', { Address: 'two@example.com' });
    await put('e2', email('u', 'one@example.com'));
    expect((await get('e1')).EndpointStatus).toBe('ACTIVE');
    await engine.client.send(new DeleteEndpointCommand({ ApplicationId: app, EndpointId: 'e2' }));
    await put('e3', email('u', 'one@example.com'));
    expect(await ofUser('u')).toEqual(['e1', 'e3']);
    await expect(get('e2')).rejects.toBeInstanceOf(NotFoundException);
  });

  it('moves to another user, and is then that one’s alone', async () => {
    await put('e', { ...email('u1', 'a@example.com'), User: { UserId: 'u1', UserAttributes: { a: ['1'] } } });
    await put('e', { User: { UserId: 'u2' } });
    expect([await ofUser('u1'), await ofUser('u2')]).toEqual([[], ['e']]);
    expect((await get('e')).User).toEqual({ UserId: 'u2' });
  });

  it('is refused as a sixteenth, unless it is a device: then the oldest device loses its user', async () => {
    const device = (n: number): { Id: string } & EndpointRequest => ({
      Id: `d${String(n).padStart(2, '0')}`,
      ChannelType: 'GCM',
      Address: `token-${n}`,
      EffectiveDate: `2026-01-${String(n + 1).padStart(2, '0')}T00:00:00.000Z`,
      User: { UserId: 'u' },
    });
    await putAll(Array.from({ length: 15 }, (_, n) => device((n + 7) % 15)));
    const error = await put('mail', email('u', 'a@example.com')).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(BadRequestException);
    expect((error as Error).message).toMatch(/15 endpoints/);

    const { Id, ...sixteenth } = device(15);
    await put(Id, sixteenth);
    expect(await ofUser('u')).toEqual(Array.from({ length: 15 }, (_, n) => device(n + 1).Id));
    expect(await get('d00')).toMatchObject({ EndpointStatus: 'INACTIVE' });
    expect((await get('d00')).User?.UserId).toBeUndefined();
    await put('d05', { Address: 'token-5b' });
  });

  it('takes the place of an inactive one before a live one has to go, whatever its channel', async () => {
    await putAll(
      Array.from({ length: 15 }, (_, n) => ({
        Id: `d${n}`,
        ChannelType: 'GCM' as const,
        Address: `token-${n}`,
        EffectiveDate: `2026-01-${String(n + 1).padStart(2, '0')}T00:00:00.000Z`,
        User: { UserId: 'u' },
      })),
    );
    await put('d9', { EndpointStatus: 'INACTIVE' });
    await put('mail', email('u', 'a@example.com'));
    expect(await ofUser('u')).toEqual(
      [...Array.from({ length: 15 }, (_, n) => `d${n}`).filter((id) => id !== 'd9'), 'mail'].sort(),
    );
  });

  it('never becomes the sixteenth of a user by a race', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 17 }, (_, n) => put(`e${n}`, email('u', `${n}@example.com`))),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(15);
    expect(await ofUser('u')).toHaveLength(15);
  });
});

describe('a user', () => {
  it('is deleted with its endpoints and attributes', async () => {
    await put('e1', { ...email('u', 'a@example.com'), User: { UserId: 'u', UserAttributes: { a: ['1'] } } });
    await put('e2', email('u', 'b@example.com'));
    const answer = await engine.client.send(
      new DeleteUserEndpointsCommand({ ApplicationId: app, UserId: 'u' }),
    );
    expect(answer.EndpointsResponse?.Item?.map(({ Id }) => Id)).toEqual(['e1', 'e2']);
    await expect(ofUser('u')).rejects.toBeInstanceOf(NotFoundException);
    await expect(get('e1')).rejects.toBeInstanceOf(NotFoundException);
    await put('e1', email('u', 'a@example.com'));
    expect((await get('e1')).User).toEqual({ UserId: 'u' });
  });
});

describe('a batch', () => {
  it('updates 100 endpoints, an endpoint that comes twice in its order', async () => {
    const items = Array.from({ length: 99 }, (_, n) => ({
      Id: `e${n}`,
      ...email(`u${n % 40}`, `${n}@example.com`),
    }));
    await putAll([...items, { Id: 'e0', Address: 'later@example.com', Attributes: { a: ['1'] } }]);
    expect(await get('e0')).toMatchObject({
      Address: 'later@example.com',
      ChannelType: 'EMAIL',
      User: { UserId: 'u0' },
    });
    expect(await ofUser('u7')).toEqual(['e47', 'e7', 'e87']);
  });

  it('writes nothing when an item is malformed, and names each', async () => {
    const error = await putAll([
      { Id: 'good', ChannelType: 'EMAIL' },
      { Id: 'bad', ChannelType: 'EMIAL' as 'EMAIL', Attributes: { ['n'.repeat(51)]: ['v'.repeat(101)] } },
      { Id: 'a#b' },
    ]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(BadRequestException);
    expect((error as Error).message).toMatch(/Item\[1\]\.ChannelType is "EMIAL"; allowed: .*nearest: EMAIL/);
    expect((error as Error).message).toMatch(/51 characters.*101 characters.*Item\[2\]\.Id/);
    await expect(get('good')).rejects.toBeInstanceOf(NotFoundException);
  });

  it.each([1e300, 2 ** 53, 1e-131])('refuses the number %s, which the table cannot keep', async (number) => {
    const refused = putAll([
      { Id: 'a', Metrics: { score: number } },
      { Id: 'b', Location: { Latitude: number } },
    ]);
    await expect(refused).rejects.toThrow(/Item\[0\]\.Metrics\.score is .*Item\[1\]\.Location\.Latitude is /);
  });

  it('refuses 101 endpoints', async () => {
    const items = Array.from({ length: 101 }, (_, n) => ({ Id: `e${n}` }));
    await expect(putAll(items)).rejects.toThrow(/101 endpoints; 1 to 100/);
  });

  it('tells which endpoints were refused, and does the others', async () => {
    await putAll(
      Array.from({ length: 15 }, (_, n) => ({ Id: `e${n}`, ...email('full', `${n}@example.com`) })),
    );
    const batch = putAll([
      { Id: 'x', ...email('full', 'x@example.com') },
      { Id: 'y', ...email('other', 'y@example.com') },
    ]);
    await expect(batch).rejects.toThrow(/1 of 2 endpoints were refused.*x: User full has 15/);
    expect(await ofUser('other')).toEqual(['y']);
    await expect(get('x')).rejects.toBeInstanceOf(NotFoundException);
  });
});

describe('an unknown application', () => {
  it('is not found, whatever is asked of it', async () => {
    app = 'nobody';
    await expect(put('e', {})).rejects.toThrow(/no application nobody/);
    await expect(get('e')).rejects.toBeInstanceOf(NotFoundException);
  });
});

describe('the rows of endpoints, users and addresses', () => {
  const ids = ['e1', 'e2', 'e3', 'e4'];
  const step = fc.record({
    id: fc.constantFrom(...ids),
    user: fc.constantFrom('u1', 'u2', undefined),
    address: fc.constantFrom('a1', 'a2', 'a3', undefined),
    action: fc.constantFrom('put', 'put', 'put', 'delete', 'deactivate'),
  });
  const run = async ({
    id,
    user,
    address,
    action,
  }: typeof step extends fc.Arbitrary<infer T> ? T : never) => {
    if (action === 'deactivate') return engine.writer.deactivate(app, id);
    if (action === 'delete') {
      return engine.client
        .send(new DeleteEndpointCommand({ ApplicationId: app, EndpointId: id }))
        .catch((error: unknown) => expect(error).toBeInstanceOf(NotFoundException));
    }
    return put(id, {
      ...(user === undefined ? {} : { User: { UserId: user } }),
      ...(address === undefined ? {} : { ChannelType: 'EMAIL', Address: address }),
    });
  };

  it('agree with one another after any sequence of changes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        app = await newApp(engine.client);
        for (const each of steps) await run(each);
        const rows = engine.rowsOf(app);
        const endpoints = await rows.endpoints(ids);
        const users = await rows.users(['u1', 'u2']);
        for (const [userId, user] of users) {
          const own = [...endpoints].filter(([, values]) => values['User.UserId'] === userId);
          expect(Object.keys(user.endpoints).sort()).toEqual(own.map(([id]) => id).sort());
          for (const [id, values] of own) {
            expect(user.endpoints[id]).toEqual({
              ...(values['Address'] === undefined ? {} : { a: values['Address'], c: values['ChannelType'] }),
              s: values['EndpointStatus'],
              o: 'NONE',
            });
          }
        }
        const active = [...endpoints.values()].filter((values) => values['EndpointStatus'] === 'ACTIVE');
        const addresses = active.flatMap((values) => values['Address'] ?? []);
        expect(new Set(addresses).size).toBe(addresses.length);
      }),
      { numRuns: WHOLE ? 40 : 5 },
    );
  });
});

describe('reads at delivery', () => {
  it('give the asked-for names of many users and endpoints, and leave unknown ones out', async () => {
    // One read takes 100 rows: some of these are asked for by the first, some by the second.
    await putAll(
      Array.from({ length: 15 }, (_, n) => n + 95).map((n) => ({
        Id: `e${n}`,
        ...email(`u${n}`, `${n}@example.com`),
        Attributes: { plan: ['basic'], other: ['x'] },
        Location: { City: 'Seoul' },
        User: { UserId: `u${n}`, UserAttributes: { name: [`n${n}`], secret: ['s'] } },
      })),
    );
    const userIds = Array.from({ length: 120 }, (_, n) => `u${n}`);
    const users = await engine.reader.users(app, [...userIds, 'u1'], ['User.UserAttributes.name', 'Address']);
    expect([...users.keys()].sort()).toEqual(Array.from({ length: 15 }, (_, n) => `u${n + 95}`).sort());
    expect(users.get('u100')).toEqual({
      values: { 'User.UserAttributes.name': ['n100'] },
      endpoints: [
        { id: 'e100', channel: 'EMAIL', address: '100@example.com', status: 'ACTIVE', optOut: 'NONE' },
      ],
    });
    const endpoints = await engine.reader.endpoints(
      app,
      ['e95', 'e109', 'none'],
      ['Attributes.plan', 'Location.City', 'Metrics.score'],
    );
    expect([...endpoints].sort()).toEqual([
      ['e109', { 'Attributes.plan': ['basic'], 'Location.City': 'Seoul' }],
      ['e95', { 'Attributes.plan': ['basic'], 'Location.City': 'Seoul' }],
    ]);
  });

  it('see an endpoint inactive once delivery has given it up', async () => {
    await put('e', email('u', 'a@example.com'));
    const another = { channel: 'EMAIL', address: 'before@example.com' };
    await engine.writer.deactivate(app, 'e', another);
    expect((await get('e')).EndpointStatus).toBe('ACTIVE');
    await engine.writer.deactivate(app, 'e', { ...another, address: 'a@example.com' });
    await engine.writer.deactivate(app, 'unknown');
    expect((await get('e')).EndpointStatus).toBe('INACTIVE');
    expect((await engine.reader.users(app, ['u'], [])).get('u')?.endpoints[0]?.status).toBe('INACTIVE');
    await expect(get('unknown')).rejects.toBeInstanceOf(NotFoundException);
  });
});
