import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kakaoProblems } from '../../../lambdas/channels/kakao/check.ts';
import type { KakaoContent } from '../../../lambdas/channels/kakao/content.ts';
import { partsOf, withTexts } from '../../../lambdas/channels/kakao/parts.ts';
import { renderedProblems } from '../../../lambdas/channels/kakao/rendered.ts';

const card = (over: Record<string, unknown> = {}) => ({
  image: 'https://shop.example.com/a.jpg',
  title: '신상품',
  text: '겨울 코트가 왔어요',
  buttons: [{ label: '보러가기', link: 'https://shop.example.com/{{Attributes.item}}' }],
  ...over,
});
const carousel = (cards: unknown[], over = {}) => ({ kind: 'carousel', cards, ...over });
const item = (title: string) => ({
  image: 'https://shop.example.com/a.png',
  title,
  link: 'https://shop.example.com/1',
});

const fields = (value: unknown): string[] => kakaoProblems(value).map(({ field }) => field);

describe('a Kakao message', () => {
  const good: KakaoContent[] = [
    { kind: 'alimtalk', templateCode: 'T1', text: '{{User.UserAttributes.name}}님, 주문이 접수되었습니다.' },
    { kind: 'text', text: '오늘만 특가', buttons: [{ label: '바로가기', link: 'https://shop.example.com' }] },
    carousel([card(), card()], { more: 'https://shop.example.com/all' }) as KakaoContent,
    { kind: 'wide_list', header: '이번 주 인기', items: ['가', '나', '다', '라'].map(item) },
  ];
  it.each(good)('of kind $kind is taken as it should be', (content) => {
    expect(kakaoProblems(content)).toEqual([]);
  });

  const bad: [string, unknown, string[]][] = [
    ['an unknown kind', { kind: 'video' }, ['kakao.kind']],
    ['no kind', undefined, ['kakao.kind']],
    ['one card', carousel([card()]), ['kakao.cards']],
    ['seven cards', carousel(Array.from({ length: 7 }, () => card())), ['kakao.cards']],
    ['a card without a button', carousel([card({ buttons: [] }), card()]), ['kakao.cards.0.buttons']],
    [
      'a label of nine characters',
      carousel([card({ buttons: [{ label: '아홉글자버튼이름임', link: 'https://a.example' }] }), card()]),
      ['kakao.cards.0.buttons.0.label'],
    ],
    ['a title of 21', carousel([card({ title: '가'.repeat(21) }), card()]), ['kakao.cards.0.title']],
    ['a text of 181', carousel([card(), card({ text: '가'.repeat(181) })]), ['kakao.cards.1.text']],
    ['a GIF', carousel([card({ image: 'https://a.example/x.gif' }), card()]), ['kakao.cards.0.image']],
    [
      'a variable in the second button',
      carousel([
        card({
          buttons: [
            { label: '하나', link: 'https://a.example/{{Id}}' },
            { label: '둘', link: 'https://a.example/{{Id}}' },
          ],
        }),
        card(),
      ]),
      ['kakao.cards.0.buttons.1.link'],
    ],
    [
      'a variable in "more"',
      carousel([card(), card()], { more: 'https://a.example/#{회원 이름}' }),
      ['kakao.more'],
    ],
    [
      'five items',
      { kind: 'wide_list', header: 'h', items: ['1', '2', '3', '4', '5'].map(item) },
      ['kakao.items'],
    ],
    [
      'a header of 21',
      { kind: 'wide_list', header: 'h'.repeat(21), items: ['1', '2', '3'].map(item) },
      ['kakao.header'],
    ],
    ['a hundred line breaks', { kind: 'text', text: `a${'\n'.repeat(100)}` }, ['kakao.text']],
    ['no template code', { kind: 'alimtalk', text: 'x' }, ['kakao.templateCode']],
  ];
  it.each(bad)('with %s is refused by the name of the place', (_name, value, expected) => {
    expect(fields(value)).toEqual(expected);
  });

  it('counts what a reader counts: an emoji of several code points is one character', () => {
    expect(fields(carousel([card({ title: '👨‍👩‍👧‍👦'.repeat(20) }), card()]))).toEqual([]);
    expect(fields(carousel([card({ title: '👨‍👩‍👧‍👦'.repeat(21) }), card()]))).toEqual([
      'kakao.cards.0.title',
    ]);
  });

  it('with variables is judged by their values', () => {
    const content = carousel([card({ title: '{{User.UserAttributes.name}}님' }), card()]) as KakaoContent;
    expect(kakaoProblems(content)).toEqual([]);
    const named = (name: string) =>
      renderedProblems(withTexts(content, ({ text }) => text.replaceAll(/\{\{[^}]*\}\}/g, name)));
    expect(named('하나')).toEqual([]);
    expect(named('가'.repeat(20)).map(({ field }) => field)).toEqual(['kakao.cards.0.title']);
  });

  it('keeps every text in its place when texts are replaced, and the original as it was', () => {
    fc.assert(
      fc.property(fc.constantFrom(...good), fc.string({ minLength: 1 }), (content, suffix) => {
        const before = JSON.stringify(content);
        const replaced = withTexts(content, ({ text }) => text + suffix);
        expect(partsOf(replaced).map(({ text }) => text)).toEqual(
          partsOf(content).map(({ text }) => text + suffix),
        );
        expect(JSON.stringify(content)).toBe(before);
      }),
    );
  });
});
