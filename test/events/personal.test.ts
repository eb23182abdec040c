import { randomUUID } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalOf } from '../../lambdas/events/arrival.ts';
import { collectEvents } from '../../lambdas/events/collect-events.ts';
import { holdsAddress, keptAddress } from '../../lambdas/events/page-address.ts';
import { hasHashed, pseudonymous, withoutPersonal } from '../../lambdas/events/personal.ts';
import { secretPseudonyms } from '../../lambdas/events/pii-key.aws.ts';
import { canonical, type Pseudonyms, pseudonymOf } from '../../lambdas/events/pseudonym.ts';
import { countedIds, memoryQuarantine, memoryStream, pseudonyms } from './quarantine/support/memory.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const ctx = { actor: 'key', requestId: 'r-1', now: NOW, deadline: NOW + 1000 };
const arrival = arrivalOf({ door: 'private' }, {}, NOW);
const HASH = /^[0-9a-f]{64}$/;

const login = (properties: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  event_id: randomUUID(),
  name: 'login',
  occurred_at: NOW,
  user_id: 'u1',
  properties,
  ...more,
});

async function collect(body: unknown, key: Pseudonyms = pseudonyms) {
  const [stream, quarantine] = [memoryStream(), memoryQuarantine()];
  const deps = { stream, quarantine, ids: countedIds(), pseudonyms: key };
  const result = await collectEvents(deps, ctx, { body, arrival });
  const stored = stream.rows().map((row) => JSON.parse(row.properties) as Record<string, unknown>);
  return { result, stored, text: JSON.stringify(stream.rows()), quarantine };
}
const unreadable: Pseudonyms = async () => undefined;

