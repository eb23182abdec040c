import fc from 'fast-check';
import type { Known } from '../../../lambdas/segments/rule/known.ts';
import { groupOf, type Rule } from '../../../lambdas/segments/rule/rule.ts';
import { outline } from '../../../schemas/events/plan/generated/outline.js';

export const NOW = Date.parse('2026-11-21T12:00:00.000Z');

/** The tracking plan as it is, two attributes of members, two segments, one list. */
export const KNOWN: Known = {
  events: outline,
  retentionDays: 730,
  moment: { now: NOW, timeZone: 'Asia/Seoul' },
  attributes: new Set(['grade', '등급', 'point', 'birthday', 'name', 'consents.push.advertising']),
  segments: ['vip-list', '장바구니'],
  lists: ['vips'],
  checkSql: () => [],
};

/** Its conditions from left to right. */
export const leaves = (rule: Rule): readonly Rule[] => groupOf(rule)?.of.flatMap(leaves) ?? [rule];

/** `then` as a field: written in a literal it looks like a promise's. */
export const followed = (condition: object, next: object): object =>
  Object.fromEntries([...Object.entries(condition), ['then', next]]);

const scalar = fc.oneof(
  fc.constantFrom('GOLD', 'VIP', '골드', '서울', '500'),
  fc.integer({ min: -5, max: 2000 }),
  fc.constantFrom(0.5, 1.25),
  fc.boolean(),
);
const date = fc.constantFrom('2026-01-31', '2026-11-21', '2026-03-01T08:00:00+09:00');
const operator = (bound: fc.Arbitrary<number | string>) =>
  fc.oneof(
    scalar.map((is) => ({ is })),
    scalar.map((isNot) => ({ isNot })),
    fc.uniqueArray(scalar, { minLength: 1, maxLength: 3 }).map((values) => ({ in: values })),
    bound.map((atLeast) => ({ atLeast })),
    bound.map((atMost) => ({ atMost })),
    fc.constantFrom('a', '가', 'or', '이거나').map((contains) => ({ contains })),
    fc.boolean().map((exists) => ({ exists })),
  );
const dateOperator = fc.oneof(
  fc
    .oneof(fc.constantFrom('this' as const, 'next' as const), fc.integer({ min: 1, max: 12 }))
    .map((inMonth) => ({ inMonth })),
  fc.integer({ min: 1, max: 40 }).map((inTheLastDays) => ({ inTheLastDays })),
  fc.integer({ min: 1, max: 40 }).map((inTheNextDays) => ({ inTheNextDays })),
);
const number = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.constantFrom(0.1, 12.5));
const attribute = fc
  .tuple(
    fc.constantFrom('grade', '등급', 'point', 'name'),
    fc.oneof(operator(fc.oneof(number, date)), dateOperator),
  )
  .map(([name, test]) => ({ attribute: name, ...test }));

const window = fc.oneof(
  fc.constant({}),
  fc.integer({ min: 1, max: 90 }).map((inTheLastDays) => ({ inTheLastDays })),
  fc.integer({ min: 1, max: 90 }).map((inTheLastHours) => ({ inTheLastHours })),
  fc
    .constantFrom(['2026-01-01', '2026-01-31'], ['2026-01-01', '2026-02-01'], ['2026-05-05', '2026-05-05'])
    .map(([from = '', to = '']) => ({ between: { from, to } })),
);
const property = fc.oneof(
  fc
    .tuple(fc.constantFrom('utm.source', 'device.type'), operator(number))
    .map(([name, test]) => ({ property: name, ...test })),
  fc
    .tuple(
      fc.constant('category'),
      fc.oneof(
        fc.constantFrom(
          { is: 'shoes' },
          { isNot: 'shoes' },
          { contains: '신' },
          { in: ['shoes', 5] },
          { exists: false },
        ),
        number.map((atLeast) => ({ atLeast })),
      ),
    )
    .map(([name, test]) => ({ property: name, ...test })),
  fc
    .tuple(
      fc.constant('price'),
      fc.oneof(
        number.map((is) => ({ is })),
        number.map((isNot) => ({ isNot })),
        number.map((atLeast) => ({ atLeast })),
        number.map((atMost) => ({ atMost })),
        fc.uniqueArray(number, { minLength: 1, maxLength: 3 }).map((values) => ({ in: values })),
      ),
    )
    .map(([name, test]) => ({ property: name, ...test })),
);
const where = fc.oneof(
  fc.constant({}),
  fc.array(property, { minLength: 1, maxLength: 2 }).map((list) => ({ where: list })),
);
const event = fc.constantFrom('view_item', 'add_to_cart');
const times = fc.oneof(
  fc.constant({}),
  fc.record({ atLeast: fc.integer({ min: 0, max: 9 }) }).map((count) => ({ times: count })),
  fc.record({ atMost: fc.integer({ min: 1, max: 9 }) }).map((count) => ({ times: count })),
  fc
    .tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 }))
    .map(([least, more]) => ({ times: { atLeast: least, atMost: least + more } })),
);
const within = fc.oneof(
  fc.constant({}),
  fc
    .tuple(fc.constantFrom('minutes', 'hours', 'days'), fc.integer({ min: 1, max: 60 }))
    .map(([unit, value]) => ({ within: { [unit]: value } })),
);
const next = fc
  .tuple(fc.constantFrom('did', 'didNot'), fc.constantFrom('purchase', 'add_to_cart'))
  .map(([key, name]) => ({ [key]: name }));
