/** Environment variables of the members domain. */
export const MEMBERS_ENV = {
  /** Members: profile, attributes, addresses, consents; one row a member. */
  table: 'MEMBERS_TABLE',
  /** Member state kept by the event consumer: last seen, cart, recent items, counters. */
  stateTable: 'MEMBER_STATE_TABLE',
} as const;

/** Of functions that must know what members' attributes are called. */
export const ATTRIBUTES_ENV = {
  attributesTable: 'MEMBER_ATTRIBUTES_TABLE',
} as const;

/** Of the event consumer alone. */
export const STATE_ENV = {
  /** The shop's own hosts as a JSON list: `["shop.example.com"]`. Of the links that browsers tell, those to them are kept. */
  ownHosts: 'OWN_HOSTS',
} as const;

/** Of functions that must know who is to be erased. */
export const ERASURES_ENV = {
  erasuresTable: 'ERASURES_TABLE',
} as const;

/** Of functions that erase. */
export const ERASE_ENV = {
  erasuresQueueUrl: 'ERASURES_QUEUE_URL',
} as const;

/** Of functions that tell how long what is left is kept. */
export const KEEPING_ENV = {
  /** JSON of `Keeping` (erasure/erasure-view.ts). */
  keeping: 'KEEPING',
} as const;

/** Of the function that looks for erased people in the lake. */
export const ERASE_LAKE_ENV = {
  lakeBucket: 'LAKE_BUCKET',
  compactionsQueueUrl: 'COMPACTIONS_QUEUE_URL',
} as const;
