import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../lambdas/events/judge.ts';
import { deviceOf } from '../../web/tracker/device.ts';
import { pageOf } from '../../web/tracker/pages.ts';
import { utmOf } from '../../web/tracker/utm.ts';
import { IDLE_MS, visitAt } from '../../web/tracker/visit.ts';
import { createDevice, type Sent, START } from './world.ts';

const HOUR_MS = 60 * 60 * 1000;
const SHOP = 'https://shop.example.com';

describe('campaign parameters', () => {
  it('are read from the address, cut to what the collector takes, and nothing else is', () => {
    fc.assert(
      fc.property(
        fc.record({ source: fc.string(), medium: fc.string(), campaign: fc.string({ maxLength: 900 }) }),
        (told) => {
          const url = new URL(`${SHOP}/?q=1#utm_term=no`);
          for (const [name, value] of Object.entries(told)) url.searchParams.set(`utm_${name}`, value);
          const expected = Object.entries(told).flatMap(([name, value]) =>
            value.trim() === '' ? [] : [[name, value.trim().slice(0, 512)]],
          );
          const read = utmOf(url.href);
          expect(read).toEqual(expected.length > 0 ? Object.fromEntries(expected) : undefined);
        },
      ),
    );
    expect(utmOf(`${SHOP}/?utm_source=naver&utm_source=x&utm_id=7`)).toEqual({ source: 'naver' });
    expect(utmOf(`${SHOP}/?utm_campaign=%EC%8B%A0%EC%83%81+%ZZ`)).toEqual({ campaign: '신상 %ZZ' });
  });
});

describe('a visit', () => {
  const newId = () => 'new';
  const last = { id: 'old', seenAt: START, utm: { source: 'naver' } };

  it('ends after 30 minutes without an event, and at no other time', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2 * IDLE_MS, max: 2 * IDLE_MS }), (later) => {
        const goesOn = Math.abs(later) < IDLE_MS;
        const visit = visitAt(last, START + later, undefined, newId);
        expect(visit).toEqual({
          id: goesOn ? 'old' : 'new',
          seenAt: START + later,
          utm: goesOn ? last.utm : undefined,
        });
      }),
    );
  });

  it('keeps the campaign of its first page until a page brings its own', () => {
    expect(visitAt(last, START + 1, { source: 'kakao' }, newId)).toMatchObject({
      id: 'old',
      utm: { source: 'kakao' },
    });
  });
});

describe('a page', () => {
  it('is told apart from an anchor in it', () => {
    expect(pageOf(`${SHOP}/item?a=1#reviews`)).toBe(`${SHOP}/item?a=1`);
    expect(pageOf(`${SHOP}/#/cart`)).toBe(`${SHOP}/#/cart`);
    expect(pageOf(`${SHOP}/#!cart`)).toBe(`${SHOP}/#!cart`);
  });
});

describe('a device', () => {
  const agents: [string, number, string, string][] = [
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36',
      0,
      'pc',
      'Windows',
    ],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36', 10, 'pc', 'Windows'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15',
      0,
      'pc',
      'macOS',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15',
      5,
      'tablet',
      'iOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148',
      5,
      'mobile',
      'iOS',
    ],
    ['Mozilla/5.0 (iPad; CPU OS 12_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148', 5, 'tablet', 'iOS'],
    [
      'Mozilla/5.0 (Linux; Android 15; SM-S921N) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36',
      5,
      'mobile',
      'Android',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; SM-X710) AppleWebKit/537.36 Chrome/150.0 Safari/537.36',
      5,
      'tablet',
      'Android',
    ],
    [
      'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36',
      0,
      'pc',
      'ChromeOS',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 0, 'pc', 'Linux'],
  ];
  it.each(agents)('%s, %i touch points', (agent, touchPoints, type, os) => {
    expect(deviceOf(agent, touchPoints)).toEqual({ type, platform: 'web', os });
  });

  it('that says nothing known is still a device', () => {
    expect(deviceOf('', 0)).toEqual({ type: 'pc', platform: 'web', os: undefined });
  });
});

