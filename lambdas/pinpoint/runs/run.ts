import type { MessageConfiguration } from '@aws-sdk/client-pinpoint';
import type { Counts } from '../delivery/outcomes.ts';

/** What lies on the queue `runs`. */
export interface RunMessage {
  readonly appId: string;
  readonly campaignId: string;
  readonly activityId: string;
}

/** What lies on the queue `slices`. */
export interface SliceMessage {
  readonly activityId: string;
  /** 1, 2, … */
  readonly slice: number;
}

/** RESOLVING until every slice is written; PAUSED is RUNNING that gets no grant; the last two are over or about to be. */
export type RunState = 'RESOLVING' | 'RUNNING' | 'PAUSED' | 'CANCELLED' | 'COMPLETED';

/** Pinpoint's execution metrics (pinpoint.md §2.5) and ours beside them; only what occurred has a name. */
export type Metrics = Readonly<Record<string, number>>;

/** How far a resolve has come: everything up to here is written and stays. */
export interface Checkpoint {
  /** Lines of the segment's list that are done. */
  readonly lines: number;
  readonly slices: number;
  readonly metrics: Metrics;
}

/** One run of a campaign with one treatment: its activity in Pinpoint's words. */
export interface RunRow extends Checkpoint {
  readonly activityId: string;
  readonly appId: string;
  readonly campaignId: string;
  readonly state: RunState;
  /** Grows each time a worker takes up resolving: what an earlier one still writes is told apart by it. */
  readonly attempt: number;
  /** Epoch milliseconds until which the resolving worker may be trusted to be alive; 0 when there is none. */
  readonly leaseUntil: number;
  /** Whether every slice was put on the queue once. */
  readonly queued: boolean;
  /** Slices that ended, as workers counted them; closing counts the slices themselves. */
  readonly doneSlices: number;
}

/** The run as workers need it, frozen when it starts: `runs/<activityId>/run.json`. */
export interface RunPlan {
  readonly applicationId: string;
  readonly campaignId: string;
  readonly activityId: string;
  readonly treatmentId: string;
  readonly message: MessageConfiguration;
  /** The campaign's tags as JSON text, for the ledger. */
  readonly campaignTags: string;
  /** Dotted names of the user attributes that slices carry, in the order of an entry's `v`. */
  readonly userNames: readonly string[];
}

/** A recipient in a slice, with short names: there are millions. */
export interface Entry {
  /** Endpoint id. */
  readonly e: string;
  /** User id. */
  readonly u?: string;
  /** Channel type. */
  readonly c: string;
  /** Values of the plan's `userNames`, null where the user has none; absent when the message names none. */
  readonly v?: readonly (string | number | readonly string[] | null)[];
}

/** A recipient that was skipped when the run was resolved. */
export interface SkippedEntry {
  readonly e: string;
  readonly u?: string;
  readonly c: string;
  /** Reason: a metric or campaign_send_status name of Pinpoint. */
  readonly r: string;
}

/** The S3 object of a slice: at most 1,000 recipients of one channel kind, and skipped ones met on the way. */
export interface SliceObject {
  /** Name of the channel kind. */
  readonly kind: string;
  readonly entries: readonly Entry[];
  readonly skipped: readonly SkippedEntry[];
}

/** A slice before any worker had it. */
export interface NewSlice {
  readonly activityId: string;
  readonly number: number;
  readonly attempt: number;
  /** Key of its object in the bucket. */
  readonly objectKey: string;
  readonly entries: number;
  /** Skipped recipients by reason. */
  readonly skipped: Readonly<Record<string, number>>;
}

export interface SliceRow extends NewSlice {
  readonly done: boolean;
  /** One letter a position (delivery/outcomes.ts). */
  readonly states: string;
  /** Whether the skipped recipients are in the ledger. */
  readonly skippedWritten: boolean;
  /** Rounds of retries that were begun. */
  readonly round: number;
  /** Epoch milliseconds before which nobody should take it up again; 0 for at once. */
  readonly notBefore: number;
  /** The worker that holds it, and until when (epoch milliseconds; 0 for nobody). */
  readonly owner?: string;
  readonly leaseUntil: number;
}

/** What a run came to. `audience` is the number of recipients in the ledger: the four others add up to it once it is over. */
export interface RunTotals extends Counts {
  readonly audience: number;
}

/** The run's own slices: an earlier attempt may have left others behind the last one. */
export const slicesOf = (run: Pick<RunRow, 'slices'>, slices: readonly SliceRow[]): SliceRow[] =>
  slices.filter(({ number }) => number <= run.slices);

export const runFolder = (activityId: string): string => `runs/${activityId}`;
export const planKey = (activityId: string): string => `${runFolder(activityId)}/run.json`;
/** Names the attempt: a worker that lost its run can never overwrite what its successor wrote. */
export const sliceKey = (activityId: string, number: number, attempt: number): string =>
  `${runFolder(activityId)}/slice-${String(number).padStart(5, '0')}-${attempt}.json`;
