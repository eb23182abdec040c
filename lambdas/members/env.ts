/** Environment variables of the members domain. */
export const MEMBERS_ENV = {
  /** Members: profile, attributes, addresses, consents; one row a member. */
  table: 'MEMBERS_TABLE',
  /** Member state kept by the event consumer: last seen, cart, recent items, counters. */
  stateTable: 'MEMBER_STATE_TABLE',
} as const;
