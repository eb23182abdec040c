import type { OutgoingMessage } from './ports.ts';

/** Undefined members are left out by JSON.stringify. */
type Json = string | number | boolean | undefined | { readonly [key: string]: Json };

/** What tapping does, in the data keys that Pinpoint's own client libraries read. */
function tapKeys(content: OutgoingMessage['content']): Record<string, string> {
  const { action, url } = content;
  if (action === 'URL' && url) return { 'pinpoint.url': url };
  if (action === 'DEEP_LINK' && url) return { 'pinpoint.deeplink': url };
  return { 'pinpoint.openApp': 'true' };
}

function identityKeys({ identity }: OutgoingMessage): Record<string, string> {
  return {
    'pinpoint.message_id': identity.messageId,
    'pinpoint.campaign.campaign_id': identity.campaignId,
    'pinpoint.campaign.campaign_activity_id': identity.activityId,
    'pinpoint.campaign.treatment_id': identity.treatmentId,
    'pinpoint.endpoint_id': identity.endpointId,
    ...(identity.userId === undefined ? {} : { 'pinpoint.user_id': identity.userId }),
  };
}

const PREFIX = 'pinpoint.notification.';

/** FCM HTTP v1: the notification the system shows, and data for the app's own handler. Data values are texts. */
export function gcmPayload(message: OutgoingMessage): Json {
  const { title, body, imageUrl, iconUrl, smallIconUrl, silent } = message.content;
  const shown: Record<string, string | undefined> = {
    [`${PREFIX}title`]: title,
    [`${PREFIX}body`]: body,
    [`${PREFIX}imageUrl`]: imageUrl,
    [`${PREFIX}imageIconUrl`]: iconUrl,
    [`${PREFIX}imageSmallIconUrl`]: smallIconUrl,
    [`${PREFIX}silentPush`]: silent === 'true' ? '1' : undefined,
  };
  return {
    fcmV1Message: {
      message: {
        ...(silent === 'true' ? {} : { notification: { title, body, image: imageUrl } }),
        data: { ...identityKeys(message), ...tapKeys(message.content), ...shown },
        ...androidOf(message.content),
      },
    },
  };
}

function androidOf({ ttlSeconds, sound, silent }: OutgoingMessage['content']): Record<string, Json> {
  const isHeard = sound !== undefined && silent !== 'true';
  const android: Json = {
    ...(ttlSeconds === undefined ? {} : { ttl: `${ttlSeconds}s` }),
    ...(isHeard ? { notification: { sound } } : {}),
  };
  return Object.keys(android).length === 0 ? {} : { android };
}

/** APNs: the alert, and the data where Pinpoint's own client libraries read it (`data.pinpoint`) beside our flat keys. */
export function apnsPayload(message: OutgoingMessage): Json {
  const { content, identity } = message;
  const { title, body, imageUrl, iconUrl, mediaUrl, silent, sound = 'default' } = content;
  const tap = tapKeys(content);
  const aps: Json =
    silent === 'true' ? { 'content-available': 1 } : { alert: { title, body }, sound, 'mutable-content': 1 };
  return {
    aps,
    data: {
      ...identityKeys(message),
      ...tap,
      'media-url': mediaUrl ?? imageUrl,
      [`${PREFIX}imageUrl`]: imageUrl,
      [`${PREFIX}imageIconUrl`]: iconUrl,
      pinpoint: {
        deeplink: tap['pinpoint.deeplink'] ?? tap['pinpoint.url'],
        campaign: {
          campaign_id: identity.campaignId,
          campaign_activity_id: identity.activityId,
          treatment_id: identity.treatmentId,
        },
      },
    },
  };
}
