import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Definition } from '../../../lambdas/campaigns/campaign.ts';
import type { Channel } from '../../../lambdas/campaigns/content.ts';
import {
  type Estimate,
  type EstimateDeps,
  estimateCampaign,
} from '../../../lambdas/campaigns/estimate/estimate-campaign.ts';
import { asked, eventOf, worldOf as hookWorld } from '../policy/support/hook.ts';
import { memoryContacts } from '../policy/support/memory.ts';
import { instant, seoul, settings, ZONES } from '../policy/support/rules.ts';
import { ctxAt } from '../support/worlds.ts';
import { campaign, type Person, worldOf } from './support.ts';

const NOON = seoul('2026-11-22T12:00');
const NIGHT = seoul('2026-11-22T22:00');
const given = (granted: boolean) => ({ granted, at: '2026-01-01T00:00:00.000Z', how: 'web' });

const estimated = (deps: EstimateDeps, change: Partial<Definition> = {}, now = NOON) =>
  estimateCampaign(deps, ctxAt(now), campaign(change));

function channelOf(estimate: Estimate, channel: Channel) {
  const found = estimate.channels.find((one) => one.channel === channel);
  if (!found) throw new Error(`no ${channel}`);
  return found;
}

/** The numbers without their margins. */
const numbers = (skipped: Readonly<Record<string, { value: number }>>) =>
  Object.fromEntries(Object.entries(skipped).map(([reason, { value }]) => [reason, value]));

