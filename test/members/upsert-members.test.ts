import { describe, expect, it } from 'vitest';
import { attributeWatch } from '../../lambdas/members/attributes/attribute-watch.ts';
import { memberView } from '../../lambdas/members/member-view.ts';
import { postMembers } from '../../lambdas/members/post-members.ts';
import { putMember } from '../../lambdas/members/put-member.ts';
import { fingerprint, memoryAttributes, memoryEngine, memoryMembers } from './support/memory.ts';

const NOW = Date.UTC(2026, 10, 21);
const ctxAt = (now: number) => ({ actor: 'key', requestId: 'r-1', now, deadline: now + 1000 });
const ctx = ctxAt(NOW);

function shop(failing?: Parameters<typeof memoryEngine>[0]) {
  const engine = memoryEngine(failing);
  const attributes = attributeWatch(memoryAttributes());
  const deps = { members: memoryMembers(), endpoints: engine.registry, attributes, fingerprint };
  const stored = async (userId: string) => (await deps.members.getAll([userId])).get(userId);
  return { engine, deps, stored };
}

const KIM = {
  name: '김서연',
  email: 'kim@Example.com',
  phone: '010-0000-1234',
  pushTokens: [{ platform: 'FCM', token: 'token-aaaaaaaa' }],
  locale: 'ko-KR',
  timeZone: 'Asia/Seoul',
  attributes: { grade: 'GOLD', point: 1200, vip: true, tags: ['knit', 'coat'], birthday: '1990-01-31' },
  consents: { push: { advertising: true }, sms: { advertising: false } },
};

describe('a member', () => {
  it('has one endpoint per address, open to informational messages whatever was said of advertising', async () => {
    const { engine, deps } = shop();
    await putMember(deps, ctx, 'u1', KIM);
    expect(engine.active('u1')).toEqual(['EMAIL kim@example.com', 'GCM token-aaaaaaaa', 'SMS +821000001234']);
    expect(engine.endpoint('push:u1:aaaaaaaa')).toMatchObject({
      OptOut: 'NONE',
      Demographic: { Locale: 'ko_KR', Timezone: 'Asia/Seoul' },
    });
    expect(engine.endpoint('sms:u1')).toMatchObject({ OptOut: 'NONE' });
    expect(engine.attributes('u1')).toEqual({
      grade: ['GOLD'],
      point: ['1200'],
      vip: ['true'],
      tags: ['knit', 'coat'],
      birthday: ['1990-01-31'],
      name: ['김서연'],
      locale: ['ko-KR'],
      timeZone: ['Asia/Seoul'],
    });
  });

  it('is on Kakao by the Kakao id, or by the phone number once asked about Kakao', async () => {
    const { engine, deps } = shop();
    await putMember(deps, ctx, 'u1', { phone: '010-0000-1234' });
    expect(engine.active('u1')).toEqual(['SMS +821000001234']);
    await putMember(deps, ctxAt(NOW + 1000), 'u1', { consents: { kakao: { advertising: true } } });
    expect(engine.active('u1')).toEqual(['CUSTOM +821000001234', 'SMS +821000001234']);
    await putMember(deps, ctxAt(NOW + 2000), 'u1', { kakaoId: 'k-77' });
    expect(engine.active('u1')).toEqual(['CUSTOM k-77', 'SMS +821000001234']);
    await putMember(deps, ctxAt(NOW + 3000), 'u1', { kakaoId: null, phone: null });
    expect(engine.active('u1')).toEqual([]);
  });

  it('keeps what a later request does not name, loses what it sets to null', async () => {
    const { engine, deps } = shop();
    await putMember(deps, ctx, 'u1', KIM);
    const later = await putMember(deps, ctxAt(NOW + 1000), 'u1', {
      email: null,
      attributes: { grade: 'VIP', point: null },
    });
    expect(later).toMatchObject({ name: '김서연', attributes: { grade: 'VIP', vip: true } });
    expect(later).not.toHaveProperty('email');
    expect(later.attributes).not.toHaveProperty('point');
    expect([later.createdAt, later.updatedAt]).toEqual([
      '2026-11-21T00:00:00.000Z',
      '2026-11-21T00:00:01.000Z',
    ]);
    expect(engine.active('u1')).toEqual(['GCM token-aaaaaaaa', 'SMS +821000001234']);
    expect(engine.attributes('u1')).not.toHaveProperty('point');
  });

  it('has only the devices of the last list', async () => {
    const { engine, deps } = shop();
    await putMember(deps, ctx, 'u1', KIM);
    await putMember(deps, ctx, 'u1', {
      email: null,
      phone: null,
      pushTokens: [{ platform: 'APNS', token: 'token-bbbbbbbb' }],
    });
    expect(engine.active('u1')).toEqual(['APNS token-bbbbbbbb']);
  });

  it('is repaired by the same request when the engine was down, addresses that went away included', async () => {
    let down = false;
    const { engine, deps, stored } = shop(() =>
      down ? { code: 'unavailable', message: 'down' } : undefined,
    );
    await putMember(deps, ctx, 'u1', KIM);
    down = true;
    const change = { email: null, attributes: { point: null } };
    await expect(putMember(deps, ctx, 'u1', change)).rejects.toMatchObject({ code: 'unavailable' });
    expect((await stored('u1'))?.texts).not.toHaveProperty('email');
    expect(engine.active('u1')).toContain('EMAIL kim@example.com');
    down = false;
    await putMember(deps, ctx, 'u1', change);
    expect(engine.active('u1')).not.toContain('EMAIL kim@example.com');
    expect(engine.attributes('u1')).not.toHaveProperty('point');
    expect((await stored('u1'))?.retired).toEqual({ endpoints: [], attributes: [] });
  });

  it('loses no field when two requests change it at the same time', async () => {
    const { deps, stored } = shop();
    const changes = ['a', 'b', 'c'].map((name) => putMember(deps, ctx, 'u1', { attributes: { [name]: 1 } }));
    await Promise.all(changes);
    expect((await stored('u1'))?.attributes).toEqual({ a: 1, b: 1, c: 1 });
  });

  it('keeps the newest consent by its own time, and the day it was given when it is only repeated', async () => {
    const { deps } = shop();
    const consent = (granted: boolean, at?: string) => ({
      consents: { email: { advertising: at ? { granted, at, how: 'form' } : granted } },
    });
    await putMember(deps, ctx, 'u1', consent(true, '2026-11-20T00:00:00Z'));
    const repeated = await putMember(deps, ctx, 'u1', consent(true));
    expect(repeated.consents).toEqual({
      email: { advertising: { granted: true, at: '2026-11-20T00:00:00.000Z', how: 'form' } },
    });
    const older = await putMember(deps, ctx, 'u1', consent(false, '2026-11-19T00:00:00Z'));
    expect(older.consents).toEqual(repeated.consents);
    const withdrawn = await putMember(deps, ctx, 'u1', consent(false));
    expect(withdrawn.consents).toEqual({
      email: { advertising: { granted: false, at: '2026-11-21T00:00:00.000Z', how: 'api' } },
    });
  });

  it.each([
    ['an unknown field', { nick: 'x' }, 'nick'],
    ['another userId than the path', { userId: 'u2' }, 'userId'],
    ['an attribute name with a dot', { attributes: { 'a.b': 1 } }, 'attributes.a.b'],
    ['an attribute value that is too long', { attributes: { a: 'x'.repeat(101) } }, 'attributes.a'],
    ['an attribute that is an object', { attributes: { a: {} } }, 'attributes.a'],
    [
      'a device of an unknown platform',
      { pushTokens: [{ platform: 'WEB', token: 't' }] },
      'pushTokens.0.platform',
    ],
    ['a list', [], ''],
  ])('is refused with %s', async (_, body, field) => {
    await expect(putMember(shop().deps, ctx, 'u1', body)).rejects.toMatchObject({
      code: 'validation',
      field,
    });
  });
});

