import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerHook } from '../../../lambdas/campaigns/policy/answer-hook.ts';
import type { HookAnswer } from '../../../lambdas/campaigns/policy/hook.ts';
import { Fault } from '../../pinpoint/runs/support/faults.ts';
import { inconsistencies } from '../coupons/support.ts';
import { agreed, alsoAtNight, asked, eventOf, type World, worldOf } from './support/hook.ts';
import { DAY, HOUR, seoul } from './support/rules.ts';

const users = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `u${from + index}`);

describe('the hook', () => {
  it('reads consent at delivery, by the channel of the message', async () => {
    const world = worldOf();
    world.reaches.set('u1', { consents: {} });
    world.reaches.delete('u2');
    const refused = { granted: false, at: '2026-11-22T02:00:00.000Z', how: 'settings' };
    world.reaches.set('u3', { consents: { ...agreed().consents, push: { advertising: refused } } });
    expect(await asked(world, eventOf(users(4)))).toEqual([
      'sent',
      'NO_ADVERTISING_CONSENT',
      'MEMBER_GONE',
      'NO_ADVERTISING_CONSENT',
    ]);
    world.says = { ...world.says, channel: 'sms' };
    expect(await asked(world, eventOf(['u3'], { type: 'SMS' }))).toEqual(['sent']);
    world.says = { ...world.says, purpose: 'informational' };
    expect(await asked(world, eventOf(users(3)))).toEqual(['sent', 'sent', 'MEMBER_GONE']);
  });

  it('asks for the consent of the endpoint where the campaign’s channel has none of its own', async () => {
    const world = worldOf({ channel: 'custom' });
    world.reaches.set('u0', { consents: { sms: agreed().consents.sms ?? {} } });
    expect(await asked(world, eventOf(['u0'], { type: 'SMS' }))).toEqual(['sent']);
    expect(await asked(world, eventOf(['u0'], { type: 'EMAIL' }))).toEqual(['NO_ADVERTISING_CONSENT']);
    expect(await asked(world, eventOf(['u0'], { type: 'VOICE' }))).toEqual(['NO_ADVERTISING_CONSENT']);
  });

  it('holds until the morning of the member, and then checks again', async () => {
    const world = worldOf({}, { defaultCaps: { perDay: 1 } });
    world.reaches.set('u1', alsoAtNight).set('u2', agreed({ timeZone: 'America/New_York' }));
    world.now = seoul('2026-11-22T22:00');
    const morning = '2026-11-22T23:00:00.000Z';
    expect(await asked(world, eventOf(users(3)))).toEqual([morning, 'sent', 'sent']);
    world.now = Date.parse(morning);
    expect(await asked(world, eventOf(['u0']))).toEqual(['sent']);
    world.reaches.delete('u0');
    expect(await asked(world, eventOf(['u0']))).toEqual(['MEMBER_GONE']);
    world.says = { ...world.says, policy: { label: true, night: 'drop' } };
    world.now = seoul('2026-11-22T22:00');
    expect(await asked(world, eventOf(users(2, 4), { run: 'r2' }))).toEqual(['NIGHT', 'NIGHT']);
  });

  it('holds what would leave in the first seconds of the night', async () => {
    const world = worldOf();
    world.reaches.set('u1', alsoAtNight).set('u2', agreed({ timeZone: 'Asia/Tokyo' }));
    world.now = seoul('2026-11-22T20:59:29.999');
    expect(await asked(world, eventOf(users(3)))).toEqual(['sent', 'sent', 'sent']);
    world.now += 1;
    const morning = '2026-11-22T23:00:00.000Z';
    expect(await asked(world, eventOf(users(3)))).toEqual([morning, 'sent', morning]);
    const kakao = {
      ...world.says,
      channel: 'kakao' as const,
      policy: { label: true, night: 'drop' as const },
    };
    world.says = kakao;
    world.reaches.set('u0', { consents: { kakao: agreed().consents.push ?? {} } });
    world.now = seoul('2026-11-22T20:49:29.999');
    expect(await asked(world, eventOf(['u0'], { type: 'CUSTOM' }))).toEqual(['sent']);
    world.now += 1;
    expect(await asked(world, eventOf(['u0'], { type: 'CUSTOM' }))).toEqual(['NIGHT']);
  });

  it('counts a member once a send, however many endpoints, calls and repeats', async () => {
    const world = worldOf({}, { defaultCaps: { perDay: 2, channels: { push: { perDay: 1 } } } });
    expect(await asked(world, eventOf(['u0/1', 'u0/2', 'u1']))).toEqual(['sent', 'sent', 'sent']);
    expect(await asked(world, eventOf(['u0/3', 'u0/1']))).toEqual(['sent', 'sent']);
    expect(await asked(world, eventOf(['u0', 'u2'], { run: 'r2' }))).toEqual(['DAILY_CAP_MEMBER', 'sent']);
    world.now += DAY;
    expect(await asked(world, eventOf(['u0'], { run: 'r2' }))).toEqual(['sent']);
    expect(world.contacts.rows.get('u1')?.contacts.size).toBe(1);
  });

  it('neither reads nor writes contacts where nothing is capped', async () => {
    const world = worldOf();
    const forbidden = new Proxy(world.contacts, {
      get: () => () => {
        throw new Error('no caps');
      },
    });
    expect(await asked({ ...world, contacts: forbidden } as World, eventOf(users(2)))).toEqual([
      'sent',
      'sent',
    ]);
    const exempt = worldOf(
      { policy: { label: true, night: 'hold', caps: {} } },
      { defaultCaps: { perDay: 1 } },
    );
    expect(await asked({ ...exempt, contacts: forbidden } as World, eventOf(users(2)))).toEqual([
      'sent',
      'sent',
    ]);
  });

  it('gives values that only we know, and leaves out who lacks one that the texts need', async () => {
    const world = worldOf({ purpose: 'informational' });
    const Body = '{{User.UserAttributes.name}}: {{Attributes.last_viewed_name}}';
    const message = {
      GCMMessage: { Body, Title: '{{#if Location.City}}{{Location.City}}{{else}}우리 동네{{/if}}' },
    };
    world.values.set('u0', { 'Attributes.last_viewed_name': ['코트'] });
    world.values.set('u2', { 'Attributes.last_viewed_name': ['모자'] });
    const named = eventOf(['u0', 'u1'], { message, attributes: { name: ['서연'] } });
    expect(await answerHook(world, world.now, named)).toEqual({
      'push:u0': { Attributes: { last_viewed_name: ['코트'] } },
      'push:u1': { Repoint: { Skip: 'MISSING_VALUE' } },
    });
    expect(await asked(world, eventOf(['u2'], { message, attributes: { name: [''] } }))).toEqual([
      'MISSING_VALUE',
    ]);
  });

  it('looks up what a custom message says, since it is not told', async () => {
    const kakao = { kind: 'text', text: '#{상품명_최근 본 상품} {{Location.City}}' };
    const variants = [{ id: '0', name: 'A', weight: 10_000, content: { kakao, template: { name: 'hat' } } }];
    const says = { purpose: 'informational', channel: 'kakao', missing: 'default', variants } as const;
    const world = worldOf({ ...says, defaults: { '{{Location.City}}': '서울' } });
    world.stored.push({
      channel: 'kakao',
      name: 'hat',
      version: 1,
      content: { title: '{{User.UserAttributes.grade}}' },
      defaults: {},
      createdAt: '',
      createdBy: '',
    });
    world.values.set('u0', { 'Attributes.last_viewed_name': ['코트'] });
    const graded = { type: 'CUSTOM', attributes: { grade: ['GOLD'] } };
    expect(await asked(world, eventOf(['u0', 'u1'], graded))).toEqual(['sent', 'MISSING_VALUE']);
    expect(await asked(world, eventOf(['u0'], { type: 'CUSTOM' }))).toEqual(['MISSING_VALUE']);
  });

  it('gives each member one coupon, to all of its endpoints and in every send of the campaign', async () => {
    const world = worldOf({ coupon: { pool: 'spring' } });
    const message = { GCMMessage: { Body: '쿠폰 {{Attributes.coupon}}' } };
    await world.coupons.add('spring', ['A', 'B', 'C']);
    const answer = await answerHook(world, world.now, eventOf(['u0/1', 'u0/2', 'u1'], { message }));
    const codes = Object.values(answer).map((one) =>
      'Attributes' in one ? one.Attributes?.['coupon'] : undefined,
    );
    expect(codes[0]).toEqual(codes[1]);
    expect(new Set(codes.flat()).size).toBe(2);
    expect(await answerHook(world, world.now, eventOf(['u0/1'], { message, run: 'r2' }))).toEqual({
      'push:u0/1': { Attributes: { coupon: codes[0] } },
    });
    expect((await asked(world, eventOf(['u2', 'u3'], { message }))).sort()).toEqual([
      'NO_COUPON_LEFT',
      'sent',
    ]);
  });

  it('keeps a message back that shows a coupon no pool is named for', async () => {
    const message = { GCMMessage: { Body: '쿠폰 {{Attributes.coupon}}' } };
    expect(await asked(worldOf(), eventOf(['u0'], { message }))).toEqual(['MISSING_VALUE']);
  });

  it('counts nobody, and gives nobody a coupon, who gets nothing for another reason', async () => {
    const world = worldOf({ coupon: { pool: 'spring' } }, { defaultCaps: { perWeek: 1 } });
    await world.coupons.add('spring', ['A']);
    world.reaches.set('u0', { consents: {} });
    const message = { GCMMessage: { Body: '{{Location.City}}' } };
    expect(await asked(world, eventOf(['u0', 'u1'], { message }))).toEqual([
      'NO_ADVERTISING_CONSENT',
      'MISSING_VALUE',
    ]);
    expect(await world.coupons.count('spring')).toEqual({ given: 0, left: 1 });
    expect((await asked(world, eventOf(['u2', 'u3'], { run: 'r2' }))).sort()).toEqual([
      'NO_COUPON_LEFT',
      'sent',
    ]);
    expect(world.contacts.rows.size).toBe(1);
    expect(await asked(world, eventOf(['u2', 'u3'], { run: 'r3' }))).toContain('WEEKLY_CAP_MEMBER');
  });

  it('answers an endpoint without a member, and none that was not asked about', async () => {
    const world = worldOf();
    const event = eventOf(['u0']);
    const lonely = { ...event, Endpoints: { ...event.Endpoints, x: { ChannelType: 'GCM' } } };
    expect(await answerHook(world, world.now, lonely)).toEqual({
      'push:u0': {},
      x: { Repoint: { Skip: 'MEMBER_GONE' } },
    });
    expect(await answerHook(world, world.now, { ...event, Endpoints: {} })).toEqual({});
  });
});