describe('an event', () => {
  const arrival = { door: 'public', receivedMs: START, country: undefined, bot: false } as const;
  const text = fc.string({ unit: 'binary', maxLength: 9000 });

  it('is one that the collector takes, whatever the page is called and whatever led there', () =>
    fc.assert(
      fc.asyncProperty(
        fc.webUrl({ withQueryParameters: true, withFragments: true }),
        text,
        fc.constantFrom(true, false, undefined),
        fc.option(fc.string({ minLength: 1, maxLength: 128, unit: 'grapheme-ascii' }), { nil: undefined }),
        async (url, query, consent, user) => {
          const device = createDevice();
          const address = `${url}?utm_source=${encodeURIComponent(Buffer.from(query).toString())}`;
          const { repoint } = device.open(consent === undefined ? {} : { consent }, address, query);
          if (user) repoint.identify(user);
          repoint.track('page_view');
          repoint['addToCart']?.({ item_id: 'P1', quantity: 2 });
          await device.pass(HOUR_MS);
          expect(device.taken).toHaveLength(2);
          for (const event of device.taken) expect(judge(event, arrival).problems).toBeUndefined();
        },
      ),
      { numRuns: 60 },
    ));

  it('has the time at which it happened, not that at which it was sent', async () => {
    const device = createDevice();
    device.answer([0, 0]);
    const { repoint } = device.open();
    repoint.track('interaction');
    await device.pass(HOUR_MS);
    expect(device.taken[0]?.occurred_at).toBe(new Date(START).toISOString());
  });
});

describe('pages', () => {
  const views = (sent: readonly Sent[]) =>
    sent.filter(({ name }) => name === 'page_view').map(({ page }) => [page.url, page.referrer]);

  it('are told once each, in an app of one page too, each with the page before it', async () => {
    const device = createDevice();
    const tab = device.open({ autoPageView: true }, `${SHOP}/?utm_source=naver`);
    await device.pass(10);
    tab.go(`${SHOP}/item/1`);
    await device.pass(10);
    tab.go(`${SHOP}/item/1#reviews`);
    await device.pass(10);
    // A router that sends on at once has shown one page, not two.
    tab.go(`${SHOP}/login`);
    tab.go(`${SHOP}/cart`);
    await device.pass(10);
    tab.back();
    await device.pass(HOUR_MS);
    expect(views(device.taken)).toEqual([
      [`${SHOP}/?utm_source=naver`, undefined],
      [`${SHOP}/item/1`, `${SHOP}/?utm_source=naver`],
      [`${SHOP}/cart`, `${SHOP}/item/1`],
      [`${SHOP}/cart`, `${SHOP}/item/1`],
    ]);
    expect(new Set(device.taken.map(({ utm }) => utm?.['source']))).toEqual(new Set(['naver']));
  });

  it('are the visitor that the page names right after init', async () => {
    const device = createDevice();
    const { repoint } = device.open({ autoPageView: true });
    repoint.identify('u1');
    await device.pass(HOUR_MS);
    expect(device.taken).toMatchObject([{ name: 'page_view', user_id: 'u1' }]);
  });
});

