import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Definition } from '../../../lambdas/campaigns/campaign.ts';
import { defined } from '../../../lambdas/campaigns/define.ts';
import { differences } from '../../../lambdas/campaigns/definition/differences.ts';
import { requestOf } from '../../../lambdas/campaigns/definition/request-of.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import { campaignParts, OPT_OUT, policyOf } from '../support/parts.ts';
import { ctxAt, memorySegments, START } from '../support/worlds.ts';

const SMALLEST = {
  segment: 'cart',
  title: '안녕하세요 {{User.UserId}}님',
  message: '신제품을 소개합니다.',
  icon: 'https://example.com/icon.png',
  image: 'https://example.com/image.png',
};
const SMS = { segment: 'cart', channel: 'sms', message: 'm' };

const deps = { ...campaignParts(), segments: memorySegments(), settings: { kakaoFunction: 'kakao' } };
const define = async (body: unknown, stored?: Definition): Promise<Definition> => {
  const origin = stored && { stored, kind: 'clone' as const };
  return (await defined(deps, ctxAt(START), JSON.parse(JSON.stringify(body)), origin)).definition;
};
const problemsOf = async (body: unknown): Promise<Record<string, string>> => {
  const error = await define(body).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof RepointError)) throw new Error(`expected problems, not ${String(error)}`);
  return Object.fromEntries(error.problems.map(({ field, message }) => [field, message]));
};

describe('the smallest request', () => {
  it('means a push, now, informational, that opens the app, named after its title', async () => {
    expect(await define(SMALLEST)).toEqual({
      name: SMALLEST.title,
      segment: 'cart',
      channel: 'push',
      purpose: 'informational',
      variants: [
        {
          id: '0',
          name: 'A',
          weight: 10_000,
          content: {
            title: SMALLEST.title,
            message: SMALLEST.message,
            icon: SMALLEST.icon,
            image: SMALLEST.image,
          },
        },
      ],
      holdout: 0,
      schedule: { kind: 'now' },
      policy: { label: false, night: 'hold' },
      missing: 'skip',
      defaults: {},
    });
  });
});

