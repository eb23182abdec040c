import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { KakaoContent } from '../../../lambdas/channels/kakao/content.ts';
import { deliverKakao } from '../../../lambdas/channels/kakao/deliver-kakao.ts';
import type { KakaoMessage, KakaoProvider } from '../../../lambdas/channels/kakao/ports.ts';
import { httpKakaoProvider } from '../../../lambdas/channels/kakao/provider.http.ts';

const CARD = {
  image: 'https://shop.example.com/a.jpg',
  title: '{{User.UserAttributes.name}}님',
  text: '쿠폰 {{Attributes.coupon}}',
  buttons: [{ label: '보러가기', link: 'https://shop.example.com/{{Id}}' }],
};
const CONTENT: KakaoContent = { kind: 'carousel', cards: [CARD, CARD] };

const endpoint = (name: string) => ({
  ChannelType: 'CUSTOM' as const,
  Address: '+821000001001',
  User: { UserAttributes: { name: [name] } },
  Attributes: { coupon: ['C-1'] },
});
const event = (endpoints: Record<string, ReturnType<typeof endpoint>>, order = {}) => ({
  Data: JSON.stringify({ template: { name: 'winter', version: 3 }, advertising: true, ...order }),
  ActivityId: 'run-1',
  Endpoints: endpoints,
});
const moment = () => ({ now: 0, timeZone: 'UTC', newId: () => 'id' });
const contents = {
  get: async (name: string, version: number) => (name === 'winter' && version === 3 ? CONTENT : undefined),
};

function recording(): KakaoProvider & { readonly got: KakaoMessage[] } {
  const got: KakaoMessage[] = [];
  return {
    got,
    async send(messages) {
      got.push(...messages);
      return messages.map(() => ({ kind: 'sent' }) as const);
    },
  };
}

let server: Server | undefined;
afterEach(() => server?.close());
async function listening(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`;
}
const token = async () => 'secret';

describe('a Kakao delivery', () => {
  it('gives the provider each member their own message', async () => {
    const provider = recording();
    const answer = await deliverKakao(
      { contents, provider, moment },
      event({ e1: endpoint('하나'), e2: endpoint('두리') }),
    );
    expect(answer.Repoint.Results).toEqual({ e1: { Outcome: 'sent' }, e2: { Outcome: 'sent' } });
    expect(provider.got.map(({ id, to, advertising }) => ({ id, to, advertising }))).toEqual([
      { id: 'run-1:e1', to: '+821000001001', advertising: true },
      { id: 'run-1:e2', to: '+821000001001', advertising: true },
    ]);
    expect(provider.got[0]?.content).toMatchObject({
      cards: [{ title: '하나님', text: '쿠폰 C-1', buttons: [{ link: 'https://shop.example.com/e1' }] }, {}],
    });
  });

  it('leaves out, with the reason, who would get more than Kakao takes', async () => {
    const provider = recording();
    const long = endpoint('가'.repeat(20));
    const answer = await deliverKakao(
      { contents, provider, moment },
      event({ e1: long, e2: endpoint('두리') }),
    );
    expect(provider.got.map(({ id }) => id)).toEqual(['run-1:e2']);
    expect(answer.Repoint.Results['e1']).toMatchObject({ Outcome: 'permanent' });
    expect(answer.Repoint.Results['e1']?.Text).toContain('21 characters; at most 20');
  });

  it('fills a missing value with its default', async () => {
    const provider = recording();
    const nameless = { ...endpoint(''), User: { UserAttributes: {} as { name: string[] } } };
    await deliverKakao(
      { contents, provider, moment },
      event({ e1: nameless }, { defaults: { 'User.UserAttributes.name': '고객' } }),
    );
    expect(provider.got[0]?.content).toMatchObject({ cards: [{ title: '고객님' }, {}] });
  });

  it('of a version that is not there fails as a whole', async () => {
    const order = { template: { name: 'winter', version: 4 } };
    await expect(
      deliverKakao({ contents, provider: recording(), moment }, event({ e1: endpoint('하나') }, order)),
    ).rejects.toThrow('version 4');
  });
});

describe('the documented port', () => {
  const message = (id: string): KakaoMessage => ({ id, to: '+82', advertising: false, content: CONTENT });

  it('takes an outcome a message, and what was not told is uncertain', async () => {
    const url = await listening((request, response) => {
      expect(request.headers.authorization).toBe('Bearer secret');
      response.end(
        JSON.stringify({
          results: [
            { outcome: 'sent', messageId: 'p1' },
            { outcome: 'permanent', text: 'blocked', gone: true },
            { outcome: 'throttled' },
            { outcome: 'delighted' },
          ],
        }),
      );
    });
    const outcomes = await httpKakaoProvider({ url, token }).send(['a', 'b', 'c', 'd', 'e'].map(message));
    expect(outcomes).toEqual([
      { kind: 'sent', providerMessageId: 'p1' },
      { kind: 'permanent', text: 'blocked', gone: true },
      { kind: 'throttled', text: 'throttled' },
      { kind: 'uncertain', text: expect.any(String) },
      { kind: 'uncertain', text: expect.any(String) },
    ]);
  });

  it.each([
    [429, 'throttled'],
    [503, 'transient'],
    [500, 'uncertain'],
    [400, 'permanent'],
  ])('answering %i makes all of a call %s', async (status, kind) => {
    const url = await listening((_request, response) => {
      response.statusCode = status;
      response.end();
    });
    const outcomes = await httpKakaoProvider({ url, token }).send([message('a'), message('b')]);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual([kind, kind]);
  });

  it('that is cut off after the request was read is uncertain; one that was never reached is tried again', async () => {
    const url = await listening((request) => request.on('end', () => request.socket.destroy()).resume());
    const [cut] = await httpKakaoProvider({ url, token }).send([message('a')]);
    expect(cut?.kind).toBe('uncertain');
    server?.close();
    const gone = await listening(() => undefined);
    server?.close();
    const [refused] = await httpKakaoProvider({ url: gone, token }).send([message('a')]);
    expect(refused?.kind).toBe('transient');
  });
});
