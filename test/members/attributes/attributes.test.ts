import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dynamoAttributes } from '../../../lambdas/members/attributes/attribute-registry.aws.ts';
import { attributeWatch } from '../../../lambdas/members/attributes/attribute-watch.ts';
import { ruleAttributes } from '../../../lambdas/members/attributes/rule-attributes.ts';
import type { AttributeValue } from '../../../lambdas/members/member.ts';
import { userAttributes } from '../../../lambdas/members/user-attributes.ts';
import { dynamoOfFile, prefixes } from '../support/dynamo.ts';
import { memoryAttributes } from '../support/memory.ts';
import { attributeRegistryContract } from './attribute-registry.contract.ts';

const dynamo = await dynamoOfFile();
const prefix = prefixes();

describe('attributes in DynamoDB', () => {
  attributeRegistryContract(() => ({
    registry: dynamoAttributes(dynamo.attributes, dynamo.client),
    prefix: prefix(),
  }));
});
describe('attributes in memory', () => {
  attributeRegistryContract(() => ({ registry: memoryAttributes(), prefix: prefix() }));
});

const has = (userId: string, attributes: Record<string, AttributeValue | null>) => ({ userId, attributes });
const oneByOne = async (registry: ReturnType<typeof memoryAttributes>, members: ReturnType<typeof has>[]) => {
  const watch = attributeWatch(registry);
  for (const member of members) await watch.note([member]);
  return (await registry.all()).map(({ name, types, examples }) => [name, types.join(), examples]);
};

describe('the watch of attributes', () => {
  it('tells every name and type there is, from the first member on', async () => {
    const grade = { grade: 'GOLD', point: 1200, vip: true, tags: ['a'], birthday: '1990-01-31', gone: null };
    expect(await oneByOne(memoryAttributes(), [has('u1', grade), has('u2', { grade: 5 })])).toEqual([
      ['birthday', 'date', []],
      ['grade', 'number,text', []],
      ['point', 'number', []],
      ['tags', 'list', []],
      ['vip', 'boolean', []],
    ]);
  });

  it('shows a value once two members have it, and never what only one has', async () => {
    const values = fc.array(
      fc.tuple(fc.constantFrom('u1', 'u2', 'u3'), fc.constantFrom('a', 'b', 'c', 7, 8)),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(values, async (told) => {
        const [row] = await oneByOne(
          memoryAttributes(),
          told.map(([userId, grade]) => has(userId, { grade })),
        );
        const owners = (value: unknown) =>
          new Set(told.filter(([, one]) => one === value).map(([userId]) => userId)).size;
        const shared = ['a', 'b', 'c', 7, 8].filter((value) => owners(value) > 1);
        expect(new Set(row?.[2] ?? [])).toEqual(new Set(shared));
      }),
      { numRuns: 60 },
    );
  });

  it('shows nothing that tells who somebody is, though two have it', async () => {
    const personal = [
      'kim@example.com',
      '010-1234-5678',
      '01012345678',
      '1990-01-31',
      'x'.repeat(31),
      20260101123,
    ];
    const members = personal.flatMap((value, index) =>
      ['u1', 'u2'].map((userId) => has(userId, { [`a${index}`]: value, birthday: '1990-01-31', vip: true })),
    );
    for (const [, , examples] of await oneByOne(memoryAttributes(), members)) expect(examples).toEqual([]);
  });

  it('takes examples back when an attribute turns out to have too many values', async () => {
    const registry = memoryAttributes();
    const pair = (value: string) => [has('u1', { name: value }), has('u2', { name: value })];
    expect(await oneByOne(registry, [...pair('a'), ...pair('b')])).toEqual([['name', 'text', ['a', 'b']]]);
    const names = Array.from({ length: 60 }, (_, index) => `n${index}`);
    expect(await oneByOne(registry, names.flatMap(pair))).toEqual([['name', 'text', []]]);
  });

  it('shows ten at most', async () => {
    const pairs = Array.from({ length: 30 }, (_, index) =>
      ['u1', 'u2'].map((userId) => has(userId, { size: index })),
    ).flat();
    const [row] = await oneByOne(memoryAttributes(), pairs);
    expect(row?.[2]).toHaveLength(10);
  });

  it('writes what is new and nothing else', async () => {
    const registry = memoryAttributes();
    await oneByOne(registry, [has('u1', { grade: 'GOLD' })]);
    expect(registry.written).toBe(1);
    await oneByOne(registry, [has('u2', { grade: 'VIP' }), has('u2', { grade: 'VIP' }), has('u3', {})]);
    expect(registry.written).toBe(1);
  });
});

describe('a member’s attributes in rules', () => {
  it('are custom ones, the profile and consents; of one name the one that messages show', () => {
    const texts = { name: '김서연', email: 'kim@example.com', locale: 'ko-KR' };
    const attributes = { name: 'custom', email: 'custom', grade: 'GOLD', timeZone: 'custom' };
    const at = '2026-01-01T00:00:00.000Z';
    const consents = { push: { advertising: { granted: false, at, how: 'web' } } };
    const found = ruleAttributes({ texts, attributes, consents });
    expect(found).toEqual({
      name: '김서연',
      email: 'custom',
      locale: 'ko-KR',
      grade: 'GOLD',
      timeZone: 'custom',
      'consents.push.advertising': false,
    });
    for (const [name, [value]] of Object.entries(userAttributes({ texts, attributes })))
      expect(found[name]).toBe(value);
  });
});
