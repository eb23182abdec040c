import type { AddressConfiguration, DirectMessageConfiguration } from './request.ts';

type Substitutions = Readonly<Record<string, readonly string[]>> | undefined;
type Json = Record<string, unknown>;

const defined = (values: Json): Json =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** Replaces the variables that have a value; others stay as they are written. */
function substituted(template: string | undefined, values: ReadonlyMap<string, string>): string | undefined {
  return template?.replace(/\{\{\s*([^{}\s]+)\s*\}\}/g, (whole, name: string) => values.get(name) ?? whole);
}

const valuesOf = (...maps: readonly Substitutions[]): ReadonlyMap<string, string> =>
  new Map(
    maps.flatMap((map) => Object.entries(map ?? {}).map(([name, [first = '']]) => [name, first] as const)),
  );

interface Texts {
  readonly title: string | undefined;
  readonly body: string | undefined;
  readonly url: string | undefined;
  readonly action: string;
  readonly silent: boolean;
  readonly data: Readonly<Record<string, string>>;
}

/** Where a tap leads, under the names that Pinpoint's own clients read. */
const tap = ({ action, url }: Texts): Json =>
  defined({
    'pinpoint.url': action === 'URL' ? url : undefined,
    'pinpoint.deeplink': action === 'DEEP_LINK' ? url : undefined,
    'pinpoint.openApp': action === 'OPEN_APP' ? 'true' : undefined,
  });

function gcmPayload(texts: Texts, own: DirectMessageConfiguration['GCMMessage']): Json {
  const notification = defined({
    title: texts.title,
    body: texts.body,
    image: own?.ImageUrl,
    icon: own?.IconReference,
    sound: own?.Sound,
  });
  const icons = defined({
    'pinpoint.notification.imageIconUrl': own?.ImageIconUrl,
    'pinpoint.notification.imageSmallIconUrl': own?.SmallImageIconUrl,
  });
  const data = { ...texts.data, ...icons, ...tap(texts) };
  return texts.silent ? { data } : { notification, data };
}

function apnsPayload(texts: Texts, own: DirectMessageConfiguration['APNSMessage']): Json {
  const aps = texts.silent
    ? { 'content-available': 1 }
    : defined({
        alert: defined({ title: texts.title, body: texts.body }),
        badge: own?.Badge,
        sound: own?.Sound,
        category: own?.Category,
        'thread-id': own?.ThreadId,
        'mutable-content': own?.MediaUrl === undefined ? undefined : 1,
      });
  return { aps, data: defined({ 'media-url': own?.MediaUrl, ...texts.data, ...tap(texts) }) };
}

/**
 * The payload that goes to one token, as JSON text or ready made: raw content of the address, else of the platform's
 * message, else the platform's own members over the default ones; overrides of the address win over members.
 */
export function payloadOf(message: DirectMessageConfiguration, address: AddressConfiguration): string | Json {
  const isGcm = address.ChannelType === 'GCM';
  const own = isGcm ? message.GCMMessage : message.APNSMessage;
  const common = message.DefaultPushNotificationMessage;
  const values = valuesOf(
    message.DefaultMessage?.Substitutions,
    common?.Substitutions,
    own?.Substitutions,
    address.Substitutions,
  );
  const raw = substituted(address.RawContent ?? own?.RawContent, values);
  if (raw !== undefined) return raw;
  const texts: Texts = {
    title: substituted(address.TitleOverride ?? own?.Title ?? common?.Title, values),
    body: substituted(
      address.BodyOverride ?? own?.Body ?? common?.Body ?? message.DefaultMessage?.Body,
      values,
    ),
    url: substituted(own?.Url ?? common?.Url, values),
    action: own?.Action ?? common?.Action ?? 'OPEN_APP',
    silent: own?.SilentPush ?? common?.SilentPush ?? false,
    data: { ...common?.Data, ...own?.Data },
  };
  return isGcm ? gcmPayload(texts, message.GCMMessage) : apnsPayload(texts, message.APNSMessage);
}
