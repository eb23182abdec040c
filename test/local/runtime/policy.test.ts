import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds, parseAddress, parseCidr } from '../../../local/runtime/gateway/cidr.ts';
import { compilePolicy } from '../../../local/runtime/gateway/policy.ts';
import type { Json } from '../../../local/runtime/template/template.ts';

const API = 'arn:aws:execute-api:ap-northeast-2:000000000000:abcdefghij';
const EVERY = { Action: 'execute-api:Invoke', Principal: { AWS: '*' }, Resource: 'execute-api:/*' };
const allowList = (...cidrs: string[]): Json => ({
  Version: '2012-10-17',
  Statement: [
    { ...EVERY, Effect: 'Deny', Condition: { NotIpAddress: { 'aws:SourceIp': cidrs } } },
    { ...EVERY, Effect: 'Allow' },
  ],
});
const judge = (document: Json, sourceIp: string, path = '/v1/GET/events') =>
  compilePolicy(document, { apiArn: API })({ sourceIp, resourceArn: `${API}${path}` });

/** The slow, obvious matcher: compares bit texts. */
const bitsOf = (octets: readonly number[], width: number): string =>
  octets.map((octet) => octet.toString(2).padStart(width, '0')).join('');

const ipv4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
const ipv6 = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 });
const text6 = (parts: readonly number[]): string => parts.map((part) => part.toString(16)).join(':');

describe('CIDR blocks', () => {
  test('an IPv4 block holds exactly the addresses that share its first bits', () => {
    fc.assert(
      fc.property(ipv4, ipv4, fc.nat(32), fc.boolean(), (network, other, bits, near) => {
        // Random addresses rarely share a prefix: half the time the address is made from the network's own.
        const address = near ? [...network.slice(0, 3), other[3]] : other;
        const expected = bitsOf(network, 8).slice(0, bits) === bitsOf(address, 8).slice(0, bits);
        expect(holds(parseCidr(`${network.join('.')}/${bits}`), address.join('.'))).toBe(expected);
      }),
    );
  });

  test('an IPv6 block holds exactly the addresses that share its first bits', () => {
    fc.assert(
      fc.property(ipv6, ipv6, fc.nat(128), fc.nat(8), (network, other, bits, shared) => {
        const address = [...network.slice(0, shared), ...other.slice(shared)];
        const expected = bitsOf(network, 16).slice(0, bits) === bitsOf(address, 16).slice(0, bits);
        expect(holds(parseCidr(`${text6(network)}/${bits}`), text6(address))).toBe(expected);
      }),
    );
  });

  test('zeros may be shortened anywhere', () => {
    fc.assert(
      fc.property(ipv6, fc.nat(7), fc.integer({ min: 1, max: 8 }), (parts, from, length) => {
        const zeroed = parts.map((part, index) => (index >= from && index < from + length ? 0 : part));
        const head = zeroed.slice(0, from).map((part) => part.toString(16));
        const tail = zeroed.slice(from + length).map((part) => part.toString(16));
        expect(parseAddress(`${head.join(':')}::${tail.join(':')}`)).toEqual(parseAddress(text6(zeroed)));
      }),
    );
  });

  test('an IPv4 address behind a dual-stack socket is an IPv4 address', () => {
    expect(holds(parseCidr('10.0.0.0/8'), '::ffff:10.1.2.3')).toBe(true);
    expect(holds(parseCidr('::/0'), '10.1.2.3')).toBe(false);
  });

  test.each([
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.256',
    '::/129',
    'localhost',
    '10.0.0.0/8/8',
    '1:2',
    '010.0.0.1',
  ])('%s is refused', (text) => {
    expect(() => parseCidr(text)).toThrow(text);
  });
});

describe('the resource policy', () => {
  test('denies every address outside the allow-list and allows those inside', () => {
    const policy = allowList('127.0.0.1/32', '2001:db8::/32');
    expect(judge(policy, '127.0.0.1')).toBe('allow');
    expect(judge(policy, '127.0.0.2')).toBe('explicit-deny');
    expect(judge(policy, '2001:db8:1::1')).toBe('allow');
    expect(judge(policy, '2001:db9::1')).toBe('explicit-deny');
  });

  test('an explicit deny wins over any number of allows', () => {
    const statement = fc.record({
      ...Object.fromEntries(Object.entries(EVERY).map(([key, value]) => [key, fc.constant(value)])),
      Effect: fc.constantFrom('Allow', 'Deny'),
    });
    fc.assert(
      fc.property(fc.array(statement), (Statement) => {
        const denies = Statement.some(({ Effect }) => Effect === 'Deny');
        const expected = denies ? 'explicit-deny' : Statement.length > 0 ? 'allow' : 'implicit-deny';
        expect(judge({ Statement } as unknown as Json, '10.0.0.1')).toBe(expected);
      }),
    );
  });

  test('a statement speaks of the methods and paths of its Resource only', () => {
    const policy = { Statement: { ...EVERY, Effect: 'Allow', Resource: 'execute-api:/v1/GET/*' } };
    expect(judge(policy, '10.0.0.1', '/v1/GET/members/1')).toBe('allow');
    expect(judge(policy, '10.0.0.1', '/v1/POST/members')).toBe('implicit-deny');
    const other = { Statement: { ...EVERY, Effect: 'Allow', Resource: `${API.replace('abc', 'xyz')}/*` } };
    expect(judge(other, '10.0.0.1')).toBe('implicit-deny');
  });

  test('an action other than Invoke is not about requests', () => {
    expect(
      judge({ Statement: { ...EVERY, Effect: 'Deny', Action: 'execute-api:ManageConnections' } }, '::1'),
    ).toBe('implicit-deny');
  });

  test.each<[string, Json, RegExp]>([
    ['an operator', { Condition: { StringEquals: { 'aws:SourceIp': '10.0.0.1' } } }, /StringEquals/],
    ['a condition key', { Condition: { IpAddress: { 'aws:VpcSourceIp': '10.0.0.1' } } }, /aws:VpcSourceIp/],
    ['a principal', { Principal: { AWS: 'arn:aws:iam::1:root' } }, /Principal/],
    ['no principal at all', { Principal: null }, /Principal/],
    ['an element', { NotResource: 'x' }, /NotResource/],
    ['a condition without keys', { Condition: { IpAddress: '10.0.0.1' } }, /object of keys/],
    ['an effect', { Effect: 'Maybe' }, /Maybe/],
    ['a broken address', { Condition: { IpAddress: { 'aws:SourceIp': ['10.0.0'] } } }, /10\.0\.0/],
  ])('%s it does not know stops it at start', (_, part, message) => {
    const statement = { ...EVERY, Effect: 'Allow', ...(part as object) } as Json;
    expect(() => compilePolicy({ Statement: statement }, { apiArn: API })).toThrow(message);
  });
});
