/** A quarantined event as it is shown. Pure. */
import type { Problem } from '../../shared/errors.ts';
import type { CameBy, QuarantinedEvent } from './quarantined-event.ts';
import { instantOf } from './row-line.ts';

export interface QuarantineView {
  readonly quarantine_id: string;
  readonly event_id: string | null;
  readonly name: string | null;
  /** ISO 8601, UTC. */
  readonly received_at: string;
  readonly came_by: CameBy;
  readonly sender: string | null;
  readonly request_id: string | null;
  readonly reasons: readonly Problem[];
  /** JSON text of the event, or as much of it as is shown. */
  readonly event: string;
  /** It is longer; the table `quarantined_events` has it whole. */
  readonly truncated: boolean;
}

const MAX_SHOWN = 32 * 1024;

export const quarantineView = ({
  country: _country,
  bot: _bot,
  received_at,
  event,
  ...others
}: QuarantinedEvent): QuarantineView => ({
  ...others,
  received_at: new Date(instantOf(received_at) ?? 0).toISOString(),
  event: event.slice(0, MAX_SHOWN),
  truncated: event.length > MAX_SHOWN,
});
