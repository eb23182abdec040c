import { GetCampaignCommand, type PinpointClient } from '@aws-sdk/client-pinpoint';
import { RepointError } from '../../shared/errors.ts';
import { saysInTest, testOf } from '../personalisation/test-send.ts';
import type { SendStore, VersionStore } from '../sends/ports.ts';
import { withTemplates } from '../sends/said.ts';
import type { AskedSend, SendFinder } from './ports.ts';

/** Runs that a function remembers: neither a campaign's tags nor the version that a send says ever change. */
const REMEMBERED = 200;

export interface FinderDeps {
  readonly pinpoint: PinpointClient;
  readonly sends: Pick<SendStore, 'get'>;
  readonly versions: Pick<VersionStore, 'get'>;
}

/** Sends by the tags of their Pinpoint campaigns (`repoint:campaign`, `repoint:send`). */
export function taggedSends(deps: FinderDeps): SendFinder {
  const known = new Map<string, Promise<AskedSend>>();
  return {
    find(applicationId, pinpointCampaignId) {
      const key = `${applicationId}/${pinpointCampaignId}`;
      const found = known.get(key) ?? read(deps, applicationId, pinpointCampaignId);
      const [oldest] = known.keys();
      if (!known.has(key) && known.size >= REMEMBERED && oldest !== undefined) known.delete(oldest);
      known.set(key, found);
      // A failure is not remembered: the next question asks again.
      found.catch(() => known.delete(key));
      return found;
    },
  };
}

async function read(
  { pinpoint, sends, versions }: FinderDeps,
  ApplicationId: string,
  CampaignId: string,
): Promise<AskedSend> {
  const { CampaignResponse } = await pinpoint.send(new GetCampaignCommand({ ApplicationId, CampaignId }));
  const tags = CampaignResponse?.tags ?? {};
  const test = testOf(tags);
  const shown = test && (await versions.get(test.campaignId, test.version));
  if (test && shown) return { campaignId: test.campaignId, sendId: '', ...saysInTest(shown, test.variantId) };
  const { 'repoint:campaign': campaignId = '', 'repoint:send': sendId = '' } = tags;
  const send = (await sends.get(campaignId, sendId))?.send;
  const says = send && (await versions.get(campaignId, send.version));
  // Without its rules nobody knows who may get it: an error keeps all of it back.
  if (!says)
    throw new RepointError('not_found', `Pinpoint campaign ${CampaignId} is no run of a send ("${sendId}")`);
  // What the texts need is read from the versions of templates that go out, whatever is active by now.
  return { campaignId, sendId, says: withTemplates(says, send.templates ?? {}) };
}
