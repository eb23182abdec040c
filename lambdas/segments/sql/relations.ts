/** What an analyst's SELECT may read, by the column that keeps it from reading every day there is; undefined of views that read no files. Pure. */
export const RELATIONS: Readonly<Record<string, 'day' | 'week' | undefined>> = {
  events: 'day',
  member_actions: 'day',
  sessions: 'day',
  session_facts: 'day',
  session_sources: 'day',
  message_events: 'day',
  touches: 'week',
  local_days: undefined,
  deployment: undefined,
};

export const isRelation = (name: string): boolean => Object.hasOwn(RELATIONS, name);

/** Why a relation that is there may not be read; those of nobody in particular are left to the message about what may. */
export const REFUSED: Readonly<Record<string, string>> = {
  people: 'it reads all days there are; ask member_actions for the days that matter',
  identities: 'it reads all days there are; member_actions already has each event with its member',
  messages: 'it reads the whole ledger; ask touches for the weeks that matter',
  namings: 'it reads all days there are; member_actions already has each event with its member',
  turns_by_version: 'it reads all days there are; member_actions already has each event with its member',
  identity_turns: 'it holds closed days only; member_actions already has each event with its member',
  late_visitors: 'it is how views find what came late; ask events',
  slots_by_version: 'it reads all days there are; ask session_facts',
  pieces_by_version: 'it reads all days there are; ask session_facts',
  activity_pieces: 'it holds closed days only; ask session_facts',
  events_raw: 'it holds events twice and robots’; ask events',
  events_compacted: 'it holds the events of closed days only; ask events',
  ledger_states: 'it reads all days that are not compacted; ask touches for the weeks that matter',
  ledger_receipts: 'ask message_events, which has what the app tells too',
  ledger_raw: 'it holds records twice; ask touches or message_events',
  ledger_compacted: 'it holds the ledger of closed days only; ask touches or message_events',
  quarantined_events: 'it may hold personal data',
};
