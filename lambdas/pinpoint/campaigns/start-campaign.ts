import type { QueueSender } from '../../shared/queue-sender.ts';
import type { Registry, RegistryKey, Stored } from '../ports.ts';
import type { RunMessage } from '../runs/run.ts';
import {
  type ActivityRow,
  activityKey,
  activityPrefix,
  appPartition,
  type CampaignRow,
  campaignKey,
  dueAt,
} from './campaign.ts';
import { activityIdOf, treatmentsOf } from './treatments.ts';

/** How long after a start or a look the tick looks at a run again. */
export const WATCH_MS = 60_000;

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
 * somebody else was faster, or its time has not come.
 */
export async function claimCampaign(
  registry: Registry,
  stored: Stored<CampaignRow>,
  now: number,
): Promise<Stored<CampaignRow> | undefined> {
  const { row } = stored;
  if (row.startAt > now) return undefined;
  const claimed: CampaignRow = {
    ...row,
    status: 'EXECUTING',
    lastModifiedDate: new Date(now).toISOString(),
  };
  return registry.replace<CampaignRow>(stored, claimed, dueAt(row.id, now + WATCH_MS));
}

/** The activities of a campaign's run, one a treatment, made when they are not there yet. */
export async function ensureActivities(registry: Registry, row: CampaignRow): Promise<void> {
  for (const { id: treatmentId } of treatmentsOf(row.request)) {
    const id = activityIdOf(row.id, 1, treatmentId);
    const pending: ActivityRow = {
      applicationId: row.applicationId,
      campaignId: row.id,
      id,
      treatmentId,
      state: 'PENDING',
      scheduledStart: new Date(row.startAt).toISOString(),
      executionMetrics: {},
    };
    await registry.create<ActivityRow>(activityKey(row.applicationId, row.id, id), pending);
  }
}

/** Changes the activities of a run, trying again when somebody else wrote one meanwhile; those that are gone stay gone. */
export async function changeActivities(
  registry: Registry,
  run: RunMessage,
  change: (row: ActivityRow) => ActivityRow,
): Promise<void> {
  const { rows } = await registry.list<ActivityRow>(appPartition(run.appId), activityPrefix(run.campaignId));
  for (const { key } of rows) await changed(registry, key, change);
}

async function changed(
  registry: Registry,
  key: RegistryKey,
  change: (row: ActivityRow) => ActivityRow,
): Promise<void> {
  for (;;) {
    const stored = await registry.get<ActivityRow>(key);
    if (!stored || (await registry.replace(stored, change(stored.row)))) return;
  }
}

/** Changes the campaign's row in the same way, and the tick looks at it no more; undefined when it is gone. */
export async function changeCampaign(
  registry: Registry,
  run: RunMessage,
  change: (row: CampaignRow) => CampaignRow,
): Promise<CampaignRow | undefined> {
  for (;;) {
    const stored = await registry.get<CampaignRow>(campaignKey(run.appId, run.campaignId));
    if (!stored) return undefined;
    const row = change(stored.row);
    if (row === stored.row) return row;
    if (await registry.replace(stored, row)) return row;
  }
}