const capped = async (): Promise<World> => {
  const world = worldOf({ coupon: { pool: 'spring' } }, { defaultCaps: { perDay: 1 } });
  await world.coupons.add(
    'spring',
    Array.from({ length: 8 }, (_, index) => `CODE-${index}`),
  );
  return world;
};
const faulty = (world: World, fault: Fault): World => ({
  ...world,
  contacts: fault.on(world.contacts),
  coupons: fault.on(world.coupons),
  members: fault.on(world.members),
});

describe.each(['before', 'after'] as const)('a hook killed %s any of its calls', (moment) => {
  it('answers the same when it is asked again: nobody twice, nobody left behind, no code lost', async () => {
    for (let at = 1; ; at++) {
      const world = await capped();
      const fault = new Fault(at, moment);
      await asked(faulty(world, fault), eventOf(users(6))).catch(() => undefined);
      const first = await answerHook(world, world.now, eventOf(users(6)));
      expect(Object.values(first).every((answer) => 'Attributes' in answer)).toBe(true);
      expect(await answerHook(world, world.now + HOUR, eventOf(users(6)))).toEqual(first);
      expect(await asked(world, eventOf(users(6), { run: 'r2' }))).toEqual(
        users(6).map(() => 'DAILY_CAP_MEMBER'),
      );
      expect(await world.coupons.count('spring')).toEqual({ given: 6, left: 2 });
      if (!fault.struck) break;
    }
  });
});