describe('a visitor', () => {
  const one = async (act: (tab: ReturnType<ReturnType<typeof createDevice>['open']>) => void) => {
    const device = createDevice();
    act(device.open());
    await device.pass(HOUR_MS);
    return device.taken;
  };

  it('is the same on every page and in every tab; after half an hour it is another visit', async () => {
    const device = createDevice();
    device.open().repoint.track('page_view');
    device.open().repoint.track('page_view');
    await device.pass(IDLE_MS);
    device.open().repoint.track('page_view');
    await device.pass(HOUR_MS);
    expect(new Set(device.taken.map(({ anonymous_id: id }) => id)).size).toBe(1);
    const [first, second, third] = device.taken.map(({ session_id: id }) => id);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it('is named from identify, login or sign_up on, also on later pages', async () => {
    for (const act of ['identify', 'login', 'signUp'] as const) {
      const device = createDevice();
      const { repoint } = device.open();
      repoint.track('interaction');
      if (act === 'identify') repoint.identify('u1');
      else repoint[act]?.({ user_id: 'u1' });
      device.open().repoint.track('interaction');
      await device.pass(HOUR_MS);
      expect(device.taken.at(0)?.user_id).toBeUndefined();
      expect(device.taken.at(-1)?.user_id).toBe('u1');
    }
  });

  it('is not named by what is no name, and stays who they are', async () => {
    const nobody: readonly unknown[] = [undefined, null, '', 'x'.repeat(129)];
    const sent = await one(({ repoint }) => {
      const identify = repoint.identify as (user: unknown) => void;
      for (const user of nobody) {
        identify(user);
        repoint.track('interaction');
      }
      identify('u1');
      for (const user of nobody) identify(user);
      repoint.track('interaction');
    });
    expect(sent.map(({ user_id: user }) => user)).toEqual([...nobody.map(() => undefined), 'u1']);
  });

  it('is who they are also where the device has no room left', async () => {
    const device = createDevice();
    const { repoint } = device.open();
    repoint.track('interaction');
    const { kept } = device;
    kept.set = () => kept;
    repoint.identify('u1');
    await device.pass(IDLE_MS);
    repoint.track('interaction');
    repoint.track('interaction');
    await device.pass(HOUR_MS);
    const [before, first, second] = device.taken;
    expect([first?.user_id, second?.user_id]).toEqual(['u1', 'u1']);
    expect(first?.anonymous_id).toBe(before?.anonymous_id);
    expect([first?.session_id, second?.session_id]).toEqual([second?.session_id, expect.any(String)]);
    expect(first?.session_id).not.toBe(before?.session_id);
  });

  it('that signed out is another one', async () => {
    const [before, after] = await one(({ repoint }) => {
      repoint.identify('u1');
      repoint.track('interaction');
      repoint.reset();
      repoint.track('interaction');
    });
    expect(after?.user_id).toBeUndefined();
    expect(after?.anonymous_id).not.toBe(before?.anonymous_id);
    expect(after?.session_id).not.toBe(before?.session_id);
  });
});

describe('without consent', () => {
  const IDS = ['user_id', 'anonymous_id', 'session_id'] as const;

  it('nothing is stored, and what is sent names nobody', async () => {
    const device = createDevice();
    const { repoint } = device.open({ consent: false, autoPageView: true }, `${SHOP}/?utm_source=naver`);
    repoint.identify('u1');
    repoint['addToCart']?.({ item_id: 'P1', quantity: 1, user_id: 'u1' });
    repoint['login']?.({ user_id: 'u1' });
    expect(device.kept.size).toBe(0);
    await device.pass(HOUR_MS);
    expect(device.kept.size).toBe(0);
    expect(device.taken.map(({ name }) => name).sort()).toEqual(['add_to_cart', 'page_view']);
    for (const event of device.taken) {
      expect(event.consent).toEqual({ analytics: false });
      expect(event.utm).toEqual({ source: 'naver' });
      for (const id of IDS) expect(event).not.toHaveProperty(id);
    }
    expect(device.bodies.join()).not.toContain('u1');
  });

  it('from the moment it is withdrawn, neither what waits nor what is under way names anybody any more', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('interaction', 'login', 'add_to_cart'), { minLength: 1, maxLength: 8 }),
        fc.nat(1500),
        fc.boolean(),
        async (events, ms, byOtherTab) => {
          const device = createDevice();
          device.answer([], 503);
          const tab = device.open({ consent: true });
          tab.repoint.identify('member-1');
          for (const name of events)
            tab.repoint.track(name, { user_id: 'member-1', item_id: 'P1', quantity: 1 });
          await device.pass(ms);
          const before = device.bodies.length;
          if (byOtherTab) tab.removed('repoint');
          else tab.repoint.consent(false);
          expect(device.kept.size).toBe(0);
          tab.repoint.track('interaction');
          device.answer([]);
          await device.pass(HOUR_MS);
          expect(device.kept.size).toBe(0);
          const after = device.bodies.slice(before).join();
          expect(after).not.toContain('member-1');
          for (const id of IDS) expect(after).not.toContain(id);
          // What does not need a name is still counted.
          const kept = events.filter((name) => name !== 'login').length + 1;
          expect(device.taken.map(({ name }) => name).filter((name) => name !== 'login')).toHaveLength(kept);
        },
      ),
      { numRuns: 60 },
    ));

  it('what an earlier page stored is wiped before anything else', async () => {
    const device = createDevice();
    const first = device.open();
    first.repoint.identify('u1');
    first.repoint.track('interaction');
    first.close('crash');
    expect(device.kept.size).toBe(2);
    device.open({ consent: false });
    expect(device.kept.size).toBe(0);
    await device.pass(HOUR_MS);
    expect(device.taken).toMatchObject([{ name: 'interaction', consent: { analytics: false } }]);
    expect(device.bodies.join()).not.toContain('u1');
  });

  it.each([undefined, null, 'denied', 'granted', 1])('is not given by %j', async (said) => {
    const device = createDevice();
    const { repoint } = device.open({ consent: true });
    repoint.identify('u1');
    repoint.consent(said as unknown as boolean);
    repoint.track('interaction');
    await device.pass(HOUR_MS);
    expect(device.taken).toMatchObject([{ consent: { analytics: false } }]);
    expect(device.bodies.join()).not.toContain('u1');
    expect(device.kept.size).toBe(0);
  });

  it('given again, somebody new is on the page', async () => {
    const device = createDevice();
    const { repoint } = device.open({ consent: true });
    repoint.track('interaction');
    await device.pass(HOUR_MS);
    repoint.consent(false);
    repoint.consent(true);
    repoint.track('interaction');
    await device.pass(HOUR_MS);
    const [before, after] = device.taken;
    expect(after?.consent).toEqual({ analytics: true });
    expect(after?.anonymous_id).toBeDefined();
    expect(after?.anonymous_id).not.toBe(before?.anonymous_id);
  });
});
