/** What the stand-ins counted: calls by service and operation, and the units they are billed by. */
export interface Counts {
  /** By `service.operation`. */
  readonly calls: Readonly<Record<string, number>>;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly queueRequests: number;
  readonly streamBytes: number;
  readonly deliveryBytes: number;
  readonly ledgerRecords: number;
  /** Messages that the provider's stand-in took. */
  readonly providerMessages: number;
}

export type MutableCounts = { -readonly [Name in keyof Counts]: Counts[Name] } & {
  calls: Record<string, number>;
};

export const noCounts = (): MutableCounts => ({
  calls: {},
  writeUnits: 0,
  readUnits: 0,
  queueRequests: 0,
  streamBytes: 0,
  deliveryBytes: 0,
  ledgerRecords: 0,
  providerMessages: 0,
});
