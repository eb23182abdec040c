/** What Google Analytics says of the month, from its own rows of sessions. */
import { csvRows } from './hits.ts';

export type GaFigures = readonly {
  /** The oracle's name of ours. */
  readonly figure: string;
  readonly name: string;
  readonly theirs: number;
  readonly why: string;
}[];

const CUT = 'GA cuts a session at store midnight; ours goes on until a pause of 30 minutes';

export async function gaFigures(sessionsFile: string): Promise<GaFigures> {
  let [sessions, pageViews, bounces, fresh, orders, revenue] = [0, 0, 0, 0, 0, 0];
  const users = new Set<string>();
  const channels = new Map<string, number>();
  for await (const row of csvRows(sessionsFile)) {
    sessions++;
    users.add(row['user_id'] ?? '');
    pageViews += Number(row['pageviews'] || 0);
    bounces += Number(row['bounce'] || 0);
    fresh += Number(row['new_visit'] || 0);
    orders += Number(row['transactions'] || 0);
    revenue += Math.round(Number(row['total_revenue'] || 0) * 100);
    const channel = row['channel'] === '(Other)' ? 'Other' : (row['channel'] ?? '');
    channels.set(channel, (channels.get(channel) ?? 0) + 1);
  }
  const line = (figure: string, name: string, theirs: number, why: string) => ({ figure, name, theirs, why });
  return [
    line('total users', 'users', users.size, 'sessions without a row among the hits'),
    line('total sessions', 'sessions', sessions, CUT),
    line(
      'total page_views',
      'page views',
      pageViews,
      'pages that are a product view, a checkout or a confirmation are those events here, one event a hit',
    ),
    line(
      'total new_users',
      'new users',
      fresh,
      'GA knows visits before August; here nothing is known before the first file',
    ),
    line('total bounces', 'bounces', bounces, 'GA: one hit; ours: one page and nothing done on it'),
    line(
      'total orders',
      'orders',
      orders,
      '29 transactions of GA have no hit with a revenue, which is what makes a purchase of a confirmation page',
    ),
    line(
      'total revenue USD',
      'revenue, USD',
      revenue / 100,
      'in 63 sessions the total of GA is another than the sum of its hits',
    ),
    ...[...channels]
      .sort()
      .map(([channel, theirs]) =>
        line(`channel ${channel} sessions`, channel, theirs, 'see docs/metrics.md, "Channels"'),
      ),
  ];
}
