/** The figures of a list of hits, by the definitions of spec §1 and §7 and docs/metrics.md, without any SQL. */
import type { Hit, Origin } from './hits.ts';

const PAUSE_MS = 30 * 60_000;
const DAY_MS = 86_400_000;
/** Asia/Seoul, which has had no summer time since 1988. */
const ZONE_MS = 9 * 3_600_000;

/** What happens without anybody visiting. */
const NO_VISIT = new Set(['refund', 'message_open', 'unsubscribe']);
/** What a page tells by being opened. */
const SEEN = new Set(['page_view', 'view_item', 'app_open', 'message_click']);
const FUNNEL = ['view_item', 'add_to_cart', 'begin_checkout', 'purchase'];

export interface Session {
  readonly who: string;
  readonly day: string;
  readonly hits: readonly Hit[];
  readonly isNew: boolean;
}

/** The local day of an instant, epoch milliseconds: `YYYY-MM-DD`. */
export type DayOf = (ms: number) => string;
const localDay: DayOf = (ms) => new Date(ms + ZONE_MS).toISOString().slice(0, 10);

/** Of what happens in one millisecond a page view comes first, and of several that of the shortest address. */
const byTime = (a: Hit, b: Hit): number =>
  a.at - b.at ||
  Number(b.name === 'page_view') - Number(a.name === 'page_view') ||
  addressLength(a) - addressLength(b) ||
  ((a.page ?? '') < (b.page ?? '') ? -1 : 1);

const addressLength = ({ page }: Hit): number => page?.length ?? Number.MAX_SAFE_INTEGER;

/** Sessions of everybody who is known by an id. */
export function sessionsOf(hits: readonly Hit[], dayOf: DayOf = localDay): Session[] {
  const people = new Map<string, Hit[]>();
  for (const hit of hits) {
    if (hit.who === undefined || NO_VISIT.has(hit.name)) continue;
    const own = people.get(hit.who);
    if (own) own.push(hit);
    else people.set(hit.who, [hit]);
  }
  return [...people].flatMap(([who, own]) => {
    own.sort(byTime);
    const visits: Hit[][] = [];
    let last = Number.NEGATIVE_INFINITY;
    for (const hit of own) {
      if (hit.at - last >= PAUSE_MS) visits.push([]);
      visits.at(-1)?.push(hit);
      last = hit.at;
    }
    return visits.map((visit, index) => ({
      who,
      day: dayOf(visit[0]?.at ?? 0),
      hits: visit,
      isNew: index === 0,
    }));
  });
}

const countOf = ({ hits }: Session, name: string): number => hits.filter((hit) => hit.name === name).length;

export function bounced(session: Session): boolean {
  const pages = new Set(session.hits.flatMap(({ page }) => (page === undefined ? [] : [page])));
  return (
    countOf(session, 'page_view') <= 1 && pages.size <= 1 && session.hits.every(({ name }) => SEEN.has(name))
  );
}

/** How many steps of the funnel a session went, each after the one before. */
function reached(session: Session): number {
  // Of what happens in one millisecond the earlier step counts first.
  const rank = ({ name }: Hit) => FUNNEL.indexOf(name);
  const steps = session.hits.filter((hit) => rank(hit) >= 0).sort((a, b) => a.at - b.at || rank(a) - rank(b));
  let done = 0;
  for (const hit of steps) if (hit.name === FUNNEL[done]) done++;
  return done;
}

/** True when `next` was done at or after the first `name`. */
function followed(session: Session, name: string, next: string): boolean {
  const first = session.hits.find((hit) => hit.name === name);
  return first !== undefined && session.hits.some((hit) => hit.name === next && hit.at >= first.at);
}

const DIRECT: Origin = { source: '(direct)', medium: '(none)', channel: 'Direct' };

/** Figures by name; a name says the view, its keys and the column. */
export class Figures {
  readonly values = new Map<string, number>();
  private readonly sets = new Map<string, Set<string>>();

  add(key: string, amount = 1): void {
    this.values.set(key, (this.values.get(key) ?? 0) + amount);
  }

