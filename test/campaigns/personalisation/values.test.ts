import { describe, expect, it } from 'vitest';
import { amountText, type Money } from '../../../lambdas/campaigns/personalisation/amount-text.ts';
import { noCatalogue, personalValues } from '../../../lambdas/campaigns/personalisation/personal-values.ts';
import type { ProductCatalogue } from '../../../lambdas/campaigns/personalisation/ports.ts';
import { variables } from '../../../lambdas/campaigns/personalisation/variables.ts';
import type { MemberItems, MemberStates } from '../../../lambdas/members/index.ts';

const WON: Money = { currency: 'KRW', locale: 'ko-KR' };
const named = (spelling: string): string => variables().named(spelling) ?? `no ${spelling}`;

const statesOf = (items: Record<string, MemberItems>): MemberStates => ({
  batch: async (userIds) =>
    new Map(userIds.flatMap((id) => (items[id] === undefined ? [] : [[id, items[id]] as const]))),
});
const KIM: MemberItems = {
  cart: [
    {
      itemId: 'P1',
      name: '니트 코트',
      price: 1_289_000,
      currency: 'KRW',
      mobileUrl: 'https://m.example.com/1',
    },
    { itemId: 'P2', name: 'Scarf', price: 19.9, currency: 'USD' },
  ],
  viewed: [{ itemId: 'P3', imageUrl: 'https://shop.example.com/3.png' }],
};
const valuesOf = async (spellings: string[], catalogue = noCatalogue, locale?: string) => {
  const deps = { states: statesOf({ kim: KIM }), catalogue, money: WON };
  const members = [{ userId: 'kim', ...(locale === undefined ? {} : { locale }) }, { userId: 'nobody' }];
  const names = spellings.map(named);
  const found = await personalValues(deps).of(members, names);
  expect(found.has('nobody')).toBe(false);
  return names.map((name) => found.get('kim')?.[name]);
};

describe('the values of a member’s items', () => {
  it('are what events told of the latest ones, by rank', async () => {
    expect(
      await valuesOf([
        '상품명_최근 장바구니 상품',
        '가격_최근 장바구니 상품',
        '상품명_최근 장바구니 상품_2',
        '이미지 URL_최근 본 상품',
        '상품명_최근 본 상품',
        '상품명_최근 장바구니 상품_3',
      ]),
    ).toEqual([
      ['니트 코트'],
      ['1,289,000'],
      ['Scarf'],
      ['https://shop.example.com/3.png'],
      undefined,
      undefined,
    ]);
  });

  it('have the page of one screen where that of the other is not known', async () => {
    const link = ['https://m.example.com/1'];
    expect(await valuesOf(['PC URL_최근 장바구니 상품', '모바일 URL_최근 장바구니 상품'])).toEqual([
      link,
      link,
    ]);
  });

  it('are the catalogue’s where it knows better, its price in its own currency', async () => {
    const catalogue: ProductCatalogue = {
      of: async (ids) => {
        expect(ids).toEqual(['P2']);
        return new Map([['P2', { name: '머플러', price: 25_000 }]]);
      },
    };
    expect(await valuesOf(['상품명_최근 장바구니 상품_2', '가격_최근 장바구니 상품_2'], catalogue)).toEqual([
      ['머플러'],
      ['25,000'],
    ]);
  });

  it.each(['XQZ', 'won', ''])(
    'have no price in %j, which is no currency: it would be read as the shop’s own',
    async (currency) => {
      const catalogue: ProductCatalogue = {
        of: async () => new Map([['P2', { name: '머플러', price: 25_000, currency }]]),
      };
      const spellings = ['상품명_최근 장바구니 상품_2', '가격_최근 장바구니 상품_2'];
      expect(await valuesOf(spellings, catalogue)).toEqual([['머플러'], undefined]);
    },
  );

  it('are not looked for when no text shows an item', async () => {
    const states: MemberStates = {
      batch: async () => {
        throw new Error('it was looked for');
      },
    };
    const deps = { states, catalogue: noCatalogue, money: WON };
    const found = await personalValues(deps).of([{ userId: 'kim' }], ['User.UserId', 'Attributes.coupon']);
    expect(found.size).toBe(0);
  });
});

describe('an amount', () => {
  it('stands alone in the shop’s own money, with the separators of the member’s locale', () => {
    expect(amountText(1234567, 'KRW', undefined, WON)).toBe('1,234,567');
    expect(amountText(1234567, undefined, 'de_DE', WON)).toBe('1.234.567');
    expect(amountText(0, 'KRW', 'no locale!', WON)).toBe('0');
    expect(amountText(19.9, 'USD', 'en-US', { currency: 'USD', locale: 'en-US' })).toBe('19.90');
  });

  it('bears its sign in any other, so that dollars are never read as won', () => {
    expect(amountText(19.9, 'USD', 'ko-KR', WON)).toBe('US$19.90');
    expect(amountText(1000, 'JPY', 'ko-KR', WON)).toBe('JP¥1,000');
  });
});
