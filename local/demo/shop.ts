/** A small make-believe shop: the same seed gives the same members and the same week of behaviour. Pure. */

export interface ShopOptions {
  readonly seed: number;
  readonly members: number;
  /** The end of the made week, in epoch milliseconds. */
  readonly now: number;
}

export interface ShopMember {
  readonly userId: string;
  readonly [field: string]: unknown;
}

export interface ShopEvent {
  readonly event_id: string;
  readonly name: string;
  readonly occurred_at: string;
  readonly user_id: string;
  readonly [field: string]: unknown;
}

export interface Shop {
  readonly members: readonly ShopMember[];
  readonly events: readonly ShopEvent[];
}

type Random = () => number;

const DAY_MS = 24 * 60 * 60 * 1000;
const FAMILY = ['김', '이', '박', '최', '정', '강', '조', '윤', '장', '임'];
const GIVEN = [
  '서연',
  '민준',
  '지우',
  '하준',
  '서윤',
  '도윤',
  '지민',
  '예준',
  '수아',
  '시우',
  '하은',
  '주원',
];
const GRADES = ['WELCOME', 'SILVER', 'GOLD', 'VIP'];
const PRODUCTS = [
  '니트 가디건',
  '러닝화',
  '토트백',
  '울 코트',
  '데님 팬츠',
  '실크 스카프',
  '선글라스',
  '무선 이어폰',
].map((name, index) => ({
  id: `P${String(index + 1).padStart(3, '0')}`,
  name,
  price: 19_000 + index * 17_000,
}));

/** mulberry32: small, seeded, good enough for a shop that does not exist. */
function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const hex = (random: Random, length: number): string =>
  Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
const uuid = (random: Random): string =>
  `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`;

function member(random: Random, index: number): ShopMember {
  const userId = `m${String(index + 1).padStart(5, '0')}`;
  return {
    userId,
    name: `${pick(random, FAMILY)}${pick(random, GIVEN)}`,
    email: `${userId}@example.com`,
    // 010-0000-xxxx is not assigned to anybody.
    phone: `010-0000-${String(index % 10_000).padStart(4, '0')}`,
    pushTokens: [{ platform: random() < 0.7 ? 'FCM' : 'APNS', token: `token-${userId}-${hex(random, 24)}` }],
    locale: 'ko-KR',
    timeZone: 'Asia/Seoul',
    attributes: { grade: pick(random, GRADES), point: Math.floor(random() * 5000) },
    consents: consents(),
  };
}

const consents = () => ({
  push: { advertising: true },
  email: { advertising: true },
  sms: { advertising: true },
});

function visit(random: Random, userId: string, startMs: number): ShopEvent[] {
  const events: ShopEvent[] = [];
  const session = uuid(random);
  let at = startMs;
  const happen = (name: string, properties: Record<string, unknown>, url: string) => {
    events.push({
      event_id: uuid(random),
      name,
      occurred_at: new Date(at).toISOString(),
      user_id: userId,
      session_id: session,
      device: { type: random() < 0.6 ? 'mobile' : 'PC' },
      page: { url: `https://shop.example.com${url}` },
      properties,
    });
    at += 5_000 + Math.floor(random() * 55_000);
  };
  happen('page_view', {}, '/');
  for (let views = 1 + Math.floor(random() * 3); views > 0; views--) shopAround(random, happen);
  return events;
}

function shopAround(
  random: Random,
  happen: (name: string, properties: Record<string, unknown>, url: string) => void,
): void {
  const product = pick(random, PRODUCTS);
  const url = `/products/${product.id}`;
  happen(
    'view_item',
    { item_id: product.id, item_name: product.name, price: product.price, currency: 'KRW' },
    url,
  );
  if (random() > 0.35) return;
  happen('add_to_cart', { item_id: product.id, quantity: 1, price: product.price }, url);
  if (random() > 0.4) return;
  happen(
    'begin_checkout',
    { cart_value: product.price, items_count: 1, coupon_used: random() < 0.3 },
    '/checkout',
  );
  if (random() > 0.7) return;
  happen(
    'purchase',
    { transaction_id: uuid(random), revenue: product.price, currency: 'KRW' },
    '/checkout/done',
  );
}

/** A shop whose members came by a few times in the seven days before `now`. */
export function makeShop({ seed, members: count, now }: ShopOptions): Shop {
  const random = seeded(seed);
  const members = Array.from({ length: count }, (_, index) => member(random, index));
  const events = members.flatMap(({ userId }) => {
    const visits = Math.floor(random() * 4);
    return Array.from({ length: visits }, () =>
      visit(random, userId, now - 60 * 60 * 1000 - Math.floor(random() * 6.9 * DAY_MS)),
    ).flat();
  });
  return { members, events };
}
