import { beforeAll, expect, it } from 'vitest';
import { event, type Flow, finished, postCampaign, unlike, until } from './support.ts';

const TEXTS = {
  segment: 'personal',
  title: '#{회원 이름}님',
  message: '#{상품명_최근 장바구니 상품} #{가격_최근 장바구니 상품}원 {{User.UserAttributes.grade}}',
  missing: 'default',
  defaults: { '#{회원 이름}': '고객' },
};

/**
 * From what a member put into the cart to the words of a message. Its members are called `p…`: the first has a name, the
 * second none, the third neither name nor cart.
 */
export function personal(flow: () => Flow): void {
  const pushes = async (to: string, text: string) => {
    const { body } = await flow().api.must([200], 'GET', `/local/outbox?channel=push&to=${to}&q=${text}`);
    return body['messages'] as { title: string; body: string }[];
  };
  const preview = async (userId: string, campaign: object = TEXTS) =>
    (await flow().api.must([200], 'POST', '/v1/campaigns/preview', { userId, campaign })).body[
      'result'
    ] as Record<string, Record<string, unknown>>;

  beforeAll(async () => {
    const members = ['p0', 'p1', 'p2'].map((userId, index) => ({
      userId,
      ...(index === 0 ? { name: '홍길동' } : {}),
      pushTokens: [{ platform: 'FCM', token: `token-${userId}` }],
      attributes: { grade: 'PERSONAL' },
    }));
    await flow().api.must([200], 'POST', '/v1/members', { members });
    await flow().api.must([201], 'PUT', '/v1/segments/personal', {
      rule: { attribute: 'grade', is: 'PERSONAL' },
    });
    // Who has bought something is in nobody's segment of full carts.
    const bought = { revenue: 10, currency: 'KRW' };
    const orders = ['p0', 'p1'].map((userId) =>
      event('purchase', userId, { ...bought, transaction_id: unlike(userId) }, Date.now() - 120_000),
    );
    await flow().api.must([202], 'POST', '/v1/events', { events: orders });
    const item = { item_id: 'P9', item_name: '니트 코트', price: 1_289_000, currency: 'KRW', quantity: 1 };
    const events = ['p0', 'p1'].map((userId) => event('add_to_cart', userId, item));
    await flow().api.must([202], 'POST', '/v1/events', { events });
    await flow().system.flush();
  });

  it('previews what each member would get, and who would get nothing', async () => {
    const shown = await until(
      () => preview('p0'),
      ({ outcome }) => outcome?.['kind'] === 'sent',
    );
    expect(shown['content']).toEqual({
      title: '홍길동님',
      message: '니트 코트 1,289,000원 PERSONAL',
    });
    expect(await preview('p1')).toMatchObject({ content: { title: '고객님' }, defaulted: ['#{회원 이름}'] });
    expect(await preview('p2')).toMatchObject({
      outcome: { kind: 'skipped', reason: 'MISSING_VALUE' },
      missing: ['#{상품명_최근 장바구니 상품}', '#{가격_최근 장바구니 상품}'],
    });
  });

  it('refuses a name that nothing has, and suggests one', async () => {
    const body = { ...TEXTS, title: '#{회원 이르}님' };
    const { body: answer } = await flow().api.must([400], 'POST', '/v1/campaigns', body);
    expect(answer['message']).toContain('nearest: #{회원 이름}');
  });

  it('sends a test to the members that are listed, and counts it nowhere', async () => {
    const text = unlike('tested');
    const message = `${TEXTS.message} ${text}`;
    const draft = await postCampaign(flow().api, { ...TEXTS, message, draft: true, purpose: 'advertising' });
    await flow().api.must([201], 'POST', `/v1/campaigns/${draft.id}/test`, { userIds: ['p0'] });
    const [first] = await until(
      () => pushes('token-p0', text),
      (found) => found.length > 0,
    );
    expect(first).toMatchObject({ title: '(광고) 홍길동님' });
    expect(first?.body).toMatch(/^니트 코트 1,289,000원 PERSONAL/);
    expect(await pushes('token-p1', text)).toEqual([]);
  });

  it('sends the very words, skips who lacks a value, and counts them', async () => {
    const text = unlike('sent');
    const message = `${TEXTS.message} ${text}`;
    const { id } = await postCampaign(flow().api, { ...TEXTS, message });
    const done = await finished(flow().api, id);
    expect(done.sends[0]?.counts).toMatchObject({ audience: 3, sent: 2, skipped: 1 });
    expect(JSON.stringify(done.sends[0]?.counts)).toContain('MISSING_VALUE');
    expect(done.sends[0]?.values).toEqual({ looked: 3, sampled: false, defaulted: 1, skipped: 1 });
    expect((await pushes('token-p1', text)).map(({ title, body }) => [title, body])).toEqual([
      ['고객님', `니트 코트 1,289,000원 PERSONAL ${text}`],
    ]);
  });
}