  /** Counts distinct members. */
  distinct(key: string, member: string): void {
    const set = this.sets.get(key) ?? new Set();
    this.sets.set(key, set.add(member));
    this.values.set(key, set.size);
  }
}

export function figuresOf(hits: readonly Hit[], dayOf: DayOf = localDay): Figures {
  const figures = new Figures();
  const sessions = sessionsOf(hits, dayOf);
  for (const session of sessions) {
    const { who, day, hits: done } = session;
    const pageViews = countOf(session, 'page_view');
    const bounce = Number(bounced(session));
    const orders = done.filter(({ name }) => name === 'purchase');
    const cents = orders.reduce((sum, order) => sum + (order.cents ?? 0), 0);
    for (const scope of ['total', `daily ${day}`]) {
      figures.add(`${scope} sessions`);
      figures.distinct(`${scope} users`, who);
      figures.add(`${scope} new_users`, Number(session.isNew));
      figures.add(`${scope} page_views`, pageViews);
      figures.add(`${scope} bounces`, bounce);
    }
    figures.add('total orders', orders.length);
    for (const { currency = '?', cents: paid = 0 } of orders) figures.add(`total revenue ${currency}`, paid);
    const { channel, source, medium } = done[0]?.from ?? DIRECT;
    const traffic = `traffic ${day} ${channel} ${source} ${medium}`;
    figures.add(`${traffic} sessions`);
    figures.add(`channel ${channel} sessions`);
    figures.add(`channel ${channel} orders`, orders.length);
    figures.distinct(`${traffic} users`, who);
    figures.add(`${traffic} bounces`, bounce);
    figures.add(`${traffic} orders`, orders.length);
    figures.add(`${traffic} revenue`, cents);
    const page = done[0]?.page?.split('#')[0]?.split('?')[0];
    if (page !== undefined) {
      figures.add(`page ${day} ${page} sessions`);
      figures.add(`page ${day} ${page} bounces`, bounce);
      figures.add(`page ${day} ${page} converted_sessions`, Number(orders.length > 0));
      figures.add(`page ${day} ${page} page_views`, pageViews);
    }
    const steps = reached(session);
    if (steps > 0)
      FUNNEL.forEach((name, step) => {
        figures.add(`funnel ${day} ${name} sessions`, Number(steps > step));
        figures.add(`funnel ${day} ${name} dropped`, Number(steps === step));
      });
    figures.add(`cart rate ${day} cart_sessions`, Number(countOf(session, 'add_to_cart') > 0));
    figures.add(`cart rate ${day} view_sessions`, Number(countOf(session, 'view_item') > 0));
    if (countOf(session, 'add_to_cart') > 0) {
      figures.add(`cart ${day} cart_sessions`);
      figures.add(
        `cart ${day} checkout_sessions`,
        Number(followed(session, 'add_to_cart', 'begin_checkout')),
      );
      figures.add(`cart ${day} bought_sessions`, Number(followed(session, 'add_to_cart', 'purchase')));
    }
  }
  addActive(figures, sessions);
  addMoney(figures, hits);
  return figures;
}

/** Active persons of each day with a session, and of the 7 and 30 days that end with it. */
function addActive(figures: Figures, sessions: readonly Session[]): void {
  const active = new Map<string, Set<string>>();
  for (const { day, who } of sessions) active.set(day, (active.get(day) ?? new Set()).add(who));
  for (const day of active.keys())
    for (const [name, length] of [
      ['dau', 1],
      ['wau', 7],
      ['mau', 30],
    ] as const)
      for (let back = 0; back < length; back++) {
        const before = new Date(Date.parse(day) - back * DAY_MS).toISOString().slice(0, 10);
        for (const who of active.get(before) ?? []) figures.distinct(`active ${day} ${name}`, who);
      }
}

/** Orders and refunds of everybody, known or not, by UTC day. */
function addMoney(figures: Figures, hits: readonly Hit[]): void {
  for (const { name, at, cents = 0, currency = '?' } of hits) {
    if (name !== 'purchase' && name !== 'refund') continue;
    const key = `money ${new Date(at).toISOString().slice(0, 10)} ${name} ${currency}`;
    figures.add(`${key} events`);
    figures.add(`${key} revenue`, cents);
  }
}
