import { createHash } from 'node:crypto';
import type {
  CustomDeliveryConfiguration,
  MessageConfiguration,
  WriteCampaignRequest,
} from '@aws-sdk/client-pinpoint';
import { BUCKETS, type Share } from './split.ts';
import { givenSplit } from './split-tag.ts';

/** The default treatment and ten more: Pinpoint had five, spec §4 asks for eleven. */
export const MAX_TREATMENTS = 11;
/** Pinpoint's TreatmentId of the message that the request itself holds. */
export const DEFAULT_TREATMENT = '0';
/** The share that gets nothing. */
export const HOLDOUT = 'holdout';
/** The share that is not of the run's audience (campaigns/split-tag.ts). */
export const OUTSIDE = 'outside';
/** The tag whose value keeps a recurring campaign's split and caps the same from send to send (design.md, "Split"). */
export const STABLE_KEY_TAG = 'repoint:campaign';

/** A percent in buckets of 0.01 %. */
const BUCKETS_PER_PERCENT = BUCKETS / 100;

/** One of a campaign's messages and its share of the audience. */
export interface Treatment {
  /** `0` for the request's own message, `1` … for its AdditionalTreatments in order. */
  readonly id: string;
  readonly message: MessageConfiguration;
  readonly customDelivery?: CustomDeliveryConfiguration | undefined;
  /** Width of its share in buckets of 0.01 %. */
  readonly buckets: number;
}

type Split = Pick<
  WriteCampaignRequest,
  'tags' | 'HoldoutPercent' | 'AdditionalTreatments' | 'MessageConfiguration' | 'CustomDeliveryConfiguration'
>;

export const bucketsOf = (percent: number | undefined): number =>
  Math.round((percent ?? 0) * BUCKETS_PER_PERCENT);

/** The request's treatments, the default one first: it has what holdout and the others leave, or what the tag gives. */
export function treatmentsOf(request: Split): Treatment[] {
  const given = givenSplit(request)?.shares;
  const additional = (request.AdditionalTreatments ?? []).map(
    (treatment, index): Treatment => ({
      id: String(index + 1),
      message: treatment.MessageConfiguration ?? {},
      customDelivery: treatment.CustomDeliveryConfiguration,
      buckets: given?.[index + 1] ?? bucketsOf(treatment.SizePercent),
    }),
  );
  const taken = additional.reduce((sum, { buckets }) => sum + buckets, bucketsOf(request.HoldoutPercent));
  const standard: Treatment = {
    id: DEFAULT_TREATMENT,
    message: request.MessageConfiguration ?? {},
    customDelivery: request.CustomDeliveryConfiguration,
    buckets: given?.[0] ?? Math.max(0, BUCKETS - taken),
  };
  return [standard, ...additional];
}

/**
 * How the buckets are laid out: the holdout first, so that it is the same people in every run of a stable key, then what
 * the tag skips, then the additional treatments, the default one last.
 */
export function sharesOf(request: Split): Share[] {
  const [standard, ...additional] = treatmentsOf(request);
  const shares = [...additional, ...(standard ? [standard] : [])].map(({ id, buckets }) => ({ id, buckets }));
  const given = givenSplit(request);
  if (!given) return [{ id: HOLDOUT, buckets: bucketsOf(request.HoldoutPercent) }, ...shares];
  return [{ id: HOLDOUT, buckets: given.holdout }, { id: OUTSIDE, buckets: given.skip }, ...shares];
}

/**
 * Whoever asks with this key and the same member gets the same share, in every run of the campaign. An empty tag ties
 * nothing together.
 */
export const stableKeyOf = (campaign: { id: string; request: Pick<WriteCampaignRequest, 'tags'> }): string =>
  campaign.request.tags?.[STABLE_KEY_TAG] || campaign.id;

/** A run's id follows from its campaign's, so that whoever starts it starts the same run; each treatment has its own. */
export function activityIdOf(campaignId: string, run: number, treatmentId = DEFAULT_TREATMENT): string {
  const parts = treatmentId === DEFAULT_TREATMENT ? [campaignId, run] : [campaignId, run, treatmentId];
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
}
