import { expect, it } from 'vitest';
import { event, type Flow, finished, postCampaign, unlike, until } from './support.ts';

type Json = Record<string, unknown>;

/** Segments of every kind, resolved through the whole system. Its members are called `s…`, with a grade of their own. */
export function segments(flow: () => Flow): void {
  const grade = unlike('JADE');
  const name = unlike('옥등급');
  const MIXED = {
    all: [
      { attribute: 'grade', is: grade },
      { did: 'add_to_cart', inTheLastDays: 7 },
      { didNot: 'purchase' },
    ],
  };
  const people = ['s0', 's1', 's2', 's3', 's4'].map((prefix) => unlike(prefix));
  const [cart, bought, idle, other, withdrawn] = people as [string, string, string, string, string];
  const api = () => flow().api;
  const result = async (statuses: number[], method: string, path: string, body?: unknown): Promise<Json> =>
    (await api().must(statuses, method, path, body)).body['result'] as Json;
  const consent = (granted: boolean) => ({
    push: { advertising: { granted, at: '2026-01-02T03:04:05.000Z', how: 'sign-up form' } },
  });

  it('knows its members and what they did', async () => {
    const members = people.map((userId) => ({
      userId,
      name: '홍길동',
      pushTokens: [{ platform: 'FCM', token: `token-${userId}` }],
      attributes: { grade: userId === other ? 'OTHER' : grade },
      consents: consent(userId !== withdrawn),
    }));
    await api().must([200], 'POST', '/v1/members', { members });
    const carts = [cart, bought, other, withdrawn].map((userId) =>
      event('add_to_cart', userId, { item_id: 'P1', quantity: 1 }),
    );
    const order = { transaction_id: unlike('st'), revenue: 10, currency: 'KRW' };
    await api().must([202], 'POST', '/v1/events', { events: [...carts, event('purchase', bought, order)] });
    await flow().system.flush();
  });

  it('explains where a rule is judged before anybody is looked for', async () => {
    const mixed = await result([200], 'POST', '/v1/segments/explain', { rule: MIXED });
    expect(mixed).toMatchObject({ path: 'both', athena: { sql: expect.stringContaining('segment_bits') } });
    expect(mixed['sentences']).toMatchObject({ ko: expect.stringContaining(grade), en: expect.any(String) });
    const rows = await result([200], 'POST', '/v1/segments/explain', { rule: MIXED.all[0] });
    expect(rows).toMatchObject({ path: 'members', athena: null });
  });

  it('previews a rule that no segment has: the count, whom messages reach, masked names', async () => {
    const asked = await result([200, 202], 'POST', '/v1/segments/preview', { rule: MIXED });
    const preview = await until(
      () => result([200, 202], 'GET', `/v1/segments/preview/${asked['id']}`),
      ({ state }) => state === 'ready',
    );
    expect(preview).toMatchObject({
      path: 'both',
      count: 2,
      sample: null,
      reach: { push: { informational: 2, advertising: 1 }, email: { informational: 0 } },
    });
    const shown = preview['members'] as { userId: string; name: string }[];
    expect(shown.map(({ userId }) => userId).sort()).toEqual([cart, withdrawn].sort());
    expect(new Set(shown.map((one) => one.name))).toEqual(new Set(['홍*동']));
  });

  it('tells the author of SQL what Athena has against it, whether it is tried or kept', async () => {
    const sql = 'SELECT user_id\nFROM events\nWHERE day >= current_date AND no_such_column = 1';
    const told = /no_such_column.* cannot be resolved/;
    const tried = await until(
      () => api().call('POST', '/v1/segments/preview', { rule: { any: [{ sql }] } }),
      ({ status }) => status !== 202,
    );
    expect(tried).toMatchObject({
      status: 400,
      body: { code: 'validation', field: 'rule.any.0.sql', message: expect.stringMatching(told) },
    });
    expect(JSON.stringify(tried.body)).toContain('line 3:');
    const path = `/v1/segments/${encodeURIComponent(unlike('질문'))}`;
    await api().must([201], 'PUT', path, { rule: { sql } });
    const asked = await result([202], 'POST', `${path}/resolutions`);
    const done = await until(
      () => result([200], 'GET', `${path}/resolutions/${asked['id']}`),
      ({ state }) => state === 'ready' || state === 'failed',
    );
    expect(done).toMatchObject({ state: 'failed', reason: expect.stringMatching(told) });
  });

  it('resolves a rule of attributes and behaviour once for all who ask, and tells who is in it', async () => {
    await api().must([201], 'PUT', `/v1/segments/${encodeURIComponent(name)}`, { rule: MIXED });
    const path = `/v1/segments/${encodeURIComponent(name)}`;
    const asked = await Promise.all([1, 2].map(() => result([202], 'POST', `${path}/resolutions`)));
    const done = await until(
      () => result([200], 'GET', `${path}/resolutions/${asked[0]?.['id']}`),
      ({ state }) => state === 'ready' || state === 'failed',
    );
    expect(done).toMatchObject({ state: 'ready', path: 'both', size: 2, version: 1 });
    const { body } = await api().must([200], 'GET', `${path}/members?limit=1`);
    const { body: rest } = await api().must([200], 'GET', `${path}/members?limit=1&after=${body['next']}`);
    expect([body['result'], rest['result']].flat().sort()).toEqual([cart, withdrawn].sort());
    const { body: history } = await api().must([200], 'GET', `${path}/history`);
    expect(history['result']).toMatchObject([{ size: 2, version: 1, scannedBytes: expect.any(Number) }]);
    expect(await result([200], 'GET', path)).toMatchObject({ resolutions: [{ state: 'ready', size: 2 }] });
  });

  it('reaches with a campaign exactly who is in it', async () => {
    const title = unlike('섞인 조건');
    const { id } = await postCampaign(api(), {
      segment: name,
      title,
      message: '안녕하세요',
      icon: 'https://shop.example.com/icon.png',
      image: 'https://shop.example.com/new.png',
    });
    expect((await finished(api(), id)).sends[0]?.counts).toMatchObject({ audience: 2, sent: 2 });
    const { body } = await api().must(
      [200],
      'GET',
      `/local/outbox?channel=push&q=${encodeURIComponent(title)}`,
    );
    const reached = (body['messages'] as { to: string }[]).map(({ to }) => to);
    expect(reached.sort()).toEqual([`token-${cart}`, `token-${withdrawn}`].sort());
  });

  it.each([
    ['who did it all', () => cart, true, [true, true, true]],
    ['who bought', () => bought, false, [true, true, false]],
    ['who did nothing', () => idle, false, [true, false, true]],
    ['whose grade is another', () => other, false, [false, true, true]],
    ['who is nobody', () => 'nobody-at-all', false, [false, false, true]],
  ])('says of somebody %s whether they are in it, and why', async (_, who, isIn, held) => {
    const path = `/v1/segments/${encodeURIComponent(name)}/members/${encodeURIComponent(who())}`;
    let look = path;
    const answer = await until(
      async () => {
        const told = await result([200, 202], 'GET', look);
        look = String(told['look'] ?? look);
        return told;
      },
      ({ state }) => state === 'ready',
    );
    expect(answer).toMatchObject({ in: isIn, by: 'events' });
    expect((answer['conditions'] as { holds: boolean }[]).map(({ holds }) => holds)).toEqual(held);
  });

  it('answers at once from the member’s row when no behaviour is asked for', async () => {
    const rows = unlike('옥');
    await api().must([201], 'PUT', `/v1/segments/${encodeURIComponent(rows)}`, { rule: MIXED.all[0] });
    const ask = () => result([200], 'GET', `/v1/segments/${encodeURIComponent(rows)}/members/${idle}`);
    expect(await ask()).toMatchObject({ in: true, by: 'members' });
    await api().must([200], 'PUT', `/v1/members/${idle}`, { attributes: { grade: 'GONE' } });
    expect(await ask()).toMatchObject({ in: false, by: 'members' });
  });

  it('compares people where a rule does', async () => {
    const top = unlike('상위');
    const rule = {
      all: [
        { attribute: 'grade', is: grade },
        { computed: 'revenue', topPercent: 100 },
      ],
    };
    await api().must([201], 'PUT', `/v1/segments/${encodeURIComponent(top)}`, { rule });
    const of = (userId: string) =>
      until(
        () => result([200, 202], 'GET', `/v1/segments/${encodeURIComponent(top)}/members/${userId}`),
        ({ state }) => state === 'ready',
      );
    expect(await of(bought)).toMatchObject({ in: true });
    expect(await of(cart)).toMatchObject({ in: false });
  });
}
