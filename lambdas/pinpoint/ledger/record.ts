import type { FinalStatus } from '../delivery/outcomes.ts';

/** One row of schemas/pinpoint/ledger_raw.table.json; members without a value stay out. */
export interface LedgerRecord {
  readonly record_id: string;
  /** Pinpoint's event-stream name: `_campaign.send`, `_email.open`, … */
  readonly event_type: string;
  /** UTC, `YYYY-MM-DD HH:MM:SS.mmm`. */
  readonly occurred_at: string;
  readonly application_id: string;
  readonly campaign_id?: string | undefined;
  readonly activity_id?: string | undefined;
  readonly treatment_id?: string | undefined;
  readonly endpoint_id?: string | undefined;
  readonly user_id?: string | undefined;
  readonly channel: string;
  readonly message_id?: string | undefined;
  readonly provider_message_id?: string | undefined;
  readonly status?: FinalStatus | undefined;
  readonly reason?: string | undefined;
  /** JSON text. */
  readonly campaign_tags?: string | undefined;
  /** JSON text. */
  readonly attributes?: string | undefined;
  /** UTC day of occurred_at: the lake's partition. */
  readonly day: string;
}

type Moment = Pick<LedgerRecord, 'occurred_at' | 'day'>;

/** All records of a call have one moment, so the last one is kept. */
let last: { readonly at: number; readonly moment: Moment } | undefined;

/** `occurred_at` and `day` of a moment in epoch milliseconds. */
export function moment(at: number): Moment {
  if (last?.at !== at) last = { at, moment: momentOf(at) };
  return last.moment;
}

function momentOf(at: number): Moment {
  const iso = new Date(at).toISOString();
  const day = iso.slice(0, 10);
  return { occurred_at: `${day} ${iso.slice(11, 23)}`, day };
}
