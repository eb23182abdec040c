import { describe, expect, it } from 'vitest';
import type { EventRow } from '../../lambdas/events/index.ts';
import { addressesOf } from '../../lambdas/members/addresses.ts';
import { ruleAttributes } from '../../lambdas/members/attributes/rule-attributes.ts';
import { memberEndpoints } from '../../lambdas/members/endpoints.ts';
import { dynamoMemberProfiles } from '../../lambdas/members/member-profile.aws.ts';
import { dynamoMemberReaches } from '../../lambdas/members/member-reach.aws.ts';
import { dynamoMemberScan } from '../../lambdas/members/member-scan.aws.ts';
import { dynamoMembers } from '../../lambdas/members/member-store.aws.ts';
import { foldEvents } from '../../lambdas/members/state/fold-events.ts';
import { dynamoMemberStates } from '../../lambdas/members/state/member-states.aws.ts';
import { dynamoStates } from '../../lambdas/members/state/state-store.aws.ts';
import { userAttributes } from '../../lambdas/members/user-attributes.ts';
import { plainClientOf } from '../../lambdas/shared/dynamodb.aws.ts';
import { memberStoreContract, someMember } from './member-store.contract.ts';
import { stateStoreContract } from './state-store.contract.ts';
import { dynamoOfFile, prefixes } from './support/dynamo.ts';
import { memoryMembers, memoryStates } from './support/memory.ts';

const dynamo = await dynamoOfFile();
const prefix = prefixes();

describe('members in DynamoDB', () => {
  memberStoreContract(() => ({ store: dynamoMembers(dynamo.members, dynamo.client), prefix: prefix() }));
});
describe('members in memory', () => {
  memberStoreContract(() => ({ store: memoryMembers(), prefix: prefix() }));
});
describe('member state in DynamoDB', () => {
  stateStoreContract(() => ({ store: dynamoStates(dynamo.states, dynamo.client), prefix: prefix() }));
});
describe('member state in memory', () => {
  stateStoreContract(() => ({ store: memoryStates(), prefix: prefix() }));
});

describe('a scan of all members', () => {
  it('meets everyone once, in whatever many parts', async () => {
    const store = dynamoMembers(dynamo.members, dynamo.client);
    const mine = prefix();
    const wanted = Array.from({ length: 30 }, (_, index) => `${mine}${index}`);
    await Promise.all(wanted.map((userId) => store.put(someMember(userId), 0)));
    for (const parts of [1, 4]) {
      const met: string[] = [];
      for (let part = 0; part < parts; part++) {
        for await (const page of dynamoMemberScan(dynamo.members, dynamo.client).scan({
          part,
          parts,
          attributes: ['회원 등급'],
        })) {
          for (const { userId, attributes } of page) {
            if (userId.startsWith(mine)) met.push(userId);
            expect(attributes['회원 등급']).toBe('GOLD');
          }
        }
      }
      expect(met.sort()).toEqual([...wanted].sort());
    }
  });
});

describe('a scan of members', () => {
  it('asks for rows as they were last written', async () => {
    const client = plainClientOf(dynamo.client);
    const asked: object[] = [];
    client.middlewareStack.add(
      (next) => (args) => {
        asked.push(args.input);
        return next(args);
      },
      { name: 'asked' },
    );
    const scan = dynamoMemberScan(dynamo.members, dynamo.client);
    for await (const _ of scan.scan({ part: 0, parts: 1, attributes: ['grade'] }));
    client.middlewareStack.remove('asked');
    expect(asked.length).toBeGreaterThan(0);
    for (const one of asked) expect(one).toMatchObject({ ConsistentRead: true });
  });
});

describe('what rules may name of a member', () => {
  it('is what a scan, or the row alone, gives: custom attributes, the profile and consents', async () => {
    const mine = prefix();
    const at = '2026-01-01T00:00:00.000Z';
    const member = {
      ...someMember(`${mine}kim`),
      texts: { name: '김서연', email: 'kim@example.com', locale: 'ko-KR' },
      attributes: { name: 'custom', email: 'custom', pk: 'p', attributes: 'a', grade: 'GOLD' },
      consents: {
        push: { advertising: { granted: true, at, how: 'web' }, night: { granted: false, at, how: 'web' } },
      },
    };
    await dynamoMembers(dynamo.members, dynamo.client).put(member, 0);
    const scan = dynamoMemberScan(dynamo.members, dynamo.client);
    const scanned = async (...attributes: string[]) => {
      for await (const page of scan.scan({ part: 0, parts: 1, attributes }))
        for (const row of page) if (row.userId === member.userId) return row.attributes;
      return undefined;
    };
    expect(await scanned()).toEqual({});
    expect(await scanned('name', 'email', 'phone', 'locale', 'pk', 'attributes', 'grad', 'pk.x')).toEqual({
      name: '김서연',
      email: 'custom',
      locale: 'ko-KR',
      pk: 'p',
      attributes: 'a',
    });
    expect(
      await scanned('consents.push.advertising', 'consents.push.night', 'consents.sms.advertising'),
    ).toEqual({
      'consents.push.advertising': true,
      'consents.push.night': false,
    });
    const all = ruleAttributes(member);
    expect((await scan.row(member.userId))?.attributes).toEqual(all);
    expect(await scanned(...Object.keys(all), ...Array.from({ length: 60 }, (_, n) => `a${n}`))).toEqual(all);
  });
});

