import { request } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { event, type Flow, postCampaign, unlike } from './support.ts';

const VALID = { segment: 'vip', title: '안녕하세요', message: '신제품' };

const SHAPE = ['code', 'field', 'message', 'requestId'];

interface Raw {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Requests that are refused, in part or in whole. Its members are called `v…`, its segments `vip` and `cart_abandoners`. */
export function refusals(flow: () => Flow): void {
  beforeAll(async () => {
    const vips = ['v0', 'v1'].map((userId) => ({
      userId,
      pushTokens: [{ platform: 'FCM', token: `token-${userId}` }],
      attributes: { grade: 'VIP' },
    }));
    await flow().api.must([200], 'POST', '/v1/members', { members: vips });
    for (const name of ['vip', 'cart_abandoners'])
      await flow().api.must([201], 'PUT', `/v1/segments/${name}`, {
        rule: { attribute: 'grade', is: 'VIP' },
      });
  });

  const campaigns = async (title: string): Promise<string[]> => {
    const { body } = await flow().api.must([200], 'GET', `/v1/campaigns?q=${title}`);
    return (body['result'] as { id: string }[]).map(({ id }) => id);
  };

  /** A request byte by byte: from another address, with a broken body, without a key. */
  const raw = (
    path: string,
    options: { from?: string; body?: string; key?: string | undefined; method?: string },
  ): Promise<Raw> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(flow().system.baseUrl);
      const key = 'key' in options ? options.key : flow().system.apiKey;
      const call = request(
        {
          hostname,
          port,
          path,
          method: options.method ?? 'POST',
          ...(options.from === undefined ? {} : { localAddress: options.from }),
          headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'x-api-key': key }) },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>,
            }),
          );
        },
      );
      call.on('error', reject);
      call.end(options.body ?? '');
    });

  describe('the doors', () => {
    it('refuse an address outside the allow-list by the synthesized policy, key or not', async () => {
      const refused = await raw('/v1/campaigns', { from: '127.0.0.2', body: JSON.stringify(VALID) });
      expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      expect(String(refused.body['message'])).toContain('explicit deny');
      const engine = await raw('/pinpoint/v1/apps', { from: '127.0.0.2', method: 'GET' });
      expect(engine.status).toBe(403);
    });

    it('let any address write events to the collector, and nothing else', async () => {
      const body = JSON.stringify({ events: [event('page_view', 'v1')] });
      const key = flow().system.collectorKey;
      expect((await raw('/public/v1/events', { from: '127.0.0.2', body, key })).status).toBe(202);
      expect((await raw('/public/v1/campaigns', { from: '127.0.0.2', body, key })).status).toBe(404);
      expect((await raw('/public/v1/events', { method: 'GET', key })).status).toBe(404);
    });

    it('ask for the key of the door', async () => {
      for (const key of [undefined, 'wrong', flow().system.collectorKey]) {
        expect(await raw('/v1/events', { key, body: '{}' })).toMatchObject({
          status: 403,
          body: { code: 'forbidden' },
        });
      }
      expect((await raw('/public/v1/events', { key: undefined, body: '{}' })).status).toBe(403);
    });
  });

  describe('a wrong campaign request', () => {
    const refusals: [string, unknown, number, Record<string, unknown>][] = [
      [
        'an unknown segment',
        { ...VALID, segment: 'cart_abandoner' },
        404,
        { code: 'not_found', field: 'segment' },
      ],
      ['no title', { segment: 'vip', message: 'm' }, 400, { code: 'validation', field: 'title' }],
      ['an unknown field', { ...VALID, titel: 'x' }, 400, { code: 'validation', field: 'titel' }],
      [
        'an unknown variable',
        { ...VALID, message: '{{Usr.UserId}}' },
        400,
        { code: 'validation', field: 'message' },
      ],
      [
        'a past date',
        { ...VALID, schedule: { at: '2020-01-01T00:00:00Z' } },
        400,
        { code: 'validation', field: 'schedule.at' },
      ],
    ];
    it.each(refusals)('%s is answered with what was wrong', async (_name, body, status, error) => {
      const answer = await flow().api.call('POST', '/v1/campaigns', body);
      expect(answer).toMatchObject({ status, body: error });
      expect(
        Object.keys(answer.body)
          .filter((name) => name !== 'problems')
          .sort(),
      ).toEqual(SHAPE);
    });

    it('names an unknown segment and the nearest existing names', async () => {
      const { body } = await flow().api.call('POST', '/v1/campaigns', {
        ...VALID,
        segment: 'cart_abandoner',
      });
      expect(body['message']).toContain('cart_abandoner');
      expect(body['message']).toContain('cart_abandoners');
    });

    it('that is broken JSON is 400, and one that is too large 413, before anything is kept', async () => {
      const title = unlike('거절');
      const valid = { ...VALID, title };
      expect(await raw('/v1/campaigns', { body: JSON.stringify(valid).slice(0, -1) })).toMatchObject({
        status: 400,
        body: { code: 'validation' },
      });
      const large = JSON.stringify({ ...valid, message: 'x'.repeat(5.5 * 1024 * 1024) });
      expect(await raw('/v1/campaigns', { body: large })).toMatchObject({
        status: 413,
        body: { code: 'too_large' },
      });
      const larger = JSON.stringify({ ...valid, message: 'x'.repeat(11 * 1024 * 1024) });
      expect(await raw('/v1/campaigns', { body: larger })).toMatchObject({
        status: 413,
        body: { code: 'too_large' },
      });
      expect(await campaigns(title)).toEqual([]);
    });
  });

  describe('a repeated POST', () => {
    it('with the same Idempotency-Key gets the first answer, and there is one campaign', async () => {
      const headers = { 'idempotency-key': unlike('once') };
      const once = { ...VALID, title: unlike('한 번') };
      const answers = await Promise.all(
        [1, 2, 3].map(() => flow().api.call('POST', '/v1/campaigns', once, headers)),
      );
      const first = await postCampaign(flow().api, once, headers);
      for (const { status, body } of answers) {
        if (status === 201) expect((body['result'] as { id: string }).id).toBe(first.id);
        else expect(status).toBe(409);
      }
      expect(await campaigns(once.title)).toEqual([first.id]);
    });

    it('with the same key and another body is 422', async () => {
      const headers = { 'idempotency-key': unlike('another') };
      await postCampaign(flow().api, VALID, headers);
      expect(
        await flow().api.call('POST', '/v1/campaigns', { ...VALID, title: 'other' }, headers),
      ).toMatchObject({
        status: 422,
        body: { code: 'unprocessable', field: 'Idempotency-Key' },
      });
    });
  });

  describe('a batch of events with bad ones', () => {
    it('survives an event that is nested without end, and so do members', async () => {
      const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
      const good = JSON.stringify(event('page_view', 'v1'));
      const bad = JSON.stringify(event('page_view', 'v2', { deep: 'HERE' })).replace('"HERE"', deep);
      const answer = await raw('/v1/events', { body: `{"events":[${good},${bad},${deep}]}` });
      expect(answer).toMatchObject({ status: 207, body: { accepted: 1, rejected: 2 } });
      const member = await raw('/v1/members', {
        body: `{"members":[{"userId":"v1","attributes":{"a":1}},${deep}]}`,
      });
      expect(member).toMatchObject({ status: 207, body: { accepted: 1 } });
    });

    it('keeps the good ones and answers 207 with one entry per bad one', async () => {
      const good = [event('page_view', 'v1'), event('login', 'v2', { user_id: 'v2' })];
      const bad = [
        event('add_to_cart', 'v1', { quantity: 1 }),
        event('page_veiw', 'v1'),
        event('page_view', 'v1', {}, Date.now() + 25 * 60 * 60 * 1000),
      ];
      const { status, body } = await flow().api.call('POST', '/v1/events', {
        events: [good[0], ...bad, good[1]],
      });
      expect(status).toBe(207);
      expect(body).toMatchObject({ accepted: 2, rejected: 3 });
      const errors = body['errors'] as { index: number; message: string }[];
      expect(errors.map(({ index }) => index)).toEqual([1, 2, 3]);
      expect(errors[0]?.message).toContain('item_id');
      expect(errors[1]?.message).toContain('page_view');
      await flow().system.flush();
      const ids = good.map(({ event_id }) => `'${event_id}'`).join(', ');
      expect(await flow().sql(`SELECT count(*) AS n FROM events WHERE event_id IN (${ids})`)).toEqual([
        { n: '2' },
      ]);
      const wrong = bad.map(({ event_id }) => `'${event_id}'`).join(', ');
      expect(await flow().sql(`SELECT count(*) AS n FROM events WHERE event_id IN (${wrong})`)).toEqual([
        { n: '0' },
      ]);
    });
  });
}
