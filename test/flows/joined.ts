import { expect, it } from 'vitest';
import { event, type Flow, unlike, until } from './support.ts';

/** What somebody does in a browser before they sign in, and who it turns out to be. The member is called `j0`. */
export function joined(flow: () => Flow): void {
  const browser = unlike('browser-of-j0');
  const inBrowser = (name: string, properties: Record<string, unknown>, secondsAgo: number) => {
    const { user_id: _nobody, ...told } = event(name, '', properties, Date.now() - secondsAgo * 1000);
    return { ...told, anonymous_id: browser };
  };
  const member = async () =>
    (await flow().api.must([200], 'GET', '/v1/members/j0')).body['result'] as {
      state: { events: Record<string, number>; recentItems: object[]; cart: object[] } | null;
    };

  it('is told of the member, and in their messages, once they have signed in', async () => {
    const { api, system } = flow();
    await api.must([200], 'PUT', '/v1/members/j0', {
      pushTokens: [{ platform: 'FCM', token: 'token-j0' }],
      attributes: { grade: 'JOINED' },
    });
    await api.must([200, 201], 'PUT', '/v1/segments/joined', { rule: { attribute: 'grade', is: 'JOINED' } });
    const item = { item_id: 'J1', item_name: '캐시미어 머플러', price: 89_000, currency: 'KRW' };
    // Who has bought something is in nobody's segment of full carts.
    const bought = { transaction_id: unlike('j0'), revenue: 10, currency: 'KRW' };
    const before = [
      inBrowser('view_item', item, 180),
      inBrowser('add_to_cart', { ...item, quantity: 2 }, 120),
    ];
    await api.must([202], 'POST', '/v1/events', {
      events: [event('purchase', 'j0', bought, Date.now() - 300_000), ...before],
    });
    await until(member, ({ state }) => state?.events['purchase'] === 1);
    expect((await member()).state?.cart).toEqual([]);
    const login = { ...inBrowser('login', { user_id: 'j0' }, 60), user_id: 'j0' };
    // The same events once more: each counts once.
    await api.must([202], 'POST', '/v1/events', { events: [login, ...before] });
    await api.must([202], 'POST', '/v1/events', { events: [login, ...before] });
    await system.flush();
    const { state } = await until(member, (one) => one.state?.events['login'] === 1);
    expect(state?.events).toEqual({ purchase: 1, view_item: 1, add_to_cart: 1, login: 1 });
    expect(state).toMatchObject({
      recentItems: [{ itemId: 'J1' }],
      cart: [{ itemId: 'J1', quantity: 2, price: 89_000 }],
    });
    const campaign = {
      segment: 'joined',
      title: 'j0',
      message: '#{상품명_최근 장바구니 상품} #{가격_최근 본 상품}원',
    };
    const { body } = await api.must([200], 'POST', '/v1/campaigns/preview', { userId: 'j0', campaign });
    expect(body['result']).toMatchObject({ content: { message: '캐시미어 머플러 89,000원' } });
  });
}