describe('everything wrong with a request', () => {
  it('is told at once, by field, with what is allowed', async () => {
    const wrong = {
      segment: 'carts',
      name: ' ',
      channel: 'fax',
      purpose: 'advertising',
      title: '{{Nobody}}',
      message: '  ',
      icon: 'http://example.com/i.png',
      link: 'javascript:alert(1)',
      variants: Array.from({ length: 12 }, () => ({ weight: 8 })),
      holdout: 101,
      schedule: {
        unit: 'month',
        day: 32,
        time: '25:00',
        from: '2026-12-02',
        until: '2026-12-01',
        timeZone: 'Asia/Soul',
      },
      ratePerMinute: 0,
      caps: { perDay: 0 },
      defaults: { Nobody: 'x' },
      webhook: { url: 'https://example.com' },
      start: true,
      draft: true,
      colour: 'red',
    };
    const told = await problemsOf(wrong);
    const expected: [string, RegExp][] = [
      ['segment', /"carts"; nearest: cart/],
      ['name', /name is blank/],
      ['channel', /allowed: push, email, sms, kakao, webhook, custom/],
      ['title', /title: there is no variable \{\{Nobody\}\}/],
      ['message', /message is blank/],
      ['icon', /allowed: https/],
      ['link', /allowed: https.*address of the app/],
      ['variants', /has 12; allowed: 2 to 11/],
      ['holdout', /is 101; allowed: 0 to 99.99/],
      ['schedule.day', /from 1 to 31/],
      ['schedule.time', /HH:MM/],
      ['schedule.until', /before schedule.from/],
      ['schedule.timeZone', /nearest: Asia\/Seoul/],
      ['ratePerMinute', /is 0; allowed: .*"max"/],
      ['caps.perDay', /is 0; allowed/],
      ['defaults.Nobody', /does not name a variable/],
      ['start', /so is draft/],
      ['colour', /not a known field/],
    ];
    for (const [field, message] of expected)
      expect([field, told[field]]).toEqual([field, expect.stringMatching(message)]);
  });

  it('keeps nothing back because something else is wrong beside it', async () => {
    const told = await problemsOf({
      ...SMALLEST,
      purpose: 'promotion',
      optOutText: '가'.repeat(31),
      variants: [{ weight: 60 }, { weight: 60 }],
      winner: { testShare: 0, metric: 'opens', minimumSample: 0 },
    });
    expect(told).toMatchObject({
      purpose: expect.stringContaining('allowed: advertising, informational'),
      optOutText: expect.stringContaining('31 characters; at most 30'),
      variants: expect.stringContaining('120 percent together'),
      'winner.testShare': expect.stringContaining('allowed: 0.01 to'),
      'winner.minimumSample': expect.stringContaining('allowed'),
    });
    const schedule = {
      unit: 'week',
      every: '2',
      weekdays: [1],
      time: 900,
      until: '2020-01-01',
      timeZone: 'KST',
    };
    expect(await problemsOf({ ...SMALLEST, ratePerMinute: 'fast', schedule })).toEqual({
      'schedule.every': expect.stringContaining('must be number'),
      'schedule.weekdays.0': expect.stringContaining('must be string'),
      'schedule.time': expect.stringContaining('must be string'),
      'schedule.until': expect.stringContaining('before schedule.from'),
      'schedule.timeZone': expect.stringContaining('nearest: Asia/Seoul'),
      ratePerMinute: expect.stringContaining('is "fast"; allowed: a whole number'),
    });
    expect(await problemsOf({ ...SMALLEST, schedule: { at: 5 } })).toEqual({
      'schedule.at': expect.stringContaining('must be string'),
    });
  });

  it('is told of every part of a winner and of caps, though another part is malformed', async () => {
    const variants = [{ title: 'a' }, { title: 'b' }];
    const winner = { testShare: 0, metric: 'likes', minimumSample: -1, tie: 'last' };
    const caps = { perDay: 0, channels: { fax: {}, sms: { perDay: 1.5, perWeek: 'one' } } };
    expect(Object.keys(await problemsOf({ ...SMALLEST, variants, winner, caps })).toSorted()).toEqual([
      'caps.channels.fax',
      'caps.channels.sms.perDay',
      'caps.channels.sms.perWeek',
      'caps.perDay',
      'winner.metric',
      'winner.minimumSample',
      'winner.testShare',
      'winner.tie',
    ]);
  });

  it.each<[object, string, RegExp]>([
    [{ ...SMALLEST, title: undefined }, 'title', /title is missing/],
    [{ ...SMALLEST, segment: undefined }, 'segment', /segment is missing/],
    [{ ...SMALLEST, schedule: { at: '2026-11-21T11:59:00Z' } }, 'schedule.at', /in the past/],
    [{ ...SMALLEST, schedule: { at: 'soon' } }, 'schedule.at', /"soon"; allowed: .*Asia\/Seoul/],
    [
      { ...SMALLEST, variants: [{ weight: 50 }, { weight: 49.99 }] },
      'variants',
      /99.99 percent together; they must be 100/,
    ],
    [
      { ...SMALLEST, variants: [{ weight: 33.333 }, { weight: 66.667 }] },
      'variants.0.weight',
      /steps of 0.01/,
    ],
    [{ ...SMALLEST, message: '#{없는 이름}' }, 'message', /no variable #\{없는 이름\}/],
    [{ ...SMALLEST, message: '#{Xyzzyxyzzyxyzzy}' }, 'message', /; allowed: #\{회원 이름\}, /],
    [{ ...SMALLEST, message: '쿠폰 #{쿠폰}' }, 'coupon', /coupon is missing/],
    [
      { ...SMALLEST, icon: undefined, channel: 'email', title: 'a\nb' },
      'title',
      /"a\\nb"; allowed: one line/,
    ],
    [{ ...SMALLEST, winner: { testShare: 10, metric: 'opens' } }, 'winner', /two variants or more/],
    [{ ...SMS, image: 'https://example.com/a.png' }, 'image', /no place in channel sms/],
    [{ ...SMS, channel: 'webhook' }, 'webhook.url', /is missing/],
    [
      { ...SMS, channel: 'webhook', webhook: { url: 'http://example.com' } },
      'webhook.url',
      /allowed: an https/,
    ],
    [{ ...SMS, channel: 'custom', custom: { functionName: 'a b' } }, 'custom.functionName', /Lambda/],
    [{ ...SMS, custom: { functionName: 'f' } }, 'custom', /no place in channel sms/],
    [
      { ...SMS, channel: 'custom', custom: { functionName: 'f', endpoints: ['fax'] } },
      'custom.endpoints.0',
      /"fax"; allowed: push, email, sms, kakao/,
    ],
    [{ segment: 'cart', channel: 'kakao' }, 'kakao', /kakao is missing/],
    [{ segment: 'cart', channel: 'kakao', kakao: { kind: 'fax' } }, 'kakao.kind', /allowed: alimtalk/],
    [{ ...SMALLEST, template: { name: 'welcome' } }, 'title', /no place beside a template/],
    [
      { segment: 'cart', template: { name: 'welcom' } },
      'template',
      /no push template "welcom"; nearest: welcome/,
    ],
    [
      { ...SMALLEST, variants: [{}, { template: { name: 'x' } }] },
      'variants.1.template',
      /no push template "x"/,
    ],
    [{ ...SMALLEST, coupon: { pool: 'sprin' } }, 'coupon.pool', /no coupon pool "sprin"; nearest: spring/],
    [
      { segment: 'cart', channel: 'custom', custom: { functionName: 'f' }, template: { name: 'welcome' } },
      'template',
      /no place in channel custom/,
    ],
  ])('is told for %j', async (body, field, message) => {
    expect(await problemsOf(body)).toMatchObject({ [field]: expect.stringMatching(message) });
  });

  it.each([null, 'text', [SMALLEST], 7])('is told of a body that is %j', async (body) => {
    await expect(define(body)).rejects.toMatchObject({ code: 'validation' });
  });

  it('is told of a channel that the deployment has no provider of', async () => {
    const kakao = { kind: 'text', text: '안녕하세요', buttons: [] };
    const body = { segment: 'cart', channel: 'kakao', kakao };
    expect(await define(body)).toMatchObject({ name: '안녕하세요', variants: [{ content: { kakao } }] });
    await expect(defined({ ...deps, settings: {} }, ctxAt(START), body)).rejects.toMatchObject({
      field: 'channel',
    });
  });

  it('is not_found when it is an unknown segment alone', async () => {
    await expect(define({ ...SMALLEST, segment: 'carts' })).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(/"carts"; nearest: cart/),
    });
  });
});

