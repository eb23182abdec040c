import { beforeAll, expect, it } from 'vitest';
import { type Flow, finished, postCampaign } from './support.ts';

const IMAGE = 'https://cdn.shop.example.com/card.jpg';
const card = (text: string) => ({
  image: IMAGE,
  title: '#{회원 이름}님',
  text,
  buttons: [
    { label: '보러 가기', link: 'https://shop.example.com/{{User.UserId}}' },
    { label: '더 보기', link: 'https://shop.example.com/all' },
  ],
});

/** From a campaign to the provider of Kakao messages. Its members are called `k…`: the last has a name too long for a card. */
export function kakao(flow: () => Flow): void {
  /** A test that is tried again says something else. */
  let tries = 0;
  const arrived = async (text: string) => {
    const { body } = await flow().api.must([200], 'GET', '/local/outbox?channel=kakao&limit=1000');
    const messages = body['messages'] as { to: string }[];
    return messages.filter((message) => JSON.stringify(message).includes(text));
  };

  beforeAll(async () => {
    const members = ['홍길동', '김서연', '가'.repeat(20)].map((name, index) => ({
      userId: `k${index}`,
      name,
      phone: `010-5555-000${index}`,
      attributes: { grade: 'KAKAO', written: index < 2 ? 'SHORT' : 'LONG' },
      consents: { kakao: { advertising: index !== 1, night: true } },
    }));
    await flow().api.must([200], 'POST', '/v1/members', { members });
    await flow().api.must([200, 201], 'PUT', '/v1/segments/kakao', {
      rule: { attribute: 'written', is: 'SHORT' },
    });
    await flow().api.must([200, 201], 'PUT', '/v1/segments/kakao-all', {
      rule: { attribute: 'grade', is: 'KAKAO' },
    });
  });

  it('brings an alimtalk to each member, with the member’s own values', async () => {
    const said = `알림-${++tries}-`;
    const { id } = await postCampaign(flow().api, {
      segment: 'kakao',
      channel: 'kakao',
      kakao: {
        kind: 'alimtalk',
        templateCode: 'ORDER_01',
        text: `${said} #{회원 이름}님의 주문`,
        buttons: [{ label: '주문 보기', link: 'https://shop.example.com/{{User.UserId}}' }],
      },
    });
    const done = await finished(flow().api, id);
    expect(done.sends[0]?.counts).toMatchObject({ audience: 2, sent: 2 });
    const messages = await arrived(said);
    expect(messages.map(({ to }) => to).sort()).toEqual(['+821055550000', '+821055550001']);
    expect(JSON.stringify(messages)).toContain(`${said} 홍길동님의 주문`);
    expect(JSON.stringify(messages)).toContain('https://shop.example.com/k1');
  });

  it('brings a carousel to those who agreed to advertising, and counts the others', async () => {
    const said = `캐러셀-${++tries}-`;
    const { id } = await postCampaign(flow().api, {
      segment: 'kakao',
      channel: 'kakao',
      purpose: 'advertising',
      kakao: { kind: 'carousel', cards: [card('첫 장'), card(`${said} #{회원 이름}`)] },
    });
    const done = await finished(flow().api, id);
    expect(done.sends[0]?.counts).toMatchObject({
      audience: 2,
      sent: 1,
      skipped: 1,
      reasons: { skipped: { NO_ADVERTISING_CONSENT: 1 } },
    });
    expect(await arrived(said)).toMatchObject([{ to: '+821055550000' }]);
    expect(JSON.stringify(await arrived(said))).toContain(`${said} 홍길동`);
  });

  it('holds a carousel whose title is too long for a member; approved, that message alone fails', async () => {
    const { id } = await postCampaign(flow().api, {
      segment: 'kakao-all',
      channel: 'kakao',
      kakao: { kind: 'carousel', cards: [card('길이'), card('길이')] },
    });
    const held = await finished(flow().api, id, ['held']);
    expect(held.sends[0]?.history.at(-1)?.why).toContain(
      'kakao.cards.0.title has 21 characters; at most 20 are allowed (member k2, 1 of 3 members)',
    );
    await flow().api.must([200], 'POST', `/v1/campaigns/${id}/approve`, { decision: 'approve' });
    const done = await finished(flow().api, id);
    expect(done.sends[0]?.counts).toMatchObject({ audience: 3, sent: 2, failed: 1 });
    expect((await arrived('길이')).map(({ to }) => to)).not.toContain('+821055550002');
  });
}
