/** One line of the events stream and one row of the lake: schemas/events/events_raw.table.json. */
export interface EventRow {
  readonly event_id: string;
  readonly name: string;
  /** UTC, `YYYY-MM-DD HH:MM:SS.mmm`. */
  readonly occurred_at: string;
  /** UTC, `YYYY-MM-DD HH:MM:SS.mmm`. */
  readonly received_at: string;
  readonly late: boolean;
  readonly source: 'client' | 'server';
  readonly user_id: string | undefined;
  readonly anonymous_id: string | undefined;
  readonly session_hint: string | undefined;
  readonly device_type: string | undefined;
  readonly platform: string | undefined;
  readonly os: string | undefined;
  readonly app_version: string | undefined;
  readonly page_url: string | undefined;
  readonly page_title: string | undefined;
  readonly page_referrer: string | undefined;
  readonly utm_source: string | undefined;
  readonly utm_medium: string | undefined;
  readonly utm_campaign: string | undefined;
  readonly utm_term: string | undefined;
  readonly utm_content: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | undefined;
  readonly schema_version: number;
  readonly bot: boolean;
  /** The order that a purchase or refund is about. */
  readonly transaction_id: string | undefined;
  /** The properties as JSON text. */
  readonly properties: string;
  readonly filed: 'occurred' | 'received';
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
}

/** Whose row it is: the member, else the browser or app, else nobody but the event itself. */
export const personOf = (row: EventRow): string => row.user_id ?? row.anonymous_id ?? row.event_id;