const person: fc.Arbitrary<Omit<Person, 'userId'> & { readonly gone: boolean }> = fc.record({
  gone: fc.nat({ max: 9 }).map((chance) => chance === 0),
  texts: fc.record(
    { email: fc.constant('a@example.com'), phone: fc.constant('+821012345678') },
    { requiredKeys: [] },
  ),
  pushTokens: fc.array(fc.constant({ platform: 'FCM' as const, token: 't' }), { maxLength: 3 }),
  consents: fc.record(
    {
      push: fc.record({ advertising: fc.boolean().map(given) }, { requiredKeys: [] }),
      sms: fc.record({ advertising: fc.boolean().map(given) }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  ),
});

/** What spec §4 says of one member by push or SMS at noon, read aloud. */
function expected(
  one: Omit<Person, 'userId'> & { gone: boolean },
  channel: 'push' | 'sms',
  advertising: boolean,
) {
  const addresses = channel === 'push' ? one.pushTokens.length : one.texts.phone === undefined ? 0 : 1;
  const agreed = one.consents[channel]?.advertising?.granted;
  if (one.gone) return { reason: 'MEMBER_GONE', addresses };
  if (addresses === 0) return { reason: 'NO_ADDRESS', addresses };
  if (advertising && agreed !== true) return { reason: 'NO_ADVERTISING_CONSENT', addresses };
  return { reason: undefined, addresses };
}

describe('an estimate', () => {
  it('judges every member of a small segment, by each channel', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(person, { maxLength: 40 }), fc.boolean(), async (all, advertising) => {
        const people = all.map((one, index) => ({ ...one, userId: `u${index}` }));
        const members = people.filter(({ gone }) => !gone);
        const deps = worldOf(
          members,
          people.map(({ userId }) => userId),
        );
        const found = await estimated(deps, { purpose: advertising ? 'advertising' : 'informational' });
        expect(found).toMatchObject({ members: people.length, sample: null });
        for (const channel of ['push', 'sms'] as const) {
          const outcomes = people.map((one) => expected(one, channel, advertising));
          const reached = outcomes.filter(({ reason }) => reason === undefined);
          const reasons: Record<string, number> = {};
          for (const { reason } of outcomes) if (reason) reasons[reason] = (reasons[reason] ?? 0) + 1;
          const told = channelOf(found, channel);
          expect(told.members).toEqual({ value: reached.length, margin: 0 });
          expect(told.messages.value).toBe(reached.reduce((sum, { addresses }) => sum + addresses, 0));
          expect(numbers(told.skipped)).toEqual(reasons);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('reaches by a customer’s end whoever has an address it asked for, by the consent of that address', async () => {
    const people: readonly Person[] = [
      {
        userId: 'both',
        texts: { email: 'a@example.com' },
        pushTokens: [{ platform: 'FCM', token: 't' }],
        consents: { email: { advertising: given(true) } },
      },
      { userId: 'mail', texts: { email: 'b@example.com' }, pushTokens: [], consents: {} },
      { userId: 'none', texts: {}, pushTokens: [], consents: {} },
    ];
    const estimateOf = async (change: Partial<Definition>) => {
      const found = await estimated(worldOf(people), { channel: 'webhook', ...change });
      const { members, messages, skipped } = channelOf(found, 'webhook');
      return [members.value, messages.value, numbers(skipped)];
    };
    expect(await estimateOf({})).toEqual([2, 3, { NO_ADDRESS: 1 }]);
    expect(await estimateOf({ deliveryTo: ['push'] })).toEqual([1, 1, { NO_ADDRESS: 2 }]);
    const skipped = { NO_ADDRESS: 1, NO_ADVERTISING_CONSENT: 1 };
    expect(await estimateOf({ purpose: 'advertising' })).toEqual([1, 1, skipped]);
  });

  it('has the campaign’s own channel first, and the others for comparison', async () => {
    const found = await estimated(worldOf([]), { channel: 'email' });
    expect(found.channels.map(({ channel }) => channel)).toEqual(['email', 'push', 'sms', 'kakao']);
    const custom = await estimated(worldOf([]), { channel: 'custom' });
    expect(custom.channels.map(({ channel }) => channel)).toEqual([
      'custom',
      'push',
      'email',
      'sms',
      'kakao',
    ]);
  });
});

describe('an estimate and the delivery after it', () => {
  const consent = fc.option(fc.record({ night: fc.boolean() }), { nil: undefined });
  const reach = fc.record({
    consent,
    timeZone: fc.constantFrom(...ZONES, undefined),
    hadToday: fc.boolean(),
  });

  it('say the same of every member, at any hour', async () => {
    const setting = fc.record({
      now: instant,
      night: fc.constantFrom('hold', 'drop'),
      perDay: fc.constantFrom(1, 2),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(reach, { maxLength: 30 }), setting, async (all, { now, night, perDay }) => {
        const policy = { label: true, night } as const;
        const defaultCaps = { perDay };
        const hook = hookWorld({ policy }, { defaultCaps });
        hook.reaches.clear();
        hook.now = now;
        const people = all.map(({ consent: agreed, timeZone, hadToday }, index): Person => {
          const userId = `u${index}`;
          const push = agreed && {
            advertising: given(true),
            ...(agreed.night ? { night: given(true) } : {}),
          };
          const consents = push ? { push } : {};
          const texts = timeZone === undefined ? {} : { timeZone };
          hook.reaches.set(userId, { consents, ...texts });
          if (hadToday)
            hook.contacts.rows.set(userId, {
              contacts: new Map([['s', { at: now, channel: 'sms' }]]),
              revision: 1,
            });
          return { userId, texts, pushTokens: [{ platform: 'FCM', token: 't' }], consents };
        });
        const deps = { ...worldOf(people), contacts: hook.contacts, policy: hook.settings };
        const found = channelOf(await estimated(deps, { purpose: 'advertising', policy }, now), 'push');
        const answers = await asked(hook, eventOf(people.map(({ userId }) => userId)));
        const held = answers.filter((answer) => answer.endsWith('Z')).length;
        const reasons: Record<string, number> = {};
        for (const answer of answers)
          if (answer !== 'sent' && !answer.endsWith('Z')) reasons[answer] = (reasons[answer] ?? 0) + 1;
        expect(numbers(found.skipped)).toEqual(reasons);
        expect(found.later.value).toBe(held);
        expect(found.members.value).toBe(held + answers.filter((answer) => answer === 'sent').length);
      }),
      { numRuns: 60 },
    );
  });
});

/** Members who differ in one thing alone. */
const alike = (count: number, more: (index: number) => Partial<Person> = () => ({})): Person[] =>
  Array.from({ length: count }, (_, index) => ({
    userId: `u${index}`,
    texts: { email: `u${index}@example.com`, phone: '+821012345678' },
    pushTokens: [{ platform: 'FCM', token: 't' }],
    consents: { push: { advertising: given(true) } },
    ...more(index),
  }));

describe('a large segment', () => {
  const people = alike(20_000, (index) => ({
    pushTokens:
      index % 10 < 3 ? [] : Array.from({ length: 1 + (index % 2) }, () => ({ platform: 'FCM', token: 't' })),
  }));

  it('is judged by 5,000 of its members, and the truth lies within what is told', async () => {
    const found = await estimated(worldOf(people));
    expect(found).toMatchObject({ members: 20_000, sample: { members: 5000, confidence: 0.95 } });
    const { members, messages, skipped } = channelOf(found, 'push');
    expect(Math.abs(members.value - 14_000)).toBeLessThanOrEqual(members.margin);
    expect(members.margin).toBeLessThan(300);
    const truth = people.reduce((sum, { pushTokens }) => sum + pushTokens.length, 0);
    expect(Math.abs(messages.value - truth)).toBeLessThanOrEqual(messages.margin);
    expect(members.value + (skipped['NO_ADDRESS']?.value ?? 0)).toBe(20_000);
    expect(channelOf(found, 'email').members.value).toBe(20_000);
  });

  it('has the same estimate each time, however its list is cut into files', async () => {
    const once = await estimated(worldOf(people));
    const again = await estimated(
      worldOf(
        people,
        [...people].reverse().map(({ userId }) => userId),
        7,
      ),
    );
    expect(again).toEqual(once);
  });
});

describe('who is left out', () => {
  const advertising = { purpose: 'advertising' } as const;

  it('at night waits for the morning or is dropped, by choice', async () => {
    const agreed = (index: number) => ({
      consents: { push: { advertising: given(true), ...(index < 3 ? { night: given(true) } : {}) } },
    });
    const deps = worldOf(alike(10, agreed));
    const held = channelOf(await estimated(deps, advertising, NIGHT), 'push');
    expect(held).toMatchObject({ members: { value: 10 }, later: { value: 7 }, skipped: {} });
    const policy = { label: true, night: 'drop' } as const;
    const dropped = channelOf(await estimated(deps, { ...advertising, policy }, NIGHT), 'push');
    expect(dropped).toMatchObject({ members: { value: 3 }, later: { value: 0 } });
    expect(numbers(dropped.skipped)).toEqual({ NIGHT: 7 });
  });

  it('is judged for the time the campaign goes out at', async () => {
    const deps = worldOf(alike(10));
    const at = new Date(NIGHT).toISOString();
    const found = await estimated(deps, { ...advertising, schedule: { kind: 'at', at } });
    expect(found.sendAt).toBe(at);
    expect(channelOf(found, 'push').later.value).toBe(10);
  });

  it('has had as many messages as the caps allow', async () => {
    const contacts = memoryContacts();
    for (const userId of ['u1', 'u2', 'u3'])
      contacts.rows.set(userId, {
        contacts: new Map([['s', { at: NOON - 60_000, channel: 'push' }]]),
        revision: 1,
      });
    const deps = { ...worldOf(alike(10)), contacts, policy: settings({ defaultCaps: { perDay: 1 } }) };
    const found = channelOf(await estimated(deps), 'push');
    expect(numbers(found.skipped)).toEqual({ DAILY_CAP_MEMBER: 3 });
    const own = { label: false, night: 'hold', caps: {} } as const;
    expect(channelOf(await estimated(deps, { policy: own }), 'push').members.value).toBe(10);
  });

  it('lacks a value that the texts of its variant need, unless there is a default', async () => {
    const named = alike(10, (index) => (index < 4 ? { attributes: { name: ['김철수'] } } : {}));
    const content = { title: 't', message: '#{회원 이름}님' };
    const variants = [{ id: '0', name: 'A', weight: 10_000, content }];
    const deps = worldOf(named);
    const skipped = channelOf(await estimated(deps, { variants }), 'push');
    expect(numbers(skipped.skipped)).toEqual({ MISSING_VALUE: 6 });
    const defaults = { '#{회원 이름}': '고객' };
    const filled = channelOf(await estimated(deps, { variants, missing: 'default', defaults }), 'push');
    expect(filled.members.value).toBe(10);
    // Half of the audience gets a variant that needs nothing.
    const half = [
      { id: '0', name: 'A', weight: 5000, content },
      { id: '1', name: 'B', weight: 5000, content: { title: 't', message: 'm' } },
    ];
    const nobody = worldOf(alike(100));
    expect(numbers(channelOf(await estimated(nobody, { variants: half }), 'push').skipped)).toEqual({
      MISSING_VALUE: 50,
    });
  });

  it('would get more than its channel shows: the longest value is told, a default’s too', async () => {
    const people = alike(10, (index) => ({ attributes: { name: ['가'.repeat(index * 6)] } }));
    const variants = [
      {
        id: '0',
        name: 'A',
        weight: 10_000,
        content: { title: `${'x'.repeat(150)}#{회원 이름}`, message: 'm' },
      },
    ];
    const { problems } = await estimated(worldOf(people), { variants });
    expect(problems.map(({ field }) => field)).toEqual(['title']);
    expect(problems[0]?.message).toContain('up to 204 characters with the longest values: #{회원 이름} 54');
    const defaults = { '#{회원 이름}': '고객' };
    const filled = await estimated(worldOf(people), { variants, missing: 'default', defaults });
    expect(filled.problems).toHaveLength(1);
    expect((await estimated(worldOf(people.slice(0, 9)), { variants })).problems).toEqual([]);
  });

  it('is held out, or comes when the coupons are all given', async () => {
    const found = channelOf(await estimated(worldOf(alike(1000)), { holdout: 1000 }), 'push');
    expect(found.members.value + (found.skipped['HOLDOUT']?.value ?? 0)).toBe(1000);
    expect(found.skipped['HOLDOUT']?.value).toBe(100);
    expect(found.members.margin).toBeGreaterThan(0);
    const coupons = { count: async () => ({ left: 30 }) };
    const scarce = await estimated({ ...worldOf(alike(100)), coupons }, { coupon: { pool: 'p' } });
    const { members, skipped, messages } = channelOf(scarce, 'push');
    expect([members.value, messages.value, numbers(skipped)]).toEqual([30, 30, { NO_COUPON_LEFT: 70 }]);
  });
});

describe('what it costs and how long it takes', () => {
  const many = alike(3000);

  it('is told by the messages of each channel, after this month’s use, in both currencies', async () => {
    const deps = { ...worldOf(many), monthUse: { of: async () => ({ push: 998_000, email: 5 }) } };
    const found = await estimated(deps);
    const push = channelOf(found, 'push').cost;
    // 2,000 are free, a dollar a million is asked for the rest: not a cent, and a won and a half.
    expect(push).toMatchObject({
      amount: 0,
      currency: 'USD',
      usedThisMonth: 998_000,
      local: { amount: 1, currency: 'KRW' },
    });
    const email = channelOf(found, 'email').cost;
    expect(email).toMatchObject({ amount: 0.48, currency: 'USD', price: { sure: true }, usedThisMonth: 5 });
    expect(email?.local?.amount).toBe(Math.round(0.48 * 1439));
    expect(channelOf(found, 'sms').cost).toMatchObject({ price: { sure: false } });
  });

  it('counts the parts of an SMS with its notices', async () => {
    const own = {
      name: 'c',
      currency: 'KRW',
      unit: 'part',
      per: 1,
      tiers: [{ price: 10 }],
      source: 's',
      date: '2026-11-01',
      sure: true,
    } as const;
    const world = worldOf(alike(10, () => ({ consents: { sms: { advertising: given(true) } } })));
    const deps = { ...world, costs: { ...world.costs, prices: { sms: own } } };
    const variants = [{ id: '0', name: 'A', weight: 10_000, content: { message: '가'.repeat(60) } }];
    const plain = await estimated(deps, { channel: 'sms', variants });
    expect(channelOf(plain, 'sms').cost?.amount).toBe(100);
    const policy = { label: true, optOutText: '무료수신거부 080-000-0000', night: 'hold' } as const;
    const labelled = await estimated(deps, { channel: 'sms', variants, purpose: 'advertising', policy });
    expect(channelOf(labelled, 'sms').cost?.amount).toBe(200);
    expect(channelOf(plain, 'push').cost).toBeNull();
  });

  it('says when the use of this month is not known', async () => {
    const deps = { ...worldOf(many), monthUse: { of: async () => undefined } };
    expect(channelOf(await estimated(deps), 'push').cost?.usedThisMonth).toBeNull();
    const known = { ...worldOf(many), monthUse: { of: async () => ({ push: 1 }) } };
    const used = (await estimated(known)).channels.map(({ channel, cost }) => [channel, cost?.usedThisMonth]);
    expect(used).toEqual([
      ['push', 1],
      ['email', 0],
      ['sms', 0],
      ['kakao', null],
    ]);
  });

  it('lasts as long as the rate says: its own, else the deployment’s; none is as fast as possible', async () => {
    const seconds = async (rate?: number, ratePerMinute?: number) => {
      const settings = ratePerMinute === undefined ? {} : { ratePerMinute };
      const deps = { ...worldOf(many), settings };
      const found = await estimated(deps, rate === undefined ? {} : { ratePerMinute: rate });
      return [found.ratePerMinute, found.channels[0]?.durationSeconds];
    };
    expect(await seconds(1000, 60)).toEqual([1000, 180]);
    expect(await seconds(undefined, 60)).toEqual([60, 3000]);
    expect(await seconds(0, 60)).toEqual(['max', null]);
    expect(await seconds()).toEqual(['max', null]);
  });
});
