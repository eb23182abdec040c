import { setTimeout as sleep } from 'node:timers/promises';
import { type LakeFacts, openLake } from '../athena-client.ts';
import { type Client, client } from './client.ts';
import { line, step, table } from './print.ts';
import { makeShop, type Shop } from './shop.ts';

export interface DemoFacts extends LakeFacts {
  readonly baseUrl: string;
  readonly apiKey: string;
}

interface Demo {
  readonly facts: DemoFacts;
  readonly api: Client;
  readonly shop: Shop;
  readonly sql: (statement: string) => Promise<Record<string, string>[]>;
}

interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly nextSendAt: string | null;
  readonly sends: readonly { readonly counts: Record<string, unknown> | null }[];
}

const MEMBERS = 300;
const MEMBER_BATCH = 100;
const EVENT_BATCH = 500;
const SENT_WITHIN_MS = 120_000;
const MINUTE_MS = 60_000;

/** The whole path, step by step. Throws at the first answer that is not what it should be. */
export async function playDemo(facts: DemoFacts): Promise<void> {
  const shop = makeShop({ seed: 20_261_121, members: MEMBERS, now: Date.now() });
  const demo: Demo = { facts, shop, api: client(facts.baseUrl, facts.apiKey), sql: openLake(facts).query };
  await putMembers(demo);
  await postEvents(demo);
  await putSegments(demo);
  const first = await pushToCart(demo);
  await otherChannels(demo);
  await playRecipients(demo);
  await laterCampaign(demo);
  whereToLook(demo, first);
}

async function putMembers({ api, shop }: Demo): Promise<void> {
  step(`POST /v1/members: ${shop.members.length} members of a made-up shop, each with push, e-mail and SMS`);
  for (let from = 0; from < shop.members.length; from += MEMBER_BATCH) {
    await api.must([200], 'POST', '/v1/members', { members: shop.members.slice(from, from + MEMBER_BATCH) });
  }
  const { body } = await api.must([200], 'GET', `/v1/members/${shop.members[0]?.userId}`);
  line(`saved, with ${shop.members.length * 3} endpoints through the Pinpoint API; the first one:`);
  line(JSON.stringify(body['result']).slice(0, 160));
}

async function postEvents({ api, shop, sql }: Demo): Promise<void> {
  step(`POST /v1/events: ${shop.events.length} events of one week in batches of ${EVENT_BATCH}`);
  for (let from = 0; from < shop.events.length; from += EVENT_BATCH) {
    await api.must([202], 'POST', '/v1/events', { events: shop.events.slice(from, from + EVENT_BATCH) });
  }
  await api.must([200], 'POST', '/local/flush');
  line('accepted → Kinesis → Parquet in the lake, and member state. The lake, asked by SQL:');
  table(
    await sql(
      'SELECT name, count(*) AS events, count(DISTINCT user_id) AS users FROM events GROUP BY name ORDER BY events DESC',
    ),
  );
  line(`bad events cost only themselves: ${await oneBadEvent(api)}`);
}

async function oneBadEvent(api: Client): Promise<string> {
  const { status, body } = await api.call('POST', '/v1/events', {
    events: [
      {
        event_id: crypto.randomUUID(),
        name: 'add_to_cart',
        occurred_at: Date.now(),
        user_id: 'm00001',
        properties: { quantity: 1 },
      },
    ],
  });
  const [error] = body['errors'] as { message: string }[];
  return `${status} "${error?.message}"`;
}

async function putSegments({ api }: Demo): Promise<void> {
  step('PUT /v1/segments: one rule on attributes (DynamoDB), one on behaviour (one Athena UNLOAD)');
  const cart = await api.must([200, 201], 'PUT', '/v1/segments/cart', {
    description: '장바구니에 담고 사지 않은 회원',
    rule: { did: 'add_to_cart', didNot: 'purchase', inTheLastDays: 7 },
  });
  const gold = await api.must([200, 201], 'PUT', '/v1/segments/gold', {
    rule: { attribute: 'grade', is: 'GOLD' },
  });
  for (const { body } of [cart, gold]) {
    const { name, sentences } = body['result'] as { name: string; sentences: { ko: string; en: string } };
    line(`${name}: ${sentences.en} ${sentences.ko}`);
  }
  const unknown = await api.must([404], 'POST', '/v1/campaigns', {
    segment: 'carts',
    title: 't',
    message: 'm',
  });
  line(`an unknown segment: ${unknown.status} "${unknown.body['message']}"`);
}

async function post(api: Client, body: Record<string, unknown>, key: string): Promise<Campaign> {
  const answer = await api.must([201], 'POST', '/v1/campaigns', body, { 'idempotency-key': key });
  return answer.body['result'] as Campaign;
}

