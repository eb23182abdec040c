/** What a campaign carries of the advertising rules, and what of them is read at delivery. Pure. */
import type { Campaign, CampaignPolicy } from '../campaign.ts';
import type { Channel } from '../content.ts';
import { type Caps, hasCaps } from './caps.ts';
import type { Rules } from './judge.ts';
import type { NightWindow } from './law/law.ts';
import type { PolicySettings } from './settings.ts';

type Advertised = Pick<Campaign, 'purpose' | 'channel'>;

/** The policy that a campaign is given when it is created or edited: label and opt-out text are frozen in it (spec §4). */
export function policyOf(
  { purpose, channel }: Advertised,
  { optOutText: own, ...chosen }: Pick<CampaignPolicy, 'night' | 'caps' | 'optOutText'>,
  { label, law, optOutText }: PolicySettings,
): CampaignPolicy {
  const advertising = purpose === 'advertising';
  const told = own ?? optOutText;
  const tells = advertising && law.optOut.channels.includes(channel);
  return {
    label: advertising && label,
    ...(tells && told !== undefined ? { optOutText: told } : {}),
    ...(tells && own !== undefined ? { ownOptOutText: true as const } : {}),
    ...chosen,
  };
}

/** The caps that hold for a campaign: its own before the deployment's. */
export function capsOf(
  { purpose, policy }: Pick<Campaign, 'purpose' | 'policy'>,
  { defaultCaps, cappedPurposes }: PolicySettings,
): Caps {
  if (policy.caps !== undefined) return policy.caps;
  return cappedPurposes === 'all' || purpose === 'advertising' ? defaultCaps : {};
}

/** The hours that are night for a channel; undefined for one that a deployment lets through as the law does. */
export function nightWindowOf(channel: Channel, settings: PolicySettings): NightWindow | undefined {
  const { window, channels, exempt } = settings.law.night;
  if (settings.nightExemptions && exempt.channels.includes(channel)) return undefined;
  return channels[channel]?.window ?? window;
}

/** What `judge` is to go by for one send of the campaign. */
export function rulesOf(
  campaign: Pick<Campaign, 'purpose' | 'channel' | 'policy'>,
  sendId: string,
  settings: PolicySettings,
): Rules {
  const { purpose, channel, policy } = campaign;
  const nightWindow = nightWindowOf(channel, settings);
  return {
    sendId,
    channel,
    purpose,
    ...(nightWindow === undefined ? {} : { nightWindow }),
    night: policy.night,
    caps: capsOf(campaign, settings),
    timeZone: settings.timeZone,
  };
}

/**
 * Whether a send must ask the hook before each call: an audience whose members' consents, caps or coupons decide. Texts
 * that need values of their own are judged by whoever knows them.
 */
export const needsHook = (
  campaign: Pick<Campaign, 'purpose' | 'policy' | 'coupon'>,
  settings: PolicySettings,
): boolean =>
  campaign.purpose === 'advertising' || campaign.coupon !== undefined || hasCaps(capsOf(campaign, settings));
