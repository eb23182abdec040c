/** Random small worlds and random rules over them, dense in what is hard: ties, edges of windows, shared browsers, copies. */
import fc from 'fast-check';
import type { AttributeValue } from '../../../lambdas/segments/evaluate/facts.ts';
import type {
  ComputedValue,
  EventMatch,
  PlainCondition,
  PlainRule,
  PropertyTest,
  Window,
} from '../../../lambdas/segments/rule/plain.ts';
import type { Scalar, ValueTest } from '../../../lambdas/segments/rule/test.ts';
import { happened } from './history.ts';
import type { Told, World } from './world.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
export const NOW = Date.parse('2026-03-11T15:30:00.000Z');
/** New York's clocks go forward three days before, and Havana's at midnight; Lord Howe's go by half an hour. */
const TIME_ZONES = ['Asia/Seoul', 'America/New_York', 'America/Havana', 'Australia/Lord_Howe', 'UTC'];
const RETENTION_DAYS = 60;

const MEMBERS = ['u1', 'u2', "o'brien", '김', 'u5', 'U1', '김'.normalize('NFD'), 'silent'];
/** Known by events alone. */
const STRANGERS = ['s1', 's1 ', '😀', '～'];
const BROWSERS = ['b1', 'B1', 'b3', 'u1'];
const NAMES = ['view_item', 'purchase', 'add_to_cart', 'login', 'message_open', 'refund', 'sign_up'];
const CATEGORIES = ['shoes', 'Shoes', '～', '😀', 'caf\u00e9', 'cafe\u0301', ''];
const ODD: readonly unknown[] = [
  'shoes',
  '',
  '5',
  '5.50',
  'x5',
  5,
  5.5,
  -1,
  -0,
  1e21,
  '1e3',
  ' 5',
  '５',
  '100%',
  'a_b',
  '\u0001\n\t"\\',
  true,
  false,
  'true',
  null,
  ['shoes'],
  { a: 1 },
];
const BOUNDS: readonly Scalar[] = [
  'shoes',
  '',
  '5',
  5,
  5.5,
  -1,
  0,
  1000,
  1e21,
  '%',
  'a_b',
  '\u0001\n\t"\\',
  true,
  false,
  'true',
  "'; DROP TABLE events; --",
];

const odd = fc.constantFrom(...ODD);
const optional = <T>(arbitrary: fc.Arbitrary<T>, freq = 2) => fc.option(arbitrary, { nil: undefined, freq });
const withoutMissing = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const item = fc.oneof(
  fc.record({ category: optional(odd), size: optional(odd) }).map(withoutMissing),
  fc.constantFrom<unknown>(null, 'no item', 3),
);
const properties = fc
  .record({
    category: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...CATEGORIES) }, optional(odd)),
    size: optional(odd),
    coupon: optional(fc.constantFrom<unknown>('', 'SPRING', null)),
    coupon_used: optional(fc.constantFrom<unknown>(true, false, 'true')),
    items: optional(fc.oneof<fc.Arbitrary<unknown>[]>(fc.array(item, { maxLength: 3 }), odd)),
  })
  .map(withoutMissing);

/** Times around the edges of windows and of local days, and often the same millisecond. */
const time = fc
  .tuple(
    fc.constantFrom(-1, 0, 0, 1, 1, 2, 5, 9),
    fc.constantFrom(0, 0, 0, 0, 0, 1, -1, 5 * HOUR_MS, -30 * 60_000, -30 * 60_000 - 1),
  )
  .map(([days, offset]) => NOW - days * DAY_MS + offset);

interface Drawn {
  readonly name: string;
  readonly at: number;
  readonly user: string | undefined;
  readonly browser: string | undefined;
  readonly bot: boolean;
  readonly properties: Record<string, unknown>;
  readonly order: string;
  readonly revenue: number;
  readonly late: number;
  readonly copies: number;
  readonly device: string | undefined;
}

const event: fc.Arbitrary<Drawn> = fc.record({
  name: fc.constantFrom(...NAMES, 'purchase', 'view_item'),
  at: time,
  user: optional(fc.constantFrom(...MEMBERS.slice(0, -1), ...STRANGERS)),
  browser: optional(fc.constantFrom(...BROWSERS), 4),
  bot: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  properties,
  order: fc.integer({ min: 1, max: 60 }).map((n) => `t${n}`),
  revenue: fc.constantFrom(0, 0.1, 0.2, 12.34565, 123456789012.3456, 0.00004, 19.99, 100, 100, 250),
  late: fc.constantFrom(0, 0, 0, 1, 10 * DAY_MS),
  copies: fc.constantFrom(1, 1, 1, 2),
  device: optional(fc.constantFrom('pc', 'mobile', '5')),
});