async function completed(api: Client, id: string): Promise<Campaign> {
  const until = Date.now() + SENT_WITHIN_MS;
  for (;;) {
    const { body } = await api.must([200], 'GET', `/v1/campaigns/${id}`);
    const campaign = body['result'] as Campaign;
    if (campaign.state === 'completed') return campaign;
    if (campaign.state === 'failed' || Date.now() > until)
      throw new Error(`Campaign ${id} is ${campaign.state}: ${JSON.stringify(body)}`);
    await sleep(200);
  }
}

const counted = ({ sends }: Campaign): string => JSON.stringify(sends.at(-1)?.counts);

async function pushToCart({ api }: Demo): Promise<Campaign> {
  step('POST /v1/campaigns: a push to the segment cart, now');
  const key = crypto.randomUUID();
  const body = {
    segment: 'cart',
    title: '안녕하세요 {{User.UserId}}님',
    message: '{{User.UserAttributes.grade}} 회원님, 장바구니의 상품이 기다리고 있어요.',
    icon: 'https://shop.example.com/icon.png',
    image: 'https://shop.example.com/new.png',
  };
  const began = Date.now();
  const created = await post(api, body, key);
  const again = await post(api, body, key);
  line(
    `201 ${created.id}; posted again with the same Idempotency-Key: ${again.id === created.id ? 'the same campaign' : 'ANOTHER CAMPAIGN'}`,
  );
  const done = await completed(api, created.id);
  line(`completed after ${((Date.now() - began) / 1000).toFixed(1)} s: ${counted(done)}`);
  const { body: outbox } = await api.must([200], 'GET', '/local/outbox?channel=push&limit=1');
  const [message] = outbox['messages'] as Record<string, unknown>[];
  line(`in the outbox, rendered: "${message?.['title']}" — "${message?.['body']}"`);
  return created;
}

async function otherChannels({ api }: Demo): Promise<void> {
  step('The same door, other channels: e-mail and SMS to gold members');
  const email = {
    segment: 'gold',
    channel: 'email',
    title: '{{User.UserAttributes.name}}님께',
    message: '<p>골드 회원 전용 소식입니다.</p>',
  };
  const sms = {
    segment: 'gold',
    channel: 'sms',
    message: '{{User.UserAttributes.name}}님, 골드 회원 혜택을 확인하세요.',
  };
  for (const body of [email, sms]) {
    const { id } = await post(api, body, crypto.randomUUID());
    line(`${body.channel.padEnd(5)} ${id}: ${counted(await completed(api, id))}`);
  }
}

async function playRecipients({ api, sql }: Demo): Promise<void> {
  step('Some recipients open what they got (the outbox plays them): app → collector, mailbox → SES event');
  for (const channel of ['push', 'email']) {
    const { body } = await api.must([200], 'POST', '/local/outbox/play', {
      action: 'open',
      channel,
      share: 0.4,
    });
    line(`${channel}: ${JSON.stringify(body)}`);
  }
  await sleep(500);
  await api.must([200], 'POST', '/local/flush');
  line('campaign_results, from the ledger and the events in the lake:');
  table(
    await sql(
      'SELECT channel, audience, sent, delivered, opened, open_rate, campaign_id FROM campaign_results ORDER BY channel, campaign_id',
    ),
  );
}

async function laterCampaign({ api }: Demo): Promise<void> {
  step('A campaign for a later time goes out by the minute tick');
  const { body: clock } = await api.must([200], 'POST', '/local/clock', { advanceMs: 0 });
  const at = new Date(Number(clock['now']) + 3 * MINUTE_MS).toISOString();
  const { id, state } = await post(
    api,
    { segment: 'gold', title: '곧 만나요', message: '예약 발송입니다.', schedule: { at } },
    crypto.randomUUID(),
  );
  line(`${id} is ${state}, due at ${at}; the clock moves on four minutes and ticks`);
  await api.must([200], 'POST', '/local/clock', { advanceMs: 4 * MINUTE_MS });
  await api.must([200], 'POST', '/local/tick');
  line(`sent: ${counted(await completed(api, id))}`);
}

function whereToLook({ facts }: Demo, campaign: Campaign): void {
  step('Where to look');
  line(`${facts.baseUrl}/                          the outbox and what there is`);
  line(`${facts.baseUrl}/v1/campaigns/${campaign.id}   (x-api-key: .local/api-key)`);
  line('.local/                                    state, logs, the lake as Parquet files');
  line('npm run sql -- "SELECT * FROM campaign_results"');
}
