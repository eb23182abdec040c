/** The tables whose closed partitions are rewritten each night. Pure. */
import type { CompactedTable, TableName } from './compacted-table.ts';
import { DERIVED_OF_EVENTS } from './derived.ts';
import { eventsStatement } from './events-statement.ts';
import { ledgerStatement } from './ledger-statement.ts';

export const TABLES: Readonly<Record<TableName, CompactedTable>> = {
  events: {
    name: 'events',
    raw: 'events/',
    compacted: 'events_compacted/',
    lines: 'compactions/compactions.json',
    // An event is filed by its own day for seven days (`filingOf`), and the stream may lag by one more.
    closedAfterDays: ({ filed }) => (filed === 'received' ? 2 : 9),
    // Reports of one order lie in several days.
    isWeighed: ({ filed }) => filed !== 'received',
    // Orders are weighed by their numbers, which a masked one has lost.
    masksLater: true,
    masksAfterDays: 0,
    statement: eventsStatement,
    derived: ({ filed }) => (filed === 'received' ? [] : DERIVED_OF_EVENTS),
  },
  ledger: {
    name: 'ledger',
    raw: 'ledger/',
    compacted: 'ledger_compacted/',
    lines: 'ledger_compactions/ledger_compactions.json',
    // A receipt is told within the bus's and its function's patience, half a day; the stream may lag by one.
    closedAfterDays: () => 3,
    // A crash may leave two records of one recipient in two days.
    isWeighed: () => true,
    masksLater: false,
    // By then the four days after it are compacted: no open day has another record of a recipient by the name they had.
    masksAfterDays: 7,
    statement: ledgerStatement,
    derived: () => [],
  },
};
