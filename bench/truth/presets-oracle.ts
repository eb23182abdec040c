/**
 * Who is in each preset, straight from the files of ../shared/data by the words of the spec (§3) and of the presets' own
 * descriptions. Nothing of the product's rules, presets or SQL is used here, nor the mapping that turns rows into events.
 */
import { csvRows, gaNameOf, type Invoice, isRefund } from './hits.ts';

/** One thing somebody did. */
export interface Deed {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Empty when the file does not say. */
  readonly who: string;
  readonly name: string;
  /** Of a purchase, in hundredths. */
  readonly cents?: number;
  readonly category?: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export async function gaDeeds(eventsFile: string): Promise<Deed[]> {
  const deeds: Deed[] = [];
  for await (const row of csvRows(eventsFile)) {
    const name = gaNameOf(row);
    deeds.push({
      at: Date.parse(row['event_time'] ?? ''),
      who: row['user_id'] ?? '',
      name,
      ...(name === 'purchase' ? { cents: Math.round(Number(row['order_revenue']) * 100) } : {}),
      ...(name === 'view_item' ? { category: row['category'] ?? '' } : {}),
    });
  }
  return deeds;
}

export const retailDeeds = (invoices: readonly Invoice[]): Deed[] =>
  invoices.map((invoice) => ({
    at: Date.parse(`${invoice.date.replace(' ', 'T')}Z`),
    who: invoice.customer,
    name: isRefund(invoice) ? 'refund' : 'purchase',
    ...(isRefund(invoice) ? {} : { cents: invoice.cents }),
  }));

/** What is done without a visit is no activity. */
const WITHOUT_VISIT = ['refund', 'message_open', 'unsubscribe'];

interface Person {
  readonly active: readonly number[];
  readonly orders: readonly { readonly at: number; readonly cents: number }[];
  readonly carts: readonly number[];
  readonly views: readonly { readonly at: number; readonly category: string }[];
}

/** By who they are; what nobody is known to have done is nobody's. */
function peopleOf(deeds: readonly Deed[]): Map<string, Person> {
  const people = new Map<string, { active: number[]; orders: Deed[]; carts: number[]; views: Deed[] }>();
  for (const deed of deeds) {
    if (deed.who === '') continue;
    const person = people.get(deed.who) ?? { active: [], orders: [], carts: [], views: [] };
    people.set(deed.who, person);
    if (!WITHOUT_VISIT.includes(deed.name)) person.active.push(deed.at);
    if (deed.name === 'purchase') person.orders.push(deed);
    if (deed.name === 'add_to_cart') person.carts.push(deed.at);
    if (deed.name === 'view_item') person.views.push(deed);
  }
  const read = [...people].map(([who, { active, orders, carts, views }]): [string, Person] => [
    who,
    {
      active,
      carts,
      orders: orders.map(({ at, cents = 0 }) => ({ at, cents })).sort((a, b) => a.at - b.at),
      views: views.map(({ at, category = '' }) => ({ at, category })),
    },
  ]);
  return new Map(read);
}

export interface Asked {
  readonly preset: string;
  readonly with?: Readonly<Record<string, string | number>>;
}

/** Every preset that behaviour decides, with its defaults and with other thresholds. */
export const askedOf = (categories: readonly string[]): Asked[] => [
  ...['cart-abandoners', 'vip', 'vvip', 'new', 'one-time-buyers', 'repeat-buyers'].map((preset) => ({
    preset,
  })),
  ...['discount-sensitive', 'at-risk', 'dormant', 'active'].map((preset) => ({ preset })),
  { preset: 'cart-abandoners', with: { days: 1 } },
  { preset: 'vip', with: { percent: 33.3, days: 14 } },
  { preset: 'new', with: { days: 7 } },
  { preset: 'one-time-buyers', with: { days: 10 } },
  { preset: 'repeat-buyers', with: { orders: 4 } },
  { preset: 'discount-sensitive', with: { share: 0 } },
  { preset: 'at-risk', with: { orders: 3, gaps: 0.5 } },
  { preset: 'dormant', with: { days: 9 } },
  { preset: 'active', with: { days: 2 } },
  ...categories.flatMap((category) => [
    { preset: 'viewed-category', with: { category } },
    { preset: 'viewed-category', with: { category, times: 1, days: 5 } },
  ]),
];

/** The ids of those who are in the preset at the moment `now` (epoch milliseconds), sorted. */
export function membersOf(
  { preset, with: given = {} }: Asked,
  deeds: readonly Deed[],
  now: number,
): string[] {
  const people = peopleOf(deeds);
  const number = (name: string, usual: number): number => Number(given[name] ?? usual);
  const since = (usual: number): number => now - number('days', usual) * DAY_MS;
  const those = (holds: (person: Person) => boolean): string[] =>
    [...people].filter(([, person]) => holds(person)).map(([who]) => who);
  const ordersSince = ({ orders }: Person) =>
    given['days'] === undefined ? orders : orders.filter(({ at }) => at >= since(0));
  const found = (): string[] => {
    switch (preset) {
      case 'cart-abandoners':
        // Put into the cart in the window, and no order later than that.
        return those(({ carts, orders }) =>
          carts.some((cart) => cart >= since(7) && !orders.some(({ at }) => at > cart)),
        );
      case 'vip':
        return best(people, since(365), number('percent', 10));
      case 'vvip':
        return best(people, since(365), number('percent', 1));
      case 'new':
        return those(({ active }) => active.length > 0 && active.every((at) => at >= since(30)));
      case 'one-time-buyers':
        return those((person) => ordersSince(person).length === 1);
      case 'repeat-buyers':
        return those((person) => ordersSince(person).length >= number('orders', 2));
      case 'discount-sensitive':
        // No order of these files tells a coupon.
        return those((person) => ordersSince(person).length > 0 && number('share', 0.5) <= 0);
      case 'at-risk':
        return those(
          ({ orders }) => orders.length >= number('orders', 2) && quiet(orders, now) >= number('gaps', 2),
        );
      case 'dormant':
        return those(({ active }) => active.length > 0 && active.every((at) => at < since(90)));
      case 'active':
        return those(({ active }) => active.some((at) => at >= since(30)));
      case 'viewed-category':
        return those(
          ({ views }) =>
            views.filter(({ at, category }) => category === given['category'] && at >= since(30)).length >=
            number('times', 3),
        );
      default:
        throw new Error(`The files cannot tell who is in ${preset}`);
    }
  };
  return found().sort();
}

/** Of those who ordered in the window, the first so many percent by what they paid; equals share the better place. */
function best(people: ReadonlyMap<string, Person>, since: number, percent: number): string[] {
  const paid = [...people].flatMap(([who, { orders }]) => {
    const within = orders.filter(({ at }) => at >= since);
    return within.length === 0 ? [] : [{ who, cents: within.reduce((sum, { cents }) => sum + cents, 0) }];
  });
  const places = Math.ceil((paid.length * percent) / 100);
  const sums = paid.map(({ cents }) => cents).sort((a, b) => b - a);
  return paid.filter(({ cents }) => sums.indexOf(cents) < places).map(({ who }) => who);
}

/** How many of their own median gaps ago the latest order was; orders of one moment have no gap. */
function quiet(orders: readonly { readonly at: number }[], now: number): number {
  const gaps = orders.slice(1).map(({ at }, index) => at - (orders[index]?.at ?? at));
  gaps.sort((a, b) => a - b);
  const [low = 0, high = 0] = [gaps[Math.floor((gaps.length - 1) / 2)], gaps[Math.floor(gaps.length / 2)]];
  const median = (low + high) / 2;
  return median > 0 ? (now - (orders.at(-1)?.at ?? now)) / median : Number.NEGATIVE_INFINITY;
}

/** The categories that most of the views name. */
export function mostViewed(deeds: readonly Deed[], count: number): string[] {
  const views = new Map<string, number>();
  for (const { name, category = '' } of deeds)
    if (name === 'view_item' && category !== '') views.set(category, (views.get(category) ?? 0) + 1);
  return [...views]
    .sort((a, b) => b[1] - a[1])
    .slice(0, count)
    .map(([category]) => category);
}