/** An event sent twice is the same event; an order reported twice is two events. */
const toldOf = (drawn: Drawn, index: number): Told[] => {
  // A login always says who; the tracking plan takes no other.
  const one =
    ['login', 'sign_up'].includes(drawn.name) && drawn.user === undefined ? { ...drawn, user: 'u2' } : drawn;
  return Array.from({ length: one.copies }, (_, copy) => ({
    // The order of ids is not that of times.
    eventId: `e${String((index * 37) % 1000).padStart(3, '0')}`,
    name: one.name,
    occurredAt: one.at,
    receivedAt: one.at + one.late + copy * HOUR_MS,
    userId: one.user,
    anonymousId: one.user === undefined ? (one.browser ?? 'b1') : one.browser,
    // Whom robots alone have named is somebody to some rules and nobody to others: left out.
    bot: one.bot && !STRANGERS.includes(one.user ?? ''),
    properties: {
      ...one.properties,
      ...(one.name === 'purchase'
        ? { revenue: one.revenue, transaction_id: one.order, currency: 'KRW' }
        : {}),
    },
    envelope: { 'device.type': one.device, source: one.user === undefined ? 'client' : 'server' },
  }));
};

const attributes = fc
  .record({
    grade: optional(fc.constantFrom<AttributeValue>('GOLD', 'SILVER', 5, true)),
    point: optional(fc.constantFrom<AttributeValue>(5, 100, '5')),
    tags: optional(fc.constantFrom<AttributeValue>(['GOLD', 'a'], [])),
  })
  .map((all) => withoutMissing(all) as Record<string, AttributeValue>);

/** Texts of analyst queries, with what they return. */
const QUERIES: Readonly<Record<string, (events: readonly Told[]) => string[]>> = {
  "SELECT user_id FROM events WHERE name = 'login'": (events) =>
    events.flatMap(({ name, userId }) => (name === 'login' ? (userId ?? []) : [])),
  "SELECT user_id FROM (VALUES 'u1', NULL, 'U1', 's1', 's1 ', 'u1') AS t (user_id)": () => [
    'u1',
    'U1',
    's1',
    's1 ',
  ],
  "SELECT 'nobody else knows me' AS user_id -- once": () => ['nobody else knows me'],
};

export const world: fc.Arbitrary<World> = fc
  .noBias(
    fc.record({
      events: fc.array(event, { minLength: 40, maxLength: 160, size: 'max' }),
      members: fc.tuple(...MEMBERS.map(() => attributes)),
      list: fc.subarray([...MEMBERS, ...STRANGERS, 'only listed']),
      timeZone: fc.constantFrom(...TIME_ZONES),
    }),
  )
  .map(({ events, members, list, timeZone }) => {
    const told = events.flatMap(toldOf);
    const base = {
      now: NOW,
      timeZone,
      retentionDays: RETENTION_DAYS,
      members: new Map(MEMBERS.map((id, index) => [id, members[index] ?? {}])),
      lists: new Map([['l1', new Set(list)]]),
      told,
      queries: new Map<string, ReadonlySet<string>>(),
    };
    const once = happened(base);
    return {
      ...base,
      queries: new Map(Object.entries(QUERIES).map(([sql, returns]) => [sql, new Set(returns(once))])),
    };
  });

