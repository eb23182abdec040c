import { pinpointCampaigns } from '../../../../lambdas/campaigns/sends/pinpoint-campaigns.aws.ts';
import { type CampaignRow, campaignKey } from '../../../../lambdas/pinpoint/campaigns/campaign.ts';
import {
  changeActivities,
  claimCampaign,
  ensureActivities,
} from '../../../../lambdas/pinpoint/campaigns/start-campaign.ts';
import type { SegmentRow } from '../../../../lambdas/pinpoint/ports.ts';
import { closeRun } from '../../../../lambdas/pinpoint/runs/close-run.ts';
import { newRunOf, planOf } from '../../../../lambdas/pinpoint/runs/plan.ts';
import { segmentKey, versionKey } from '../../../../lambdas/pinpoint/segments/segment.ts';
import { applicationId } from '../../../../lambdas/shared/pinpoint-application.aws.ts';
import { startWorld } from '../../../pinpoint/campaigns/support/world.ts';

/** The campaign side of the engine itself, spoken to through the official client. Runs are made and ended by hand. */
export async function realEngine() {
  const { client, registry, runs, deps } = await startWorld();
  const app = await applicationId(client, 'test');
  const segmentId = 'imported';
  const row = { applicationId: app, id: segmentId, version: 1 } as SegmentRow;
  await registry.create(segmentKey(app, segmentId), row);
  await registry.create(versionKey(app, segmentId, 1), row);

  /** The run begins, as when its list is cut into slices. */
  const begin = async (id: string): Promise<void> => {
    const stored = await registry.get<CampaignRow>(campaignKey(app, id));
    const claimed = stored && (await claimCampaign(registry, stored, Date.now()));
    if (!claimed) throw new Error(`${id} does not wait to be begun`);
    const now = Date.now();
    await ensureActivities(registry, claimed.row);
    await runs.takeUp(newRunOf(claimed.row, planOf(claimed.row), 0), now, now + 60_000);
    await changeActivities(registry, messageOf(claimed.row), (each) => ({ ...each, state: 'RUNNING' }));
  };
  /** The run ends: it had nobody to send to. */
  const finish = async (id: string): Promise<void> => {
    const stored = await registry.get<CampaignRow>(campaignKey(app, id));
    const { activityId = '' } = stored?.row ?? {};
    await runs.resolved(activityId, 1, { lines: 0, slices: 0, metrics: {} });
    await closeRun(deps, activityId);
  };
  const messageOf = ({ id, activityId }: CampaignRow) => ({ appId: app, campaignId: id, activityId });
  return {
    pinpoint: pinpointCampaigns(client, 'test', 'arn:aws:iam::111122223333:role/import'),
    segmentId,
    begin,
    finish,
  };
}
