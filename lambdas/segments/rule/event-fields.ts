/** What every event has beside its own properties, as rules name it (spec §1, envelope). */
export const EVENT_FIELDS: readonly string[] = [
  'source',
  'country',
  'device.type',
  'device.platform',
  'device.os',
  'device.app_version',
  'page.url',
  'page.title',
  'page.referrer',
  'utm.source',
  'utm.medium',
  'utm.campaign',
  'utm.term',
  'utm.content',
];
