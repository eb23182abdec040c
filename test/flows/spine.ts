import { GetAppsCommand, GetUserEndpointsCommand, PinpointClient } from '@aws-sdk/client-pinpoint';
import { describe, expect, it } from 'vitest';
import { event, type Flow, finished, members, postCampaign, until } from './support.ts';

const PUSH = {
  segment: 'cart',
  title: '안녕하세요 {{User.UserId}}님',
  message: '{{User.UserAttributes.grade}} 회원님께',
  icon: 'https://shop.example.com/icon.png',
  image: 'https://shop.example.com/new.png',
};
const COUNT = 20;

/** From members and events to messages and results. Its members are called `u…`, the first of the system. */
export function spine(flow: () => Flow): void {
  const outbox = async (query: string) =>
    (await flow().api.must([200], 'GET', `/local/outbox?${query}`)).body['messages'] as Record<
      string,
      unknown
    >[];

  describe('from members and events to messages and results', () => {
    it('saves members and makes each address an endpoint of the Pinpoint API', async () => {
      await flow().api.must([200], 'POST', '/v1/members', { members: members(COUNT) });
      const { engine } = flow().system;
      const pinpoint = new PinpointClient({
        endpoint: engine.endpoint,
        region: engine.region,
        credentials: engine,
      });
      const apps = await pinpoint.send(new GetAppsCommand({}));
      const ApplicationId = apps.ApplicationsResponse?.Item?.[0]?.Id;
      const { EndpointsResponse } = await pinpoint.send(
        new GetUserEndpointsCommand({ ApplicationId, UserId: 'u4' }),
      );
      expect(EndpointsResponse?.Item?.map(({ ChannelType }) => ChannelType).sort()).toEqual([
        'EMAIL',
        'GCM',
        'SMS',
      ]);
      expect(EndpointsResponse?.Item?.[0]?.User?.UserAttributes?.['grade']).toEqual(['GOLD']);
    });

    it('takes a batch of events into the lake and into member state', async () => {
      const carts = Array.from({ length: 10 }, (_, index) =>
        event('add_to_cart', `u${index}`, { item_id: 'P1', quantity: 1 }),
      );
      const orders = [0, 1, 2].map((index) =>
        event('purchase', `u${index}`, { transaction_id: `t${index}`, revenue: 10, currency: 'KRW' }),
      );
      const { body } = await flow().api.must([202], 'POST', '/v1/events', { events: [...carts, ...orders] });
      expect(body['accepted']).toBe(13);
      await flow().system.flush();
      expect(
        await flow().sql(
          "SELECT name, count(*) AS n FROM events WHERE user_id LIKE 'u%' GROUP BY name ORDER BY name",
        ),
      ).toEqual([
        { name: 'add_to_cart', n: '10' },
        { name: 'purchase', n: '3' },
      ]);
      const { body: member } = await flow().api.must([200], 'GET', '/v1/members/u5');
      expect(JSON.stringify(member)).toContain('P1');
    });

    it('counts an event once however often it is sent', async () => {
      const once = event('page_view', 'u15');
      for (let sent = 0; sent < 3; sent++)
        await flow().api.must([202], 'POST', '/v1/events', { events: [once, once] });
      await flow().system.flush();
      expect(
        await flow().sql("SELECT count(*) AS n FROM events WHERE name = 'page_view' AND user_id LIKE 'u%'"),
      ).toEqual([{ n: '1' }]);
    });

    it('sends a campaign to a behaviour segment: rendered, in the outbox, in the ledger, counted', async () => {
      await flow().api.must([200, 201], 'PUT', '/v1/segments/cart', {
        rule: { did: 'add_to_cart', didNot: 'purchase', inTheLastDays: 7 },
      });
      const { id } = await postCampaign(flow().api, PUSH);
      const done = await finished(flow().api, id);
      expect(done.sends[0]?.counts).toMatchObject({ audience: 7, sent: 7, failed: 0, uncertain: 0 });
      const sent = await outbox('channel=push');
      expect(sent.map(({ title }) => title).sort()).toEqual(
        [3, 4, 5, 6, 7, 8, 9].map((index) => `안녕하세요 u${index}님`),
      );
      expect(sent.find(({ title }) => String(title).includes('u4'))?.['body']).toBe('GOLD 회원님께');
      await flow().system.flush();
      const ledger = await flow().sql(
        "SELECT user_id, status FROM messages WHERE channel IN ('GCM', 'APNS') ORDER BY user_id",
      );
      expect(ledger).toEqual(
        [3, 4, 5, 6, 7, 8, 9].map((index) => ({ user_id: `u${index}`, status: 'sent' })),
      );
    });

    it('sends e-mail and SMS to an attribute segment', async () => {
      await flow().api.must([200, 201], 'PUT', '/v1/segments/gold', {
        rule: { attribute: 'grade', is: 'GOLD' },
      });
      const email = await postCampaign(flow().api, {
        segment: 'gold',
        channel: 'email',
        title: '{{User.UserAttributes.name}}님께',
        message: '<b>{{User.UserAttributes.name}}</b>',
      });
      const sms = await postCampaign(flow().api, {
        segment: 'gold',
        channel: 'sms',
        message: '{{User.UserId}}님',
      });
      for (const { id } of [email, sms]) {
        expect((await finished(flow().api, id)).sends[0]?.counts).toMatchObject({
          audience: COUNT / 2,
          sent: COUNT / 2,
        });
      }
      expect(new Set((await outbox('channel=email')).map(({ title }) => title))).toContain('회원4님께');
      expect(new Set((await outbox('channel=sms')).map(({ body }) => body))).toContain('u4님');
    });

    it('brings an open back from the app and from the mailbox into campaign_results', async () => {
      await flow().api.must([200], 'POST', '/local/outbox/play', {
        action: 'open',
        channel: 'push',
        limit: 3,
      });
      await flow().api.must([200], 'POST', '/local/outbox/play', {
        action: 'open',
        channel: 'email',
        limit: 5,
      });
      const results = async () => {
        await flow().system.flush();
        return flow().sql(
          'SELECT channel, audience, sent, delivered, opened FROM campaign_results ORDER BY channel',
        );
      };
      const rows = await until(
        results,
        (found) =>
          found.length === 3 &&
          found.every(
            ({ opened, delivered, channel }) => delivered !== '0' && (channel === 'SMS' || opened !== '0'),
          ),
      );
      const opened = Object.fromEntries(
        rows.map(({ channel = '', opened = '' }) => [channel.toLowerCase(), opened]),
      );
      expect(opened).toMatchObject({ push: '3', email: '5', sms: '0' });
      expect(rows.map(({ sent, delivered }) => [sent, delivered])).toEqual([
        ['10', '10'],
        ['7', '7'],
        ['10', '10'],
      ]);
    });
  });

  describe('a campaign for a later time', () => {
    it('goes out by the tick once it is due, once, however often the tick comes', async () => {
      const at = new Date(flow().system.clock.now() + 10 * 60_000).toISOString();
      const created = await postCampaign(flow().api, {
        segment: 'gold',
        title: '예약',
        message: '예약 발송',
        schedule: { at },
      });
      expect(created).toMatchObject({ state: 'scheduled', nextSendAt: at });
      await flow().system.tick();
      expect(await outbox('channel=push&q=예약')).toHaveLength(0);
      flow().system.clock.advance(11 * 60_000);
      await Promise.all([flow().system.tick(), flow().system.tick()]);
      await flow().system.tick();
      expect((await finished(flow().api, created.id)).sends).toHaveLength(1);
      const told = (await outbox('channel=push&limit=1000')).filter(({ title }) => title === '예약');
      expect(told).toHaveLength(COUNT / 2);
      expect(new Set(told.map(({ to }) => to)).size).toBe(COUNT / 2);
    });
  });
}
