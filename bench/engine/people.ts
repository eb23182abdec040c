/**
 * The made-up people of the engine's benches. Everything about them follows from an index or an id, so that a stand-in
 * can answer for a million of them without keeping any.
 */
import { createHash } from 'node:crypto';

/** An application of the benches by the channel its endpoints have; 32 digits, as an application's id has. */
export const APPS = {
  GCM: 'a0000000000000000000000000000001',
  EMAIL: 'a0000000000000000000000000000002',
} as const;
export type Channel = keyof typeof APPS;
/** The table whose rows are made up. */
export const ENDPOINTS_TABLE = 'endpoints';

/** An attribute value as DynamoDB's JSON has it. */
export type Attribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly Attribute[] }
  | { readonly M: Attributes };
export type Attributes = Readonly<Record<string, Attribute>>;

/** A user has so many endpoints. */
const ENDPOINTS_OF_USER = 2;

/** A text shaped like a UUID, of 36 characters. */
export function uuidOf(name: string): string {
  const hex = createHash('md5').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export const endpointIdOf = (index: number): string => uuidOf(`endpoint ${index}`);
export const userIdOf = (endpointId: string): string => uuidOf(`user of ${endpointId}`);

/** A push token of 150 characters, or a mail address. */
export function addressOf(channel: Channel, endpointId: string): string {
  if (channel === 'EMAIL') return `${endpointId}@example.com`;
  const digest = createHash('sha512').update(endpointId).digest('base64url');
  return `${digest}:${digest}`.slice(0, 150);
}

export const endpointsOfUser = (userId: string): string[] =>
  Array.from({ length: ENDPOINTS_OF_USER }, (_, index) => uuidOf(`${userId} ${index}`));

const text = (S: string): Attribute => ({ S });

const COMMON: Attributes = {
  EndpointStatus: text('ACTIVE'),
  OptOut: text('NONE'),
  CreationDate: text('2026-10-01T02:03:04.567Z'),
  EffectiveDate: text('2026-10-02T02:03:04.567Z'),
  CohortId: text('42'),
  RequestId: text('5f1f8c3e-6a1c-4b8e-9f0a-1c2d3e4f5a6b'),
  'Demographic.AppVersion': text('7.12.0'),
  'Demographic.Locale': text('ko_KR'),
  'Demographic.Make': text('samsung'),
  'Demographic.Model': text('SM-S921N'),
  'Demographic.Platform': text('android'),
  'Demographic.PlatformVersion': text('15'),
  'Location.City': text('Seoul'),
  'Location.Country': text('KOR'),
  'Attributes.plan': { L: [text('gold')] },
  'Attributes.interests': { L: [text('shoes'), text('bags'), text('books')] },
};

/** One zone of each offset that is in use, as far as a list of a million could have. */
const ZONES = [
  ...[
    'Pacific/Kiritimati',
    'Pacific/Apia',
    'Pacific/Chatham',
    'Pacific/Auckland',
    'Asia/Kamchatka',
    'Pacific/Noumea',
  ],
  ...[
    'Australia/Sydney',
    'Australia/Adelaide',
    'Australia/Darwin',
    'Asia/Seoul',
    'Australia/Eucla',
    'Asia/Singapore',
  ],
  ...[
    'Asia/Bangkok',
    'Asia/Yangon',
    'Asia/Dhaka',
    'Asia/Kathmandu',
    'Asia/Kolkata',
    'Asia/Tashkent',
    'Asia/Kabul',
  ],
  ...[
    'Asia/Dubai',
    'Asia/Tehran',
    'Europe/Istanbul',
    'Europe/Athens',
    'Europe/Paris',
    'Europe/London',
    'Atlantic/Azores',
  ],
  ...['America/Noronha', 'America/Sao_Paulo', 'America/St_Johns', 'America/Halifax', 'America/New_York'],
  ...['America/Chicago', 'America/Denver', 'America/Los_Angeles', 'America/Anchorage', 'Pacific/Marquesas'],
  ...['Pacific/Honolulu', 'Pacific/Pago_Pago'],
];
const zoneOf = (endpointId: string): string =>
  ZONES[Number.parseInt(endpointId.slice(0, 8), 16) % ZONES.length] ?? 'Asia/Seoul';

/** The row of an endpoint as the engine keeps it, without its key. */
export const endpointRow = (channel: Channel, endpointId: string): Attributes => ({
  ...COMMON,
  Address: text(addressOf(channel, endpointId)),
  ChannelType: text(channel),
  'Demographic.Timezone': text(zoneOf(endpointId)),
  'User.UserId': text(userIdOf(endpointId)),
});

/** The row of a user as the engine keeps it, without its key. */
export const userRow = (channel: Channel, userId: string): Attributes => ({
  'User.UserAttributes.name': { L: [text('김서연')] },
  'User.UserAttributes.grade': { L: [text('GOLD')] },
  Endpoints: {
    M: Object.fromEntries(
      endpointsOfUser(userId).map((id) => [
        id,
        { M: { c: text(channel), a: text(addressOf(channel, id)), s: text('ACTIVE'), o: text('NONE') } },
      ]),
    ),
  },
});
