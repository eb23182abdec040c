/** Requests as a shop's pages send them: each event with its device, page and, now and then, a campaign. */
import { createHash } from 'node:crypto';

/** Of 20 events: what a visit is made of. */
const MIX = [
  ...Array.from({ length: 9 }, () => 'page_view'),
  ...Array.from({ length: 5 }, () => 'view_item'),
  'search',
  'select_item',
  'add_to_cart',
  'add_to_cart',
  'begin_checkout',
  'purchase',
];

const uuid = (of: string): string => {
  const hex = createHash('sha256').update(of).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const item = (of: number) => ({
  item_id: `GGOEGAAX0${of % 1000}`,
  item_name: `Men's 100% Cotton Short Sleeve Hero Tee ${of % 40} 반팔 티셔츠`,
  category: 'Home/Apparel/Mens/T-Shirts',
  price: 16.99 + (of % 20),
});

function propertiesOf(name: string, of: number): Record<string, unknown> {
  switch (name) {
    case 'view_item':
    case 'select_item':
      return { ...item(of), currency: 'USD' };
    case 'add_to_cart':
      return { ...item(of), currency: 'USD', quantity: 1 + (of % 3), cart_value: 50 + of };
    case 'search':
      return { query: '반팔 티셔츠', results: of % 90 };
    case 'begin_checkout':
      return { cart_value: 50 + of, currency: 'USD', items_count: 3, coupon_used: false };
    case 'purchase':
      return {
        transaction_id: `ORD${of}`,
        revenue: 81.5,
        currency: 'USD',
        tax: 6.5,
        shipping: 5,
        items: [item(of), item(of + 1), item(of + 2)].map((one) => ({ ...one, quantity: 1 })),
      };
    default:
      return {};
  }
}

function event(of: number, now: number, visitor = Math.floor(of / 7)): Record<string, unknown> {
  const name = MIX[of % MIX.length] ?? 'page_view';
  return {
    event_id: uuid(`event ${of}`),
    name,
    occurred_at: new Date(now - (of % 86_400) * 100).toISOString(),
    anonymous_id: uuid(`visitor ${visitor}`),
    ...(visitor % 3 === 0 ? { user_id: `member-${visitor}` } : {}),
    session_id: uuid(`session ${visitor}`),
    device: { type: visitor % 2 === 0 ? 'mobile' : 'pc', platform: 'web', os: 'Android' },
    page: {
      url: `https://shop.example.com/google+redesign/apparel/mens/p/${of % 1000}${of % 4 === 0 ? '?utm_source=naver&utm_medium=cpc&page=2' : ''}`,
      title: '남성 티셔츠 | Example Shop',
      referrer: of % 3 === 0 ? 'https://search.naver.com/search.naver' : 'https://shop.example.com/home',
    },
    ...(of % 4 === 0 ? { utm: { source: 'naver', medium: 'cpc', campaign: 'autumn-sale' } } : {}),
    consent: { analytics: true },
    properties: propertiesOf(name, of),
  };
}

const batches = (count: number, size: number, one: (of: number) => unknown): string[] =>
  Array.from({ length: count }, (_, at) =>
    JSON.stringify({ events: Array.from({ length: size }, (_, index) => one(at * size + index)) }),
  );

export const bodies = (count: number, size: number, now: number): string[] =>
  batches(count, size, (of) => event(of, now));

/** Each request from one visitor's browser; after `visitors` requests they come again. */
export const visits = (count: number, size: number, now: number, visitors: number): string[] =>
  batches(count, size, (of) => event(of, now, Math.floor(of / size) % visitors));

/** Every event with what has to be hashed. */
export const logins = (count: number, size: number, now: number): string[] =>
  batches(count, size, (of) => ({
    ...event(of, now),
    name: 'login',
    user_id: `member-${of}`,
    properties: { method: 'kakao', email: `Kim${of}@example.com`, phone: `010-1234-${1000 + of}` },
  }));