describe('the length of a text', () => {
  it('is counted as a reader counts', async () => {
    expect((await define({ ...SMALLEST, message: '👩‍👩‍👧'.repeat(2000) })).variants).toHaveLength(1);
    expect(await problemsOf({ ...SMALLEST, message: '가'.repeat(2001) })).toEqual({
      message: 'message has 2001 characters; at most 2000 are allowed',
    });
  });

  it('is bounded for all variants together: they are one row', async () => {
    const html = '가'.repeat(30_000);
    const email = {
      segment: 'cart',
      channel: 'email',
      title: 't',
      variants: [{ html }, { html: `${html}.` }],
    };
    expect((await define(email)).variants).toHaveLength(2);
    expect(await problemsOf({ ...email, variants: [...email.variants, { html: `${html}!` }] })).toEqual({
      variants: expect.stringMatching(/the campaign has 27\d{4} bytes.*at most 250000.*template/),
    });
  });

  it('holds the label and the opt-out text of advertising, which are frozen into it', async () => {
    const body = { ...SMS, purpose: 'advertising' };
    // "(광고) " and a line with the opt-out text.
    const notices = 5 + 1 + OPT_OUT.length;
    const fits = await define({ ...body, message: 'm'.repeat(1600 - notices) });
    expect(fits.policy).toEqual({ label: true, optOutText: OPT_OUT, night: 'hold' });
    expect(await problemsOf({ ...body, message: 'm'.repeat(1601 - notices) })).toEqual({
      message: expect.stringMatching(`1601 characters, ${notices} of them in its notices; at most 1600`),
    });
    expect((await define({ ...SMS, message: 'm'.repeat(1600) })).policy.label).toBe(false);
  });
});

describe('an opt-out text of its own', () => {
  const sms = { ...SMS, purpose: 'advertising' };
  const thirty = '수'.repeat(30);

  it('takes the place of the deployment’s, and stays the campaign’s own in its words', async () => {
    const { policy } = await define({ ...sms, optOutText: thirty });
    expect(policy).toMatchObject({ optOutText: thirty, ownOptOutText: true });
    const definition = await define({ ...sms, optOutText: thirty });
    expect(requestOf(definition)).toMatchObject({ optOutText: thirty });
    expect(requestOf(await define(sms))).not.toHaveProperty('optOutText');
  });

  it('of 31 characters, of two lines, or where there is no advertising is refused', async () => {
    expect(await problemsOf({ ...sms, optOutText: `${thirty}신` })).toEqual({
      optOutText: expect.stringContaining('31 characters; at most 30'),
    });
    expect(await problemsOf({ ...sms, optOutText: 'a\nb' })).toEqual({
      optOutText: expect.stringContaining('one line'),
    });
    expect(await problemsOf({ ...SMS, optOutText: thirty })).toEqual({
      optOutText: expect.stringContaining('advertising by push and SMS'),
    });
  });
});

