import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MOST_FAILURES } from '../../web/tracker/backoff.ts';
import { type Flow, startFlow, until } from '../flows/support.ts';
import { type Gate, openGate, type Road } from './gate.ts';
import { chromiumPath, openShop, type Shop } from './shop.ts';

/** Headless browsers say so, and the collector takes them for robots; this one is a visitor. */
const VISITOR =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36';

const executablePath = chromiumPath();
if (!executablePath) {
  const words = 'there is no Chromium on this machine (apt-get install chromium, or REPOINT_CHROMIUM=path)';
  if (process.env['CI']) throw new Error(`The tracker was not tested: ${words}`);
  console.warn(`SKIPPED, every test of the tracker in a browser: ${words}`);
}

describe.skipIf(!executablePath)('the tracker in Chromium, against the local system', () => {
  let flow: Flow;
  let browser: Browser;
  let gate: Gate;
  let road: Road;
  let shop: Shop;
  let context: BrowserContext;

  beforeAll(async () => {
    const launched = chromium.launch({
      executablePath: executablePath ?? '',
      // Chromium's own sandbox does not work for root, as in most containers. Set here, the name goes with what is sent
      // after its page is gone, too.
      args: ['--no-sandbox', `--user-agent=${VISITOR}`],
    });
    flow = await startFlow();
    browser = await launched;
    gate = await openGate(flow.system.endpoints.public);
    shop = await openShop();
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
    await gate?.close();
    await flow?.end();
  });

  beforeEach(async () => {
    road = gate.road();
    shop.slow = 0;
    shop.options = { url: road.url, key: flow.system.collectorKey, debug: true, autoPageView: false };
    context = await browser.newContext();
  });
  afterEach(() => context.close());

  async function visit(path: string, of: BrowserContext = context): Promise<Page> {
    const page = await of.newPage();
    await page.goto(`${shop.url}${path}`);
    return page;
  }
  const run = <T>(page: Page, script: string): Promise<T> => page.evaluate<T>(script);
  const track = (page: Page, ...targets: readonly string[]): Promise<void> =>
    run(page, `${JSON.stringify(targets)}.forEach((target) => repoint.interaction({ target }))`);
  const flushed = async (page: Page): Promise<void> =>
    void (await until(
      () => run<boolean>(page, 'repoint.flush()'),
      (done) => done,
    ));
  const stored = (page: Page) =>
    run<string[]>(page, '[...Object.entries(localStorage).flat(), document.cookie].filter(Boolean)');

  /** What the lake has of pages whose address contains `path`, in order. */
  const lake = async (path: string, columns: string): Promise<Record<string, string>[]> => {
    await flow.system.flush();
    return flow.sql(
      `SELECT ${columns} FROM events WHERE page_url LIKE '%${path}%' ORDER BY occurred_at, event_id`,
    );
  };
  const TARGET = "json_extract_scalar(properties, '$.target') AS target";
  /** The targets of `interaction` in the lake once there are as many as expected; too many are told, too. */
  const targets = async (path: string, count: number): Promise<string[]> => {
    const rows = await until(
      () => lake(path, TARGET),
      (found) => found.length >= count,
    );
    return rows.map(({ target = '' }) => target).sort();
  };

  it('brings each event into the lake once, although requests are lost on the way there and back', async () => {
    const page = await visit('/once');
    road.fault(['lose', 'cut', 'lose', 503, 'lose']);
    const expected = Array.from({ length: 12 }, (_, index) => `t${10 + index}`);
    for (const target of expected) {
      await track(page, target);
      if (Number(target.slice(1)) % 3 === 0) await run(page, 'repoint.flush()');
    }
    await flushed(page);
    expect(await targets('/once', 12)).toEqual(expected);
    const arrived = await flow.sql(
      "SELECT count(*) AS n, count(DISTINCT event_id) AS ids FROM events_raw WHERE page_url LIKE '%/once%'",
    );
    // Or nothing was repeated, and this would prove nothing.
    expect(Number(arrived[0]?.['n'])).toBeGreaterThan(Number(arrived[0]?.['ids']));
    expect(await stored(page)).toHaveLength(2);
  });

  it.each(['reload', 'crash'])('keeps what could not be sent, and sends it after a %s', async (how) => {
    const path = `/offline-${how}`;
    road.fault([], 'cut');
    let page = await visit(path);
    await track(page, 'a', 'b', 'c');
    expect(await run(page, 'repoint.flush()')).toBe(false);
    if (how === 'crash') {
      await page.close({ runBeforeUnload: false });
      page = await visit(path);
    } else await page.reload();
    await track(page, 'd');
    road.fault([]);
    expect(await targets(path, 4)).toEqual(['a', 'b', 'c', 'd']);
  });

  it.each(['follows a link', 'closes the tab'])('sends what waits when the visitor %s', async (how) => {
    const path = `/leave-${how.slice(0, 6)}`;
    // Another tab keeps the browser's process, not the page's.
    await visit('/plain');
    const page = await visit(path);
    await track(page, 'a', 'b');
    if (how === 'closes the tab') await page.close({ runBeforeUnload: true });
    else await page.goto(`${shop.url}/plain`);
    expect(road.posts().length).toBeLessThanOrEqual(1);
    expect(await targets(path, 2)).toEqual(['a', 'b']);
  });

  it('without consent stores nothing and sends no identifiers', async () => {
    shop.options = { ...shop.options, consent: false, autoPageView: true, cookieDomain: '127.0.0.1' };
    const page = await visit('/declined?utm_source=naver');
    await run(page, "repoint.identify('member-1'); repoint.login({ user_id: 'member-1' })");
    await track(page, 'a');
    expect(await stored(page)).toEqual([]);
    await flushed(page);
    expect(await stored(page)).toEqual([]);
    const bodies = road.posts().map(({ body }) => body);
    expect(bodies.join()).toContain('"consent":{"analytics":false}');
    for (const word of ['member-1', 'user_id', 'anonymous_id', 'session_id'])
      expect(bodies.join()).not.toContain(word);
    const rows = await lake(
      '/declined',
      "name, coalesce(user_id, anonymous_id, session_hint, 'nobody') AS who, utm_source",
    );
    expect(rows).toEqual(
      ['page_view', 'interaction'].map((name) => ({ name, who: 'nobody', utm_source: 'naver' })),
    );
  });

  it('when consent is withdrawn forgets at once, in every tab', async () => {
    road.fault([], 'cut');
    shop.options = { ...shop.options, consent: true };
    const [one, other] = [await visit('/withdrawn'), await visit('/withdrawn')];
    await run(one, "repoint.identify('member-1')");
    await track(one, 'a');
    await track(other, 'b');
    expect((await stored(one)).join()).toContain('member-1');
    await run(one, 'repoint.consent(false)');
    expect(await stored(one)).toEqual([]);
    await until(
      () => track(other, 'c').then(() => stored(other)),
      (left) => left.length === 0,
    );
    const before = road.posts().length;
    road.fault([]);
    await flushed(one);
    await flushed(other);
    const after = road.posts().slice(before);
    expect(after.length).toBeGreaterThan(0);
    expect(after.map(({ body }) => body).join()).not.toMatch(/member-1|user_id|anonymous_id|session_id/);
  });

  it('tells pages and campaign of an app of one page', async () => {
    shop.options = { ...shop.options, autoPageView: true };
    const page = await visit('/spa?utm_source=kakao&utm_campaign=%EC%8B%A0%EC%83%81');
    await track(page, 'home');
    await run(page, "history.pushState({}, '', '/spa/item/1'); document.title = '상품 1'");
    await page.waitForTimeout(20);
    await track(page, 'item');
    await run(page, "location.hash = 'reviews'");
    await page.goBack();
    await page.goBack();
    await page.waitForTimeout(50);
    await flushed(page);
    const rows = await lake('/spa', 'name, page_url, page_title, page_referrer, utm_source, utm_campaign');
    const told = rows.filter(({ name }) => name === 'page_view');
    expect(told.map((row) => row['page_url']?.slice(shop.url.length))).toEqual([
      '/spa?utm_source=kakao&utm_campaign=%EC%8B%A0%EC%83%81',
      '/spa/item/1',
      '/spa?utm_source=kakao&utm_campaign=%EC%8B%A0%EC%83%81',
    ]);
    expect(told[1]).toMatchObject({ page_title: '상품 1', page_referrer: told[0]?.['page_url'] });
    expect(new Set(rows.map((row) => `${row['utm_source']} ${row['utm_campaign']}`))).toEqual(
      new Set(['kakao 신상']),
    );
  });

  it('knows a visitor again on the next page and in another tab, and names them once they sign in', async () => {
    const page = await visit('/who');
    await track(page, 'a');
    await run(page, "repoint.login({ user_id: 'u1', method: 'kakao' })");
    await page.goto(`${shop.url}/who`);
    await track(page, 'b');
    const other = await visit('/module/who');
    await track(other, 'c');
    await flushed(page);
    await flushed(other);
    const rows = await until(
      () =>
        lake(
          '/who',
          "name, coalesce(user_id, '') AS user_id, anonymous_id, session_hint, device_type, os, bot",
        ),
      (found) => found.length >= 4,
    );
    expect(rows.map(({ user_id }) => user_id)).toEqual(['', 'u1', 'u1', 'u1']);
    const { anonymous_id, session_hint } = rows[0] ?? {};
    for (const row of rows)
      expect(row).toMatchObject({ anonymous_id, session_hint, device_type: 'pc', os: 'Linux', bot: 'false' });
  });

  it('shares the anonymous id with the other sites of a domain by a cookie', async () => {
    const { port } = new URL(shop.url);
    const hosts = ['www.shop.localhost', 'm.shop.localhost'];
    shop.options = { ...shop.options, cookieDomain: 'shop.localhost' };
    for (const host of hosts) {
      const page = await context.newPage();
      await page.goto(`http://${host}:${port}/domain`);
      await track(page, host);
      await flushed(page);
      if (host === hosts[1]) {
        await run(page, 'repoint.consent(false)');
        expect(await stored(page)).toEqual([]);
      }
    }
    const ids = road.posts().flatMap(({ body }) => [...body.matchAll(/"anonymous_id":"([^"]+)"/g)]);
    expect(new Set(ids.map(([, id]) => id)).size).toBe(1);
    expect(ids).toHaveLength(2);
  });

  it('does not ask again when its key is wrong', async () => {
    shop.options = { ...shop.options, key: 'wrong' };
    const page = await visit('/key');
    for (let times = 0; times < 5; times++) {
      await track(page, 'a');
      expect(await run(page, 'repoint.flush()')).toBe(false);
    }
    expect(road.posts()).toHaveLength(1);
  });

  it('does not ask without end when its origin may not post, and the page never learns why', async () => {
    road.origin = 'https://shop.example.com';
    // Hours pass in a moment.
    await context.clock.install();
    const page = await visit('/origin');
    const asked = () => road.seen.length;
    await track(page, 'a');
    for (let minutes = 0; minutes < 120; minutes++) {
      await track(page, 'b');
      await page.clock.runFor(60_000);
      await page.waitForTimeout(20);
    }
    expect(asked()).toBeGreaterThan(1);
    expect(asked()).toBeLessThanOrEqual(MOST_FAILURES);
    expect(road.posts()).toHaveLength(0);
  });

  it('slows down when there are too many requests, and in the end everything arrives', async () => {
    road.fault([429, 429]);
    const page = await visit('/rate');
    for (const target of ['a', 'b', 'c', 'd', 'e', 'f']) {
      await track(page, target);
      await page.waitForTimeout(300);
    }
    expect(await targets('/rate', 6)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    const [first = 0, second = 0, third = 0] = road.posts().map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(500);
    expect(third - second).toBeGreaterThanOrEqual(1000);
    expect(road.posts()).toHaveLength(3);
  });

  it('drops what the collector refuses, says so in the console, and takes no harm', async () => {
    const page = await visit('/refused');
    const warnings: string[] = [];
    page.on('console', (message) => warnings.push(`${message.type()} ${message.text()}`));
    await run(
      page,
      "repoint.track('nothing_known'); repoint.addToCart({}); repoint.interaction({ target: 'a' })",
    );
    await flushed(page);
    expect(await targets('/refused', 1)).toEqual(['a']);
    expect(warnings.filter((text) => text.startsWith('warning repoint'))).toHaveLength(1);
    expect(road.posts()).toHaveLength(1);
    expect((await stored(page)).join()).not.toContain('nothing_known');
  });

  it('does what the page has asked for before the script was there', async () => {
    shop.slow = 500;
    const page = await context.newPage();
    await page.goto(`${shop.url}/early`, { waitUntil: 'commit' });
    await until(
      () => run<boolean>(page, "typeof repoint === 'object'").catch(() => false),
      (there) => there,
      { everyMs: 10 },
    );
    expect(await run(page, 'Array.isArray(repoint.q)')).toBe(true);
    await track(page, 'a');
    await page.waitForFunction('!repoint.q');
    await track(page, 'b');
    expect(await targets('/early', 2)).toEqual(['a', 'b']);
  });
});
