import { isDeepStrictEqual } from 'node:util';
import { GetAppsCommand, GetUserEndpointsCommand, PinpointClient } from '@aws-sdk/client-pinpoint';
import { expect, it } from 'vitest';
import { event, type Flow, finished, members, postCampaign, unlike, until } from './support.ts';

const PUSH = {
  message: '{{User.UserAttributes.grade}} 회원님께',
  icon: 'https://shop.example.com/icon.png',
  image: 'https://shop.example.com/new.png',
};
const COUNT = 20;
/** Nobody of the flows beside this one has it in a cart. */
const ITEM = 'SPINE-1';

const quoted = (events: readonly { readonly event_id: string }[]): string =>
  events.map(({ event_id }) => `'${event_id}'`).join(', ');

/**
 * From members and events to messages and results. Its members are called `u…`, the first of the system. `later` moves the
 * clock: it goes beside nothing else, and after `spine`, whose members it writes to.
 */
export function spine(flow: () => Flow) {
  const gold = unlike('gold');
  /** Of the campaigns that were sent: their ids, and what their titles hold. */
  const sent = { push: '', email: '', sms: '', pushTitle: '', emailTitle: '' };
  const outbox = async (query: string) =>
    (await flow().api.must([200], 'GET', `/local/outbox?${query}`)).body['messages'] as Record<
      string,
      unknown
    >[];

  const play = (which: { channel: string; q: string; limit: number }) =>
    flow().api.must([200], 'POST', '/local/outbox/play', { action: 'open', ...which });
  let played: Promise<unknown> | undefined;

  const fromMembersToResults = (): void => {
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
        event('add_to_cart', `u${index}`, { item_id: ITEM, quantity: 1 }),
      );
      const orders = [0, 1, 2].map((index) =>
        event('purchase', `u${index}`, {
          transaction_id: unlike(`t${index}`),
          revenue: 10,
          currency: 'KRW',
        }),
      );
      const events = [...carts, ...orders];
      const { body } = await flow().api.must([202], 'POST', '/v1/events', { events });
      expect(body['accepted']).toBe(13);
      await flow().system.flush();
      expect(
        await flow().sql(
          `SELECT name, count(*) AS n FROM events WHERE event_id IN (${quoted(events)}) GROUP BY name ORDER BY name`,
        ),
      ).toEqual([
        { name: 'add_to_cart', n: '10' },
        { name: 'purchase', n: '3' },
      ]);
      const { body: member } = await flow().api.must([200], 'GET', '/v1/members/u5');
      expect(JSON.stringify(member)).toContain(ITEM);
    });

    it('counts an event once however often it is sent', async () => {
      const once = event('page_view', 'u15');
      for (let times = 0; times < 3; times++)
        await flow().api.must([202], 'POST', '/v1/events', { events: [once, once] });
      await flow().system.flush();
      expect(
        await flow().sql(`SELECT count(*) AS n FROM events WHERE event_id IN (${quoted([once])})`),
      ).toEqual([{ n: '1' }]);
    });

    it('sends a campaign to a behaviour segment: rendered, in the outbox, in the ledger, counted', async () => {
      // Of its own name: a result of a segment is shared for a minute by all who ask for it.
      const segment = unlike('cart');
      await flow().api.must([200, 201], 'PUT', `/v1/segments/${segment}`, {
        rule: {
          all: [
            { did: 'add_to_cart', where: [{ property: 'item_id', is: ITEM }], inTheLastDays: 7 },
            { didNot: 'purchase', inTheLastDays: 7 },
          ],
        },
      });
      const hello = unlike('안녕하세요');
      const { id } = await postCampaign(flow().api, {
        ...PUSH,
        segment,
        title: `${hello} {{User.UserId}}님`,
      });
      const done = await finished(flow().api, id);
      expect(done.sends[0]?.counts).toMatchObject({ audience: 7, sent: 7, failed: 0, uncertain: 0 });
      const messages = await outbox(`channel=push&q=${hello}`);
      expect(messages.map(({ title }) => title).sort()).toEqual(
        [3, 4, 5, 6, 7, 8, 9].map((index) => `${hello} u${index}님`),
      );
      expect(messages.find(({ title }) => String(title).includes('u4'))?.['body']).toBe('GOLD 회원님께');
      await flow().system.flush();
      const ledger = await flow().sql(
        `SELECT user_id, status, channel IN ('GCM', 'APNS') AS pushed FROM messages WHERE repoint_campaign = '${id}' ORDER BY user_id`,
      );
      expect(ledger).toEqual(
        [3, 4, 5, 6, 7, 8, 9].map((index) => ({ user_id: `u${index}`, status: 'sent', pushed: 'true' })),
      );
      Object.assign(sent, { push: id, pushTitle: hello });
    });

    it('sends e-mail and SMS to an attribute segment', async () => {
      await flow().api.must([200, 201], 'PUT', `/v1/segments/${gold}`, {
        rule: { attribute: 'grade', is: 'GOLD' },
      });
      const dear = unlike('님께');
      const email = await postCampaign(flow().api, {
        segment: gold,
        channel: 'email',
        title: `{{User.UserAttributes.name}}${dear}`,
        message: '<b>{{User.UserAttributes.name}}</b>',
      });
      const sms = await postCampaign(flow().api, {
        segment: gold,
        channel: 'sms',
        message: '{{User.UserId}}님',
      });
      for (const { id } of [email, sms]) {
        expect((await finished(flow().api, id)).sends[0]?.counts).toMatchObject({
          audience: COUNT / 2,
          sent: COUNT / 2,
        });
      }
      expect((await outbox(`channel=email&q=${dear}`)).map(({ title }) => title)).toContain(`회원4${dear}`);
      expect((await outbox('channel=sms&q=u4님')).map(({ body }) => body)).toContain('u4님');
      Object.assign(sent, { email: email.id, sms: sms.id, emailTitle: dear });
    });

    it('brings an open back from the app and from the mailbox into campaign_results', async () => {
      // Each plays messages that nobody has opened yet: another try must not open more.
      played ??= Promise.all([
        play({ channel: 'push', q: sent.pushTitle, limit: 3 }),
        play({ channel: 'email', q: sent.emailTitle, limit: 5 }),
      ]);
      await played;
      const wanted = [
        { channel: 'EMAIL', audience: '10', sent: '10', delivered: '10', opened: '5' },
        { channel: 'PUSH', audience: '7', sent: '7', delivered: '7', opened: '3' },
        { channel: 'SMS', audience: '10', sent: '10', delivered: '10', opened: '0' },
      ];
      const results = async () => {
        await flow().system.flush();
        return flow().sql(
          `SELECT channel, audience, sent, delivered, opened FROM campaign_results WHERE campaign_id IN ('${sent.push}', '${sent.email}', '${sent.sms}') ORDER BY channel`,
        );
      };
      // Receipts and opens come one by one.
      expect(await until(results, (rows) => isDeepStrictEqual(rows, wanted))).toEqual(wanted);
    });
  };

  const later = (): void => {
    it('goes out by the tick once it is due, once, however often the tick comes', async () => {
      const title = unlike('예약');
      const at = new Date(flow().system.clock.now() + 10 * 60_000).toISOString();
      const created = await postCampaign(flow().api, {
        segment: gold,
        title,
        message: '예약 발송',
        schedule: { at },
      });
      expect(created).toMatchObject({ state: 'scheduled', nextSendAt: at });
      await flow().system.tick();
      expect(await outbox(`channel=push&q=${title}`)).toHaveLength(0);
      flow().system.clock.advance(11 * 60_000);
      await Promise.all([flow().system.tick(), flow().system.tick()]);
      await flow().system.tick();
      expect((await finished(flow().api, created.id)).sends).toHaveLength(1);
      const told = await outbox(`channel=push&limit=1000&q=${title}`);
      expect(told).toHaveLength(COUNT / 2);
      expect(new Set(told.map(({ to }) => to)).size).toBe(COUNT / 2);
    });
  };

  return { fromMembersToResults, later };
}