describe('variants', () => {
  it('say what the campaign says where they do not say it themselves', async () => {
    const { variants, holdout } = await define({
      ...SMALLEST,
      holdout: 10,
      variants: [{ weight: 45 }, { name: '짧게', weight: 45, message: 'short' }],
    });
    expect(holdout).toBe(1000);
    expect(variants).toMatchObject([
      { id: '0', name: 'A', weight: 4500, content: { title: SMALLEST.title, message: SMALLEST.message } },
      { id: '1', name: '짧게', weight: 4500, content: { title: SMALLEST.title, message: 'short' } },
    ]);
  });

  it('are judged where they were written', async () => {
    const body = {
      segment: 'cart',
      title: 't',
      variants: [{ message: 'm' }, { message: ' ' }, { title: '{{Nobody}}' }],
    };
    expect(await problemsOf(body)).toEqual({
      'variants.1.message': 'variants.1.message is blank',
      'variants.2.message': 'variants.2.message is missing',
      'variants.2.title': expect.stringMatching(/no variable/),
    });
  });
});

const text = fc.stringMatching(/^[가-힣a-z]{1,20}$/);
const bodies = fc.record(
  {
    segment: fc.constant('cart'),
    name: text,
    title: text,
    message: text,
    link: fc.constant('https://example.com/a'),
    purpose: fc.constantFrom('advertising', 'informational'),
    variants: fc
      .array(
        fc.record({ name: fc.string({ minLength: 1, maxLength: 9 }), message: text }, { requiredKeys: [] }),
        {
          minLength: 2,
          maxLength: 11,
        },
      )
      .map((variants) =>
        variants.map((variant, index) => ({ ...variant, name: `${index}${variant.name ?? ''}` })),
      ),
    holdout: fc.integer({ min: 0, max: 9000 }).map((buckets) => buckets / 100),
    schedule: fc.constantFrom(
      { at: '2026-12-24T09:00' },
      { unit: 'week', weekdays: ['thu', 'mon'], time: '09:00', from: '2026-12-01' },
      { unit: 'month', every: 2, day: 'last', time: '23:59', until: '2028-01-01', timeZone: 'Europe/Berlin' },
    ),
    ratePerMinute: fc.constantFrom(1, 20_000, 'max' as const),
    night: fc.constantFrom('hold', 'drop'),
    caps: fc.constantFrom({}, { perDay: 2, channels: { sms: { perWeek: 1 } } }),
    missing: fc.constantFrom('skip', 'default'),
    defaults: fc.constantFrom({}, { '회원 이름': '고객' }),
    coupon: fc.constant({ pool: 'spring' }),
  },
  { requiredKeys: ['segment', 'title', 'message'] },
);

describe('a definition', () => {
  it('of a customer’s own end keeps where it delivers, and of which addresses it is told', async () => {
    const webhook = { url: 'https://example.com/hook', endpoints: ['sms', 'push'] };
    const definition = await define({ segment: 'cart', channel: 'webhook', message: 'm', webhook });
    expect(definition).toMatchObject({ deliveryUri: webhook.url, deliveryTo: ['push', 'sms'] });
    expect(await define(requestOf(definition))).toEqual(definition);
  });

  it('asked for again in the words of a request is the same', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const definition = await define(body);
        const again = await define(requestOf(definition));
        expect(again).toEqual(definition);
        expect(differences(definition, again)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps a schedule that has gone by when it is copied, and not when another is asked for', async () => {
    const stored = await define({ ...SMALLEST, schedule: { at: '2026-11-22T09:00' } });
    const gone: Definition = { ...stored, schedule: { kind: 'at', at: '2026-01-01T00:00:00.000Z' } };
    expect((await define(requestOf(gone), gone)).schedule).toEqual(gone.schedule);
    await expect(
      define({ ...requestOf(gone), schedule: { at: '2026-01-02T00:00:00Z' } }, gone),
    ).rejects.toMatchObject({
      field: 'schedule.at',
    });
  });
});

describe('the differences of two definitions', () => {
  it('are told by the fields of a request', async () => {
    const [before, after] = [
      await define({ ...SMALLEST, variants: [{ message: 'a' }, { message: 'b' }] }),
      await define({
        ...SMALLEST,
        icon: undefined,
        variants: [{ message: 'a' }, { message: 'c' }],
        ratePerMinute: 60,
      }),
    ];
    expect(differences(before, after)).toEqual([
      { field: 'icon', from: SMALLEST.icon, to: null },
      { field: 'variants.1.message', from: 'b', to: 'c' },
      { field: 'ratePerMinute', from: null, to: 60 },
    ]);
  });

  it('hold the notices that were frozen anew', async () => {
    const before = await define({ ...SMS, purpose: 'advertising' });
    const other = { ...deps, policy: policyOf({ optOutText: '수신거부 080' }) };
    const { definition } = await defined(other, ctxAt(START), { ...SMS, purpose: 'advertising' });
    expect(differences(before, definition)).toEqual([
      { field: 'optOutText', from: OPT_OUT, to: '수신거부 080' },
    ]);
  });
});