const behaviour = fc.oneof(
  fc
    .tuple(fc.oneof(event, fc.constant('purchase')), times, window)
    .map(([did, count, when]) => ({ did, ...count, ...when })),
  fc
    .tuple(event, where, times, window)
    .map(([did, filter, count, when]) => ({ did, ...filter, ...count, ...when })),
  fc.tuple(fc.constantFrom('purchase', '*'), window).map(([didNot, when]) => ({ didNot, ...when })),
  fc
    .tuple(event, fc.constantFrom('purchase', '*'), window)
    .map(([did, didNot, when]) => ({ did, didNot, ...when })),
  fc
    .tuple(event, where, next, within, window)
    .map(([did, filter, came, soon, when]) => followed({ did, ...filter, ...soon, ...when }, came)),
);
const edge = fc
  .tuple(
    fc.constantFrom('first', 'mostRecent'),
    fc.oneof(fc.tuple(event, where), fc.constantFrom<[string, object]>(['purchase', {}], ['*', {}])),
    window,
  )
  .map(([key, [name, filter], when]) => ({ [key]: name, ...filter, ...when }));
const numeric = fc.oneof(
  number.map((is) => ({ is })),
  number.map((isNot) => ({ isNot })),
  number.map((atLeast) => ({ atLeast })),
  number.map((atMost) => ({ atMost })),
  fc.constantFrom(1, 2.5, 10).map((topPercent) => ({ topPercent })),
  fc.boolean().map((exists) => ({ exists })),
);
const computed = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        'orders',
        'revenue',
        'averageOrder',
        'daysSinceLastOrder',
        'daysSinceFirstSeen',
        'daysSinceLastSeen',
        'orderGapRatio',
      ),
      numeric,
      window,
    )
    .map(([value, test, when]) => ({ computed: value, ...test, ...when })),
  fc.constantFrom('recency', 'frequency', 'monetary').map((value) => ({ computed: value, atLeast: 4 })),
  fc.constant({ computed: 'couponShare', atLeast: 0.5 }),
  fc
    .tuple(fc.constantFrom('신발', 'shoes'), window)
    .map(([is, when]) => ({ computed: 'preferredCategory', is, ...when })),
);
const named = fc.constantFrom(
  { segment: '장바구니' },
  { segment: 'vip-list' },
  { list: 'vips' },
  { sql: 'SELECT user_id FROM events' },
  { preset: 'vip' },
  { preset: 'vip', with: { percent: 5 } },
  { preset: 'dormant' },
);

const condition = fc.oneof(
  { weight: 3, arbitrary: attribute },
  { weight: 4, arbitrary: behaviour },
  edge,
  { weight: 2, arbitrary: computed },
  named,
);

/** Rules that a caller may write, of the names of `KNOWN`. */
export const rules: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    condition as fc.Arbitrary<Rule>,
    fc
      .tuple(fc.constantFrom('all', 'any', 'none'), fc.array(tie('rule'), { minLength: 1, maxLength: 3 }))
      .map(([kind, of]) => ({ [kind]: of }) as unknown as Rule),
  ),
})).rule;