describe('the states of members, for other domains', () => {
  it('are the items of those of whom events have told, however often they are asked for', async () => {
    const mine = prefix();
    const states = dynamoStates(dynamo.states, dynamo.client);
    const viewed = foldEvents(undefined, [
      {
        event_id: '1',
        name: 'view_item',
        occurred_at: '2026-11-01 00:00:00.000',
        received_at: '2026-11-01 00:00:00.000',
        properties: JSON.stringify({ item_id: 'P1', item_name: '코트', price: 9 }),
      } as EventRow,
    ]);
    if (viewed === undefined) throw new Error('nothing was folded');
    await states.write({ members: new Map([[`${mine}1`, viewed]]) });
    const found = await dynamoMemberStates(dynamo.states, dynamo.client).batch([
      `${mine}1`,
      `${mine}2`,
      `${mine}1`,
    ]);
    expect([...found]).toEqual([
      [`${mine}1`, { cart: [], viewed: [{ itemId: 'P1', name: '코트', price: 9 }] }],
    ]);
  });
});

describe('how members may be reached, for other domains', () => {
  it('is their consents and their zone as last written, and nothing else of them', async () => {
    const mine = prefix();
    const store = dynamoMembers(dynamo.members, dynamo.client);
    const kim = someMember(`${mine}kim`);
    const lee = { ...someMember(`${mine}lee`), texts: { timeZone: 'America/New_York' }, consents: {} };
    await Promise.all([kim, lee].map((member) => store.put(member, 0)));
    const reaches = dynamoMemberReaches(dynamo.members, dynamo.client);
    const asked = [kim.userId, lee.userId, kim.userId, `${mine}nobody`];
    expect(await reaches.batch(asked)).toEqual(
      new Map([
        [kim.userId, { consents: kim.consents }],
        [lee.userId, { consents: {}, timeZone: 'America/New_York' }],
      ]),
    );
    await store.put({ ...kim, version: 2, consents: {} }, 1);
    expect((await reaches.batch([kim.userId])).get(kim.userId)).toEqual({ consents: {} });
  });
});

describe('the profiles of members, for estimates', () => {
  it('count the endpoints that the engine is told of, by channel, and name the channels that are closed', async () => {
    const store = dynamoMembers(dynamo.members, dynamo.client);
    const mine = prefix();
    const member = {
      ...someMember(`${mine}1`),
      texts: { email: 'a@example.com', phone: '+821012345678', timeZone: 'Asia/Tokyo' },
      pushTokens: [
        { platform: 'FCM', token: 't1' },
        { platform: 'APNS', token: 't2' },
      ],
      consents: { sms: { advertising: { granted: false, at: '2026-01-01T00:00:00.000Z', how: 'web' } } },
    } as const;
    await store.put(member, 0);
    const found = await dynamoMemberProfiles(dynamo.members, dynamo.client).batch(
      [`${mine}1`, `${mine}gone`, `${mine}1`],
      { attributes: false },
    );
    expect([...found.keys()]).toEqual([`${mine}1`]);
    const told = memberEndpoints(
      member,
      addressesOf(member, (token) => token),
    ).items;
    const types = (...channels: string[]) =>
      told.filter(({ ChannelType = '' }) => channels.includes(ChannelType)).length;
    expect(found.get(`${mine}1`)).toEqual({
      consents: member.consents,
      timeZone: 'Asia/Tokyo',
      attributes: {},
      addresses: {
        push: types('GCM', 'APNS'),
        email: types('EMAIL'),
        sms: types('SMS'),
        kakao: types('CUSTOM'),
      },
    });
    expect(found.get(`${mine}1`)?.addresses.push).toBe(2);
    const profiles = dynamoMemberProfiles(dynamo.members, dynamo.client);
    const whole = await profiles.batch([`${mine}1`], { attributes: true });
    expect(whole.get(`${mine}1`)?.attributes).toEqual(userAttributes(member));
    expect(userAttributes(member)).not.toEqual({});
  });
});
