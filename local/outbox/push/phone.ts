/** FCM and APNs both take 4 KB. */
const MAX_PAYLOAD_BYTES = 4096;

type Json = Record<string, unknown>;

/** What the phone shows, or why the push service refuses the payload. */
export type Shown =
  | {
      readonly payload: unknown;
      readonly title?: string;
      readonly body: string;
      readonly image?: string;
      readonly icon?: string;
      readonly url?: string;
      readonly data: Readonly<Record<string, string>>;
    }
  | { readonly refused: string };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): Json => (isObject(value) ? value : {});

function firstText(...candidates: readonly unknown[]): string | undefined {
  return candidates.find((value): value is string => typeof value === 'string' && value !== '');
}

/** Nested names joined by dots: `{pinpoint: {campaign: {campaign_id}}}` → `pinpoint.campaign.campaign_id`. */
function flattened(value: Json, prefix = ''): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [key, member] of Object.entries(value)) {
    if (isObject(member)) Object.assign(flat, flattened(member, `${prefix}${key}.`));
    else if (member !== null && member !== undefined)
      flat[`${prefix}${key}`] = typeof member === 'string' ? member : JSON.stringify(member);
  }
  return flat;
}

const shown = (
  payload: Json,
  data: Readonly<Record<string, string>>,
  texts: Readonly<Record<'title' | 'body' | 'image' | 'icon', string | undefined>>,
): Shown => {
  const { title, body, image, icon } = texts;
  const url = firstText(data['pinpoint.url'], data['pinpoint.deeplink']);
  return {
    payload,
    data,
    body: body ?? '',
    ...(title !== undefined && { title }),
    ...(image !== undefined && { image }),
    ...(icon !== undefined && { icon }),
    ...(url !== undefined && { url }),
  };
};

/** FCM: HTTP v1 (`fcmV1Message.message`) and the older form with `notification` and `data` at the top. */
function onAndroid(payload: Json): Shown {
  const message = isObject(payload['fcmV1Message']) ? objectOf(payload['fcmV1Message']['message']) : payload;
  const values = objectOf(message['data']);
  const odd = Object.entries(values).find(([, value]) => typeof value !== 'string');
  if (odd) return { refused: `Invalid value at 'message.data.${odd[0]}' (TYPE_STRING)` };
  const data = values as Record<string, string>;
  const notification = {
    ...objectOf(message['notification']),
    ...objectOf(objectOf(message['android'])['notification']),
  };
  return shown(payload, data, {
    title: firstText(notification['title'], data['pinpoint.notification.title']),
    body: firstText(notification['body'], data['pinpoint.notification.body']),
    image: firstText(notification['image'], data['pinpoint.notification.imageUrl']),
    icon: firstText(data['pinpoint.notification.imageIconUrl'], notification['icon']),
  });
}

function onApple(payload: Json): Shown {
  if (!isObject(payload['aps'])) return { refused: 'BadMessage: the payload has no aps' };
  const { aps, data: nested, ...custom } = payload;
  const data = { ...flattened(custom), ...flattened(objectOf(nested)) };
  const alert = objectOf(aps)['alert'];
  return shown(payload, data, {
    title: firstText(objectOf(alert)['title']),
    body: firstText(alert, objectOf(alert)['body']),
    image: firstText(data['media-url'], data['pinpoint.notification.imageUrl']),
    icon: firstText(data['pinpoint.notification.imageIconUrl']),
  });
}

/** What a phone makes of a payload (JSON text or value). FCM and APNs refuse one that is not JSON or over 4 KB. */
export function onPhone(channelType: string, payload: unknown): Shown {
  let value: unknown = payload;
  if (typeof payload === 'string') {
    try {
      value = JSON.parse(payload);
    } catch {
      return { refused: 'The payload is not valid JSON' };
    }
  }
  if (!isObject(value)) return { refused: 'The payload is not a JSON object' };
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > MAX_PAYLOAD_BYTES)
    return { refused: `PayloadTooLarge: ${bytes} bytes, at most ${MAX_PAYLOAD_BYTES} are allowed` };
  return channelType === 'GCM' ? onAndroid(value) : onApple(value);
}
