/** Environment variables of the members domain. */
export const MEMBERS_ENV = {
  /** Members: profile, attributes, addresses, consents; one row a member. */
  table: 'MEMBERS_TABLE',
  /** Member state kept by the event consumer: last seen, cart, recent items, counters. */
  stateTable: 'MEMBER_STATE_TABLE',
} as const;

/** Of the event consumer alone. */
export const STATE_ENV = {
  /** The shop's own hosts as a JSON list: `["shop.example.com"]`. Of the links that browsers tell, those to them are kept. */
  ownHosts: 'OWN_HOSTS',
} as const;