const bound = fc.constantFrom(...BOUNDS);
const number = fc.constantFrom(-1, 0, 1, 2, 5, 5.5, 100, 119.99, 0.5, 0.3);
const scalarTest: fc.Arbitrary<ValueTest> = fc.oneof(
  fc.record({ operator: fc.constantFrom('is' as const, 'isNot' as const), bound }),
  fc.record({ operator: fc.constant('in' as const), bound: fc.array(bound, { minLength: 1, maxLength: 3 }) }),
  fc.record({ operator: fc.constantFrom('atLeast' as const, 'atMost' as const), bound: number }),
  fc.record({
    operator: fc.constant('contains' as const),
    bound: fc.constantFrom('o', 'shoes', '5', "'", '%', '_', '\\', '\u0301', 'e'),
  }),
  fc.record({ operator: fc.constant('exists' as const), bound: fc.boolean() }),
);
const computedTest: fc.Arbitrary<ValueTest> = fc.oneof(
  fc.record({ operator: fc.constantFrom('atLeast' as const, 'atMost' as const), bound: number }),
  fc.record({ operator: fc.constant('is' as const), bound: number }),
  fc.record({
    operator: fc.constant('in' as const),
    bound: fc.array(fc.oneof(number, fc.constantFrom<Scalar>(...CATEGORIES)), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    operator: fc.constant('isNot' as const),
    bound: fc.oneof(number, fc.constantFrom<Scalar>(...CATEGORIES)),
  }),
  fc.record({ operator: fc.constant('is' as const), bound: fc.constantFrom<Scalar>(...CATEGORIES) }),
  fc.record({ operator: fc.constant('exists' as const), bound: fc.boolean() }),
);

const property: fc.Arbitrary<PropertyTest> = fc.record({
  property: fc.constantFrom(
    'category',
    'size',
    'items.category',
    'items.size',
    'device.type',
    'source',
    'coupon',
    "a'b",
  ),
  test: scalarTest,
});
const match: fc.Arbitrary<EventMatch> = fc.record({
  name: fc.constantFrom(...NAMES, ...NAMES, '*', '*', 'never_done'),
  where: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    fc.array(property, { minLength: 1, maxLength: 2 }),
  ),
});
/** What nearly everybody did, often in the same millisecond. */
const often: fc.Arbitrary<EventMatch> = fc.record({
  name: fc.constantFrom('view_item', 'purchase', '*'),
  where: fc.constant([]),
});
const window: fc.Arbitrary<Window> = fc.oneof(
  fc.constantFrom(1, 2, 5, 9).map((days) => ({ kind: 'last' as const, ms: days * DAY_MS })),
  fc.constant({ kind: 'last' as const, ms: 5 * HOUR_MS }),
  fc.constant({ kind: 'kept' as const }),
  fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 5 })).map(([from, days]) => ({
    kind: 'between' as const,
    from: `2026-03-${String(from).padStart(2, '0')}`,
    to: `2026-03-${String(from + days).padStart(2, '0')}`,
  })),
);
const VALUES: readonly ComputedValue[] = [
  'orders',
  'revenue',
  'averageOrder',
  'daysSinceLastOrder',
  'daysSinceFirstSeen',
  'daysSinceLastSeen',
  'couponShare',
  'orderGapRatio',
  'recency',
  'frequency',
  'monetary',
];

const top = fc.record({
  operator: fc.constant('topPercent' as const),
  bound: fc.constantFrom(0.5, 10, 33.33, 50, 100),
});

/** Every kind of condition, the rarer ones as often as the others. */
const condition: fc.Arbitrary<PlainCondition> = fc.oneof(
  fc.record({
    kind: fc.constant('attribute' as const),
    attribute: fc.constantFrom('grade', 'point', 'tags'),
    test: fc.oneof(
      fc.record({
        operator: fc.constantFrom('is' as const, 'isNot' as const),
        bound: fc.constantFrom<Scalar>('GOLD', 5, '5'),
      }),
      fc.record({ operator: fc.constant('atLeast' as const), bound: fc.constant(5) }),
      fc.record({ operator: fc.constant('exists' as const), bound: fc.boolean() }),
    ),
  }),
  fc.record({ kind: fc.constant('list' as const), list: fc.constantFrom('l1', 'gone') }),
  fc
    .tuple(
      match,
      window,
      fc.integer({ min: 0, max: 3 }),
      fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    )
    .map(([event, span, atLeast, more]) => ({
      kind: 'count' as const,
      event,
      window: span,
      atLeast,
      ...(more === undefined ? {} : { atMost: atLeast + more }),
    })),
  fc
    .tuple(match, window)
    .map(([event, span]) => ({ kind: 'count' as const, event, window: span, atLeast: 0, atMost: 0 })),
  fc.record({ kind: fc.constantFrom('first' as const, 'last' as const), event: match, window }),
  fc
    .tuple(
      fc.oneof({ weight: 3, arbitrary: often }, match),
      fc.oneof({ weight: 3, arbitrary: often }, match),
      fc.boolean(),
      window,
      fc.option(fc.constantFrom(1, HOUR_MS, DAY_MS, 2 * DAY_MS), { nil: undefined }),
    )
    .map(([first, then, came, span, withinMs]) => ({
      kind: 'sequence' as const,
      first,
      then,
      came,
      window: span,
      ...(withinMs === undefined ? {} : { withinMs }),
    })),
  fc.record({
    kind: fc.constant('computed' as const),
    value: fc.constantFrom(...VALUES),
    window,
    test: fc.oneof({ weight: 3, arbitrary: computedTest }, top),
  }),
  fc.record({
    kind: fc.constant('computed' as const),
    value: fc.constant('preferredCategory' as const),
    window,
    test: computedTest,
  }),
  fc.record({ kind: fc.constant('query' as const), sql: fc.constantFrom(...Object.keys(QUERIES)) }),
);

export const rule: fc.Arbitrary<PlainRule> = fc.noBias(
  fc.letrec<{ rule: PlainRule }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      { weight: 4, arbitrary: condition },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constantFrom('all' as const, 'any' as const, 'none' as const),
          of: fc.array(tie('rule'), { minLength: 1, maxLength: 4 }),
        }),
      },
    ),
  })).rule,
);
