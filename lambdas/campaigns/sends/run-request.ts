import type { WriteCampaignRequest, WriteTreatmentResource } from '@aws-sdk/client-pinpoint';
import { endpointTypesOf } from '../addressed.ts';
import type { Content, Variant } from '../content.ts';
import { messageConfiguration } from '../message.ts';
import { type SplitPart, splitTag } from '../variants/split-tag.ts';
import type { Said } from './said.ts';
import type { RunPart, Says, Send } from './send.ts';
import type { SendingSettings } from './send-settings.ts';

const BASIS_POINTS_PER_PERCENT = 100;

/** Messages a minute of a send; undefined is as fast as possible. */
export function rateOf(
  { ratePerMinute }: Pick<SendingSettings, 'ratePerMinute'>,
  says: Says,
  send: Send,
): number | undefined {
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
  settings: SendingSettings,
  { says, asksPolicy }: Said,
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
    ...(first ? treatmentOf(says, first.content) : {}),
    ...(others.length > 0
      ? { AdditionalTreatments: others.map((variant) => additional(says, variant)) }
      : {}),
    ...(asksPolicy ? { Hook: { LambdaFunctionName: settings.policyFunction, Mode: 'FILTER' as const } } : {}),
    tags: {
      'repoint:campaign': send.campaignId,
      'repoint:send': send.id,
      'repoint:split': splitTag(says, splitPart(says, send, part)),
      ...(rate === '' ? {} : { 'repoint:rate': rate }),
    },
  };
}

/** What one variant is to the engine: what it says, and by which way when that is not the engine's own. */
export const treatmentOf = (says: Says, content: Content) => ({
  MessageConfiguration: messageConfiguration({ channel: says.channel, purpose: says.purpose, ...content }),
  ...(says.deliveryUri === undefined
    ? {}
    : {
        CustomDeliveryConfiguration: { DeliveryUri: says.deliveryUri, EndpointTypes: endpointTypesOf(says) },
      }),
});

/** SizePercent is required and above 0; the tag `repoint:split` takes its place. */
const additional = (says: Says, { name, weight, content }: Variant): WriteTreatmentResource => ({
  SizePercent: weight / BASIS_POINTS_PER_PERCENT,
  TreatmentName: name,
  ...treatmentOf(says, content),
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
