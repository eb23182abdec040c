/** What is kept of a closed day beside its rows, made of them (docs/adr/0014-closed-days-keep-what-is-asked-for.md). Pure. */
import { sqlText } from '../../shared/sql-text.ts';
import type { Derived } from './compacted-table.ts';

interface Source {
  /** View that makes the rows of any writing's. */
  readonly view: string;
  /** Without version and day. */
  readonly columns: readonly string[];
}

/** By lake table. */
export const DERIVED: Readonly<Record<string, Source>> = {
  identity_turns: { view: 'turns_by_version', columns: ['anonymous_id', 'user_id', 'occurred_at'] },
  activity_pieces: {
    view: 'pieces_by_version',
    columns: [
      'visitor',
      'named',
      'run_at',
      'first_at',
      'last_at',
      'user_id',
      'device_type',
      'landing_page',
      'first_event',
      'referrer',
      'came_from',
      'google_ad',
      'utm_source',
      'utm_medium',
      'utm_campaign',
      'events',
      'page_views',
      'deeds',
      'one_page',
      'other_page',
      'steps',
      'orders',
      'revenue',
      'one_currency',
      'other_currency',
    ],
  },
};

/** Of days by which events occurred: what is filed by arrival is read anew by every query. */
export const DERIVED_OF_EVENTS: readonly Derived[] = Object.entries(DERIVED).map(
  ([table, { view, columns }]) => ({
    folder: `${table}/`,
    // Reads nothing but the rows that the writing has.
    statement: ({ day, version, target }) => `UNLOAD (
  SELECT ${columns.join(', ')}, version
  FROM ${view}
  WHERE version = ${sqlText(version)} AND day = DATE ${sqlText(day)}
) TO ${sqlText(target)} WITH (format = 'PARQUET', compression = 'ZSTD')`,
  }),
);
