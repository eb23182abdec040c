import type { AttributeValue } from '../../../lambdas/segments/evaluate/facts.ts';
import type { Scalar } from '../../../lambdas/segments/rule/test.ts';

/** An event as it was told, copies included. */
export interface Told {
  readonly eventId: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly userId?: string | undefined;
  readonly anonymousId?: string | undefined;
  readonly bot: boolean;
  readonly properties: Readonly<Record<string, unknown>>;
  /** By the names of rules: `device.type`, … */
  readonly envelope: Readonly<Record<string, Scalar | undefined>>;
}

/** All that can be known. */
export interface World {
  readonly now: number;
  readonly timeZone: string;
  readonly retentionDays: number;
  /** Rows of members. */
  readonly members: ReadonlyMap<string, Readonly<Record<string, AttributeValue>>>;
  /** Ids on each list. */
  readonly lists: ReadonlyMap<string, ReadonlySet<string>>;
  /** What each analyst query returns. */
  readonly queries: ReadonlyMap<string, ReadonlySet<string>>;
  readonly told: readonly Told[];
}