describe('a batch of members', () => {
  it('saves the good ones and tells the bad ones by their place', async () => {
    const { deps, stored } = shop((userId) =>
      userId === 'u9' ? { code: 'unprocessable', message: 'no' } : undefined,
    );
    const answer = await postMembers(deps, ctx, {
      members: [
        { userId: 'u1', email: 'kim@example.com' },
        { userId: 'u2', email: 'kim' },
        { name: 'nobody' },
        { userId: 'u1', name: 'again' },
        7,
        { userId: 'u9', phone: '010-0000-0009' },
      ],
    });
    expect(answer.status).toBe(207);
    expect(answer.body).toMatchObject({
      accepted: 1,
      rejected: 5,
      errors: [
        { index: 1, userId: 'u2', code: 'validation', field: 'email' },
        { index: 2, userId: null, field: 'userId' },
        { index: 3, userId: 'u1', field: 'userId' },
        { index: 4, userId: null, code: 'validation' },
        { index: 5, userId: 'u9', code: 'unprocessable' },
      ],
    });
    expect((await stored('u1'))?.texts).toEqual({ email: 'kim@example.com' });
    expect(await stored('u9')).toBeDefined();
  });

  it.each([
    ['point', 1e21],
    ['point', -(2 ** 53)],
    ['point', 1e-131],
    ['constructor', 'x'],
    ['__proto__', 'x'],
  ])('tells an attribute that cannot be stored (%s: %s), and keeps the others', async (name, value) => {
    const { deps, stored } = shop();
    const attributes = Object.fromEntries([[name, value]]);
    const answer = await postMembers(deps, ctx, {
      members: [{ userId: 'u1', attributes }, { userId: 'u2' }],
    });
    expect(answer.body).toMatchObject({ accepted: 1, errors: [{ index: 0, field: `attributes.${name}` }] });
    expect(await stored('u1')).toBeUndefined();
  });

  it('is 200 when all went well', async () => {
    const { deps } = shop();
    const members = Array.from({ length: 100 }, (_, index) => ({ userId: `u${index}` }));
    expect(await postMembers(deps, ctx, { members })).toEqual({ status: 200, body: { accepted: 100 } });
  });

  it.each([
    ['more than 100', { members: Array.from({ length: 101 }, () => ({})) }],
    ['none', { members: [] }],
    ['no list', {}],
    ['an unknown field', { members: [{ userId: 'u1' }], dryRun: true }],
    ['null', null],
  ])('is refused as a whole with %s', async (_, body) => {
    await expect(postMembers(shop().deps, ctx, body)).rejects.toMatchObject({ code: 'validation' });
  });
});

describe('what is shown of a member', () => {
  it('leaves out what is ours alone', async () => {
    const { deps, stored } = shop();
    await putMember(deps, ctx, 'u1', KIM);
    const member = await stored('u1');
    expect(Object.keys(member ? memberView(member) : {}).sort()).toEqual(
      [
        'attributes',
        'consents',
        'createdAt',
        'email',
        'locale',
        'name',
        'phone',
        'pushTokens',
        'timeZone',
        'updatedAt',
        'userId',
      ].sort(),
    );
  });
});