describe('personal properties', () => {
  it('reach the lake as a keyed hash, or not at all, as the plan says', async () => {
    const { stored, text } = await collect([
      login({ email: 'kim@example.com', phone: '010-1234-5678', name: '김민지', method: 'kakao' }),
    ]);
    expect(stored[0]).toEqual({
      user_id: 'u1',
      method: 'kakao',
      email: expect.stringMatching(HASH),
      phone: expect.stringMatching(HASH),
    });
    expect(text).not.toMatch(/kim@|1234|김민지/);
  });

  it('have one hash however they are written, in whatever event and property', async () => {
    const { stored } = await collect([
      login({ email: ' Kim@Example.com', phone: '010-1234-5678' }),
      { ...login({ email: 'kim@example.com', phone: '+82 10 1234 5678' }), name: 'sign_up' },
      login({ email: '+82 (0)10.1234.5678', phone: 'KIM@example.com ' }),
      login({ email: 'lee@example.com', phone: '010-1234-5679' }),
    ]);
    const [first, second, swapped, other] = stored;
    expect([second?.['email'], second?.['phone']]).toEqual([first?.['email'], first?.['phone']]);
    expect([swapped?.['phone'], swapped?.['email']]).toEqual([first?.['email'], first?.['phone']]);
    expect([first?.['email'], first?.['phone']]).not.toContain(other?.['email']);
    expect(other?.['phone']).not.toBe(first?.['phone']);
  });

  it('cannot be found by trying without the key', () => {
    const [one, other] = [pseudonymOf('a'.repeat(32)), pseudonymOf('b'.repeat(32))];
    expect(one('kim@example.com')).not.toBe(other('kim@example.com'));
    expect(() => pseudonymOf('short')).toThrow(/32/);
  });

  it('that cannot be hashed are told unavailable, and nothing of them is stored; the others go on', async () => {
    const batch = [
      login({ email: 'kim@example.com' }),
      login({ name: '김민지' }),
      login({ method: 1 }),
      login({ phone: '010-1234-5678' }, { consent: { analytics: false } }),
    ];
    const { result, text, quarantine } = await collect(batch, unreadable);
    expect(result.accepted).toBe(2);
    expect(result.errors).toMatchObject([
      { index: 0, code: 'unavailable', quarantine_id: null, event_id: batch[0]?.event_id },
      { index: 2, code: 'validation' },
    ]);
    expect(text + JSON.stringify(quarantine.all())).not.toMatch(/kim@|1234-|김민지/);
    await expect(collect(login({ email: 'kim@example.com' }), unreadable)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('ask for the key only when there is one to hash', async () => {
    let asked = 0;
    const counting: Pseudonyms = async () => {
      asked += 1;
      return pseudonyms();
    };
    await collect([login({ method: 'kakao' }), { ...login({}), name: 'page_view' }], counting);
    expect(asked).toBe(0);
    await collect([login({ email: 'a@example.com' }), login({ email: 'b@example.com' })], counting);
    expect(asked).toBe(1);
  });

  it('are found inside lists and objects', () => {
    const marks = [
      { path: ['items', '[]', 'recipient', 'phone'], as: 'hash' },
      { path: ['items', '[]', 'note'], as: 'drop' },
      { path: ['emails', '[]'], as: 'hash' },
    ] as const;
    const sent = {
      items: [{ item_id: 'P1', note: 'for Kim', recipient: { phone: '01012345678' } }, { item_id: 'P2' }],
      emails: ['a@example.com', null],
      total: 1,
    };
    expect(pseudonymous(marks, sent, (value) => `#${value}`)).toEqual({
      items: [{ item_id: 'P1', recipient: { phone: '#01012345678' } }, { item_id: 'P2' }],
      emails: ['#a@example.com', null],
      total: 1,
    });
    expect(withoutPersonal(marks, sent)).toEqual({
      items: [{ item_id: 'P1', recipient: {} }, { item_id: 'P2' }],
      emails: [],
      total: 1,
    });
    expect([hasHashed(marks, sent), hasHashed(marks, { items: [{ note: 'x' }] })]).toEqual([true, false]);
  });

  it('leave everything else as it was', () => {
    const marks = [{ path: ['email'], as: 'hash' }] as const;
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.emailAddress(), (others, email) => {
        const { email: _, ...rest } = others;
        const after = pseudonymous(marks, { ...rest, email }, () => 'hash');
        expect(after).toEqual({ ...rest, email: 'hash' });
      }),
    );
  });
});

describe('a value before it is hashed', () => {
  it.each([
    [' Kim@Example.COM ', 'kim@example.com'],
    ['010-1234-5678', '+821012345678'],
    ['+82 (0)10 1234 5678', '+821012345678'],
    ['+1 415 555 0100', '+14155550100'],
    ['Member No. 7', 'Member No. 7'],
  ])('"%s" is written %s', (value, written) => {
    expect(canonical(value)).toBe(written);
    expect(canonical(written)).toBe(written);
  });
});

describe('the key', () => {
  const client = (answers: (string | Error)[]) => {
    const sdk = new SecretsManagerClient({ region: 'us-east-1' });
    let calls = 0;
    sdk.send = (async (command: GetSecretValueCommand) => {
      const answer = answers[Math.min(calls++, answers.length - 1)];
      if (!(command instanceof GetSecretValueCommand) || answer instanceof Error) throw answer;
      return { SecretString: answer };
    }) as typeof sdk.send;
    return { sdk, calls: () => calls };
  };

  it('is read once, however many events need it at a time', async () => {
    const { sdk, calls } = client(['k'.repeat(64)]);
    const read = secretPseudonyms('pii-key', sdk);
    const [one, other] = await Promise.all([read(), read()]);
    expect(await read()).toBe(one);
    expect([other, calls()]).toEqual([one, 1]);
  });

  it('is asked for again after it could not be read, or was too short to keep a secret', async () => {
    const { sdk } = client([new Error('throttled'), 'short', 'k'.repeat(64)]);
    const read = secretPseudonyms('pii-key', sdk);
    expect([await read(), await read()]).toEqual([undefined, undefined]);
    expect((await read())?.('x')).toMatch(HASH);
  });
});

describe('the address of a page', () => {
  it.each([
    ['https://s.kr/a?email=a%40b.co&utm_source=mail', 'https://s.kr/a?email=&utm_source=mail'],
    ['https://s.kr/?to=a@b.co&page=2', 'https://s.kr/?to=&page=2'],
    ['https://s.kr/?next=%2Fx%3Fu%3Da%2540b.co', 'https://s.kr/?next='],
    [
      'https://s.kr/?user_phone=1&resetToken=2&Password=3#access_token=4',
      'https://s.kr/?user_phone=&resetToken=&Password=#access_token=',
    ],
    ['https://s.kr/?q=%2B821012345678&r=010-1234-5678', 'https://s.kr/?q=&r='],
    ['https://kim:secret@s.kr/a', 'https://s.kr/a'],
    [
      'https://s.kr/?utm_medium=email&utm_content=token-7',
      'https://s.kr/?utm_medium=email&utm_content=token-7',
    ],
    ['https://s.kr/?a=%E0%A4%A&b==&c', 'https://s.kr/?a=%E0%A4%A&b==&c'],
    ['https://s.kr/@kim/p/1?gclid=x&item=01012', 'https://s.kr/@kim/p/1?gclid=x&item=01012'],
    ['not an address', 'not an address'],
  ])('%s is kept as %s', (url, kept) => {
    expect(keptAddress(url)).toBe(kept);
    expect(keptAddress(kept)).toBe(kept);
  });

  it.each([
    ['%41', (long: string) => `${long}%41`],
    ['a blank and an @', (long: string) => `${long} @`],
    ['an @ before it', (long: string) => `@${long.replaceAll('aa', 'b.')}`],
  ])('is judged at once however long a text with %s is', (_, text) => {
    const hostile = text('a'.repeat(200_000));
    expect(holdsAddress(hostile)).toBe(false);
    expect(keptAddress(`https://s.kr/?x=${hostile}`)).toBe(`https://s.kr/?x=${hostile}`);
    // Looked at character by character from each of its characters on, it would outlast every test.
    expect(holdsAddress(`${hostile} of kim@s.kr`)).toBe(true);
  });

  it('is kept as if each parameter were looked at, also where one look shows that none is personal', () => {
    const part = fc.constantFrom(
      ...['?', '&', '#', ';', '=', '/', '%', '%20', '%40', '%65mail', ' ', '\n', '+', '0', '1', 'a'],
      ...['utm_', 'e-mail', 'Phone', 'pwd', 'next', '+821012345678', '01012345678', 'a.kr', '한'],
    );
    const url = fc.array(part, { maxLength: 12 }).map((parts) => `https://s.kr/?${parts.join('')}`);
    fc.assert(
      fc.property(url, (one) => {
        // A % has the whole address looked at, parameter by parameter.
        expect(keptAddress(`${one}&x=%`)).toBe(`${keptAddress(one)}&x=%`);
      }),
      { numRuns: 5000 },
    );
  });

  it('names no browser, member or click without consent', () => {
    expect(keptAddress('https://s.kr/?gclid=x&userId=7&member_id=8&utm_source=naver&page=2', true)).toBe(
      'https://s.kr/?gclid=&userId=&member_id=&utm_source=naver&page=2',
    );
  });
});
