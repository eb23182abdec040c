import type { QueueSender } from '../../shared/queue-sender.ts';
import type { Registry, Stored } from '../ports.ts';
import type { RunMessage } from '../runs/run.ts';
import { type ActivityRow, activityKey, type CampaignRow, dueAt } from './campaign.ts';

/** How long after a start or a look the tick looks at a run again. */
export const WATCH_MS = 60_000;
/** A.k.a. Pinpoint's TreatmentId of the message that the request itself holds. */
export const DEFAULT_TREATMENT = '0';

export interface StartDeps {
  readonly registry: Registry;
  readonly runQueue: QueueSender<RunMessage>;
}

export const runMessage = (row: CampaignRow): RunMessage => ({
  appId: row.applicationId,
  campaignId: row.id,
  activityId: row.activityId,
});

/**
 * Claims a SCHEDULED campaign: it is EXECUTING from here on, and the tick will look after its run. Undefined when
 * somebody else was faster.
 */
export async function claimCampaign(
  registry: Registry,
  stored: Stored<CampaignRow>,
  now: number,
): Promise<Stored<CampaignRow> | undefined> {
  const { row } = stored;
  const claimed: CampaignRow = {
    ...row,
    status: 'EXECUTING',
    lastModifiedDate: new Date(now).toISOString(),
  };
  return registry.replace<CampaignRow>(stored, claimed, dueAt(row.id, now + WATCH_MS));
}

/** The activity's row, made when it is not there yet. */
export async function ensureActivity(
  registry: Registry,
  row: CampaignRow,
): Promise<Stored<ActivityRow> | undefined> {
  const key = activityKey(row.applicationId, row.id, row.activityId);
  const pending: ActivityRow = {
    applicationId: row.applicationId,
    campaignId: row.id,
    id: row.activityId,
    treatmentId: DEFAULT_TREATMENT,
    state: 'PENDING',
    scheduledStart: new Date(row.startAt).toISOString(),
    executionMetrics: {},
  };
  return (await registry.create<ActivityRow>(key, pending)) ?? registry.get<ActivityRow>(key);
}

/** Changes the activity's row, trying again when somebody else wrote it meanwhile; nothing happens when it is gone. */
export async function changeActivity(
  registry: Registry,
  run: RunMessage,
  change: (row: ActivityRow) => ActivityRow,
): Promise<void> {
  const key = activityKey(run.appId, run.campaignId, run.activityId);
  for (;;) {
    const stored = await registry.get<ActivityRow>(key);
    if (!stored || (await registry.replace(stored, change(stored.row)))) return;
  }
}