describe('hooks side by side, some of them killed', () => {
  it('never send a member more than the caps allow, and give no code twice', async () => {
    const call = fc.record({
      run: fc.constantFrom('r1', 'r2', 'r3'),
      from: fc.integer({ min: 0, max: 5 }),
      killedAt: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 2, maxLength: 8 }), async (calls) => {
        const world = await capped();
        const sent = new Map<string, Set<string>>();
        const given = new Map<string, string>();
        const note = (run: string, answers: Readonly<Record<string, HookAnswer>>) => {
          for (const [id, answer] of Object.entries(answers)) {
            const code = 'Attributes' in answer ? answer.Attributes?.['coupon']?.[0] : undefined;
            if (code === undefined) continue;
            const userId = id.slice('push:'.length);
            sent.set(userId, new Set(sent.get(userId)).add(run));
            expect(given.get(userId) ?? code).toBe(code);
            given.set(userId, code);
          }
        };
        await Promise.all(
          calls.map(async ({ run, from, killedAt }) => {
            const deps = killedAt === undefined ? world : faulty(world, new Fault(killedAt, 'after'));
            const event = eventOf(users(5, from), { run });
            await answerHook(deps, world.now, event).then(
              (answers) => note(run, answers),
              () => undefined,
            );
          }),
        );
        for (const runs of sent.values()) expect(runs.size).toBe(1);
        expect(inconsistencies(world.coupons, given)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
