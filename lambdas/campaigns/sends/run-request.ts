import type {
  CustomDeliveryConfiguration,
  MessageConfiguration,
  TemplateConfiguration,
  WriteCampaignRequest,
  WriteTreatmentResource,
} from '@aws-sdk/client-pinpoint';
import type { Content, Variant } from '../content.ts';
import { type SplitPart, splitTag } from '../variants/split-tag.ts';
import type { RunPart, Says, Send } from './send.ts';

/** What one variant is to the engine: what it says and by which way. */
export interface Treatment {
  readonly MessageConfiguration?: MessageConfiguration;
  readonly TemplateConfiguration?: TemplateConfiguration;
  readonly CustomDeliveryConfiguration?: CustomDeliveryConfiguration;
}

/** What a deployment says about its runs. */
export interface RunSettings {
  /** Messages a minute of campaigns that say nothing; absent: as fast as possible. */
  readonly ratePerMinute?: number;
  /** The function that decides at delivery who gets a message. */
  readonly policyFunction: string;
  asksPolicy(says: Says): boolean;
  treatmentOf(says: Says, content: Content): Treatment;
}

/** Messages a minute of a send; undefined is as fast as possible. */
export function rateOf({ ratePerMinute }: RunSettings, says: Says, send: Send): number | undefined {
  return (send.ratePerMinute ?? says.ratePerMinute ?? ratePerMinute) || undefined;
}

/** The tag `repoint:rate` of a rate; the empty one takes a tag away. */
export const rateTag = (ratePerMinute: number | undefined): string =>
  ratePerMinute === undefined ? '' : String(ratePerMinute);

/**
 * The Pinpoint campaign of a run (docs/pinpoint-api.md). It is made at rest. The split's key is the campaign, so that a
 * member gets the same variant in each of its sends; every run names all variants, so that a TreatmentId means the same.
 */
export function runRequest(
  settings: RunSettings,
  says: Says,
  send: Send,
  part: RunPart,
): WriteCampaignRequest {
  const [first, ...others] = says.variants;
  const rate = rateTag(rateOf(settings, says, send));
  return {
    Name: says.name,
    SegmentId: send.pinpointSegmentId,
    // The import has just made the segment: its first version is the list.
    SegmentVersion: 1,
    Schedule: { StartTime: 'IMMEDIATE' },
    IsPaused: true,
    ...(first ? settings.treatmentOf(says, first.content) : {}),
    ...(others.length > 0 ? { AdditionalTreatments: others.map(additional(settings, says)) } : {}),
    ...(settings.asksPolicy(says)
      ? { Hook: { LambdaFunctionName: settings.policyFunction, Mode: 'FILTER' as const } }
      : {}),
    tags: {
      'repoint:campaign': send.campaignId,
      'repoint:send': send.id,
      'repoint:split': splitTag(says, splitPart(says, send, part)),
      ...(rate === '' ? {} : { 'repoint:rate': rate }),
    },
  };
}

/** SizePercent is required; the tag `repoint:split` takes its place. */
const additional =
  (settings: RunSettings, says: Says) =>
  ({ name, content }: Variant): WriteTreatmentResource => ({
    SizePercent: 0,
    TreatmentName: name,
    ...settings.treatmentOf(says, content),
  });

function splitPart({ winner: rule }: Says, { winner }: Send, part: RunPart): SplitPart {
  const share = rule?.testShare ?? 0;
  const variantId = winner?.variantId ?? '0';
  switch (part) {
    case 'whole':
      return { of: 'whole' };
    case 'test':
      return { of: 'test', share };
    case 'rest':
      return { of: 'rest', share, variantId };
    case 'chosen':
      return { of: 'chosen', variantId };
  }
}
