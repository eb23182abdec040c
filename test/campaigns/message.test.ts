import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Message, messageConfiguration } from '../../lambdas/campaigns/message.ts';

const PUSH: Message = { channel: 'push', title: '안녕하세요', message: '신제품을 소개합니다.' };

describe('what a campaign says', () => {
  it('becomes a push for both platforms that opens the app', () => {
    const { GCMMessage, APNSMessage } = messageConfiguration({
      ...PUSH,
      icon: 'https://example.com/i.png',
      image: 'https://example.com/a.png',
    });
    for (const part of [GCMMessage, APNSMessage]) {
      expect(part).toMatchObject({ Action: 'OPEN_APP', Title: PUSH.title, Body: PUSH.message });
    }
    expect(GCMMessage).toMatchObject({
      ImageIconUrl: 'https://example.com/i.png',
      ImageUrl: 'https://example.com/a.png',
    });
    expect(APNSMessage).toMatchObject({ MediaUrl: 'https://example.com/a.png' });
  });

  it.each([
    ['https://shop.example.com/sale', 'URL'],
    ['#{모바일 URL_최근 본 상품}', 'URL'],
    ['shop://cart', 'DEEP_LINK'],
  ])('becomes a push that opens %s', (link, Action) => {
    const { GCMMessage, APNSMessage } = messageConfiguration({ ...PUSH, link });
    for (const part of [GCMMessage, APNSMessage]) expect(part).toMatchObject({ Action, Url: link });
  });

  it('becomes the order that the channel of Kakao reads', () => {
    const order = { template: { name: 'c1-0', version: 3 }, advertising: true };
    const { CustomMessage } = messageConfiguration({ channel: 'kakao', kakao: order });
    expect(JSON.parse(CustomMessage?.Data ?? '')).toEqual(order);
  });

  it("becomes an e-mail with its author's own HTML", () => {
    const email = messageConfiguration({
      channel: 'email',
      title: 't',
      message: 'plain',
      html: '<b>own</b>',
    });
    expect(email.EmailMessage).toMatchObject({ Body: 'plain', HtmlBody: '<b>own</b>' });
  });

  it('becomes an e-mail page that shows the text as it was written and keeps its variables', () => {
    const email = messageConfiguration({
      channel: 'email',
      title: 't',
      message: '1 < 2 & {{User.UserId}}\n끝',
    });
    expect(email.EmailMessage).toMatchObject({ Title: 't', Body: '1 < 2 & {{User.UserId}}\n끝' });
    expect(email.EmailMessage?.HtmlBody).toContain('1 &lt; 2 &amp; {{User.UserId}}<br>');
  });

  it('never lets its own text become markup in an e-mail', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 30 }).filter((text) => !text.includes('{{')),
        (message) => {
          const page =
            messageConfiguration({ channel: 'email', title: 't', message }).EmailMessage?.HtmlBody ?? '';
          const text = /<p>([\s\S]*)<\/p><\/body>/.exec(page)?.[1]?.replaceAll('<br>\n', '\n') ?? '';
          expect(text).not.toMatch(/[<>"]/);
        },
      ),
    );
  });
});

it('an SMS goes the way of its purpose', () => {
  const typeOf = (purpose: 'advertising' | 'informational') =>
    messageConfiguration({ channel: 'sms', message: 'm', purpose }).SMSMessage?.MessageType;
  expect([typeOf('advertising'), typeOf('informational')]).toEqual(['PROMOTIONAL', 'TRANSACTIONAL']);
});
