/** Asks the views for the same figures and tells where they are not what the oracle says. */
import type { Figures } from './oracle.ts';

/** Rows of a statement as text, columns in their order. */
export type Query = (sql: string) => Promise<(string | undefined)[][]>;

interface Question {
  readonly sql: string;
  readonly scope: string;
  /** Columns that stand in the figure's name, and after them those that are figures. */
  readonly keys: readonly string[];
  readonly figures: readonly string[];
}

const DAILY = ['sessions', 'users', 'new_users', 'page_views', 'bounces'];

const asked = (
  scope: string,
  view: string,
  keys: readonly string[],
  figures: readonly string[],
): Question => ({
  sql: `SELECT ${[...keys, ...figures].join(', ')} FROM ${view}`,
  scope,
  keys,
  figures,
});

const QUESTIONS: readonly Question[] = [
  {
    scope: 'total',
    keys: [],
    figures: [...DAILY, 'orders'],
    sql: `SELECT count(*) AS sessions, count(DISTINCT person) AS users, count(DISTINCT CASE WHEN new_user THEN person END) AS new_users,
      sum(page_views) AS page_views, count_if(bounced) AS bounces, sum(orders) AS orders FROM sessions`,
  },
  {
    scope: 'total revenue',
    keys: ['currency'],
    figures: [''],
    sql: 'SELECT currency, sum(revenue) AS revenue FROM session_facts WHERE orders > 0 GROUP BY currency',
  },
  asked('daily', 'daily_behaviour', ['day'], DAILY),
  asked(
    'traffic',
    'traffic_sources',
    ['day', 'channel', 'source', 'medium'],
    ['sessions', 'users', 'bounces', 'orders', 'revenue'],
  ),
  asked(
    'page',
    'page_performance',
    ['day', 'page'],
    ['sessions', 'bounces', 'converted_sessions', 'page_views'],
  ),
  {
    scope: 'channel',
    keys: ['channel'],
    figures: ['sessions', 'orders'],
    sql: 'SELECT channel, sum(sessions) AS sessions, sum(orders) AS orders FROM traffic_sources GROUP BY channel',
  },
  asked('funnel', 'funnel', ['day', 'name'], ['sessions', 'dropped']),
  asked('cart rate', 'add_to_cart_rate', ['day'], ['cart_sessions', 'view_sessions']),
  asked('cart', 'cart_abandonment', ['day'], ['cart_sessions', 'checkout_sessions', 'bought_sessions']),
  {
    ...asked('active', 'dau_mau', ['day'], ['dau', 'wau', 'mau']),
    sql: 'SELECT day, dau, wau, mau FROM dau_mau WHERE dau > 0',
  },
  {
    scope: 'money',
    keys: ['day', 'name', 'currency'],
    figures: ['events', 'revenue'],
    sql: `SELECT day, name, currency, count(*) AS events, sum(revenue) AS revenue FROM (
      SELECT day, name, json_extract_scalar(properties, '$.currency') AS currency,
        CAST(json_extract_scalar(properties, '$.revenue') AS decimal(18, 2)) AS revenue
      FROM events WHERE name IN ('purchase', 'refund')) AS orders GROUP BY day, name, currency`,
  },
];

export interface Difference {
  readonly figure: string;
  readonly expected: number | undefined;
  readonly found: number | undefined;
}

const isMoney = (name: string): boolean => /revenue/.test(name);

/** Every figure of the views, money in hundredths. */
export async function figuresOfViews(query: Query): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const { sql, scope, keys, figures } of QUESTIONS) {
    for (const row of await query(sql)) {
      const place = [scope, ...row.slice(0, keys.length)].join(' ');
      for (const [index, figure] of figures.entries()) {
        const name = figure === '' ? place : `${place} ${figure}`;
        const value = Number(row[keys.length + index]);
        found.set(name, isMoney(name) ? Math.round(value * 100) : value);
      }
    }
  }
  return found;
}

/** Figures that differ; one that only one side has differs unless it is zero. */
export function differences(expected: Figures, found: ReadonlyMap<string, number>): Difference[] {
  const names = new Set([...expected.values.keys(), ...found.keys()]);
  return [...names].flatMap((figure) => {
    const told = expected.values.get(figure);
    const seen = found.get(figure);
    return (told ?? 0) === (seen ?? 0) ? [] : [{ figure, expected: told, found: seen }];
  });
}
