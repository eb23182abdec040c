import type { CustomDeliveryConfiguration, MessageConfiguration, QuietTime } from '@aws-sdk/client-pinpoint';
import type { CapLimits } from '../caps/ports.ts';
import type { Counts, Legend } from '../delivery/outcomes.ts';
import type { DefaultsByKind } from '../templates/fill-in.ts';

/** What lies on the queue `runs`. */
export interface RunMessage {
  readonly appId: string;
  readonly campaignId: string;
  readonly activityId: string;
}

/**
 * What lies on the queue `slices`: one lane of work on a run. A lane takes slice after slice until there are none; with
 * `slice` it begins with that one.
 */
export interface LaneMessage {
  readonly activityId: string;
  /** The run's epoch when the lane was queued: a lane of an earlier epoch without a slice of its own is not needed any more. */
  readonly epoch: number;
  /** 1, 2, … */
  readonly slice?: number;
  /** Whether it goes on to other slices after its own: it stands for a lane that had to stop. */
  readonly goesOn?: boolean;
}

/** RESOLVING until every slice is written; the last two are over or about to be. */
export type RunState = 'RESOLVING' | 'RUNNING' | 'CANCELLED' | 'COMPLETED';

/** Why a run rests: somebody asked for it, or too many of its messages failed (spec §4, "Safety"). */
export type PauseReason = 'REQUESTED' | 'FAILURES';

/** The run as its controls have it: what a grant is judged by. */
export interface RunControl {
  readonly paused?: PauseReason;
  /** Messages a minute; absent: as fast as possible. */
  readonly ratePerMinute?: number;
  /** Grows with every change of the controls: a worker that knows an older one looks again. */
  readonly epoch: number;
}

/** Pinpoint's execution metrics (pinpoint.md §2.5) and ours beside them; only what occurred has a name. */
export type Metrics = Readonly<Record<string, number>>;

/** How far a resolve has come: everything up to here is written and stays. */
export interface Checkpoint {
  /** Lines of the segment's list that are done. */
  readonly lines: number;
  readonly slices: number;
  readonly metrics: Metrics;
}

/** One run of a campaign with all its treatments. */
export interface RunRow extends Checkpoint, RunControl {
  /** The activity of the default treatment: the run's own id. */
  readonly activityId: string;
  readonly appId: string;
  readonly campaignId: string;
  /** Messages in a provider call of its smallest channel kind: by it lanes are counted. */
  readonly callSize: number;
  /** Lines of the segment's list. */
  readonly listLines: number;
  readonly state: RunState;
  /** Grows each time a worker takes up resolving: what an earlier one still writes is told apart by it. */
  readonly attempt: number;
  /** Epoch milliseconds until which the resolving worker may be trusted to be alive; 0 when there is none. */
  readonly leaseUntil: number;
  /** Whether every slice was put on the queue once. */
  readonly queued: boolean;
  /** Slices that ended, as workers counted them; closing counts the slices themselves. */
  readonly doneSlices: number;
  /** The first slice that no lane has begun with. */
  readonly nextSlice: number;
  /** Epoch milliseconds (with fractions) from which the next message may go (delivery/pace.ts). */
  readonly nextAt: number;
  /** Epoch milliseconds of the last grant; 0 before the first. */
  readonly grantedAt: number;
  /** Messages tried and failed for good so far, as workers told with their grants: the run pauses by them. */
  readonly tried: number;
  readonly failed: number;
  /** Whether somebody resumed it after a pause for failures: it does not pause for them again. */
  readonly failuresAccepted?: boolean;
  /** Epoch milliseconds after which whoever is left has expired (Limits.MaximumDuration). */
  readonly endBy?: number;
}

/** Why nobody who is left of the run gets anything any more, at `now` (epoch milliseconds); undefined while somebody may. */
export function endOf(
  { state, endBy }: Pick<RunRow, 'state' | 'endBy'>,
  now: number,
): 'CANCELLED' | 'EXPIRED' | undefined {
  if (state === 'CANCELLED' || state === 'COMPLETED') return 'CANCELLED';
  return endBy !== undefined && now >= endBy ? 'EXPIRED' : undefined;
}

/** What a run is made from when it is taken up first. */
export interface NewRun {
  readonly activityId: string;
  readonly appId: string;
  readonly campaignId: string;
  readonly callSize: number;
  readonly listLines: number;
  readonly paused?: PauseReason | undefined;
  readonly ratePerMinute?: number | undefined;
  readonly endBy?: number | undefined;
}

/** One treatment of a run: its own activity in Pinpoint's words. */
export interface TreatmentPlan {
  readonly treatmentId: string;
  readonly activityId: string;
  /** What is sent, the texts of templates among it. */
  readonly message: MessageConfiguration;
  readonly customDelivery?: CustomDeliveryConfiguration | undefined;
  /** What the campaign says itself, where templates say the rest: hooks are told of it alone. */
  readonly ownMessage?: MessageConfiguration | undefined;
  /** Default substitutions of its templates. */
  readonly defaults?: DefaultsByKind | undefined;
}

/** The run as workers need it, frozen when it starts: `runs/<activityId>/run.json`. */
export interface RunPlan {
  readonly applicationId: string;
  readonly campaignId: string;
  /** The run's id. */
  readonly activityId: string;
  /** The default treatment first. */
  readonly treatments: readonly TreatmentPlan[];
  /** ISO 8601. */
  readonly scheduledTime: string;
  /** The function asked before each call which endpoints get their message (mode FILTER). */
  readonly hook?: string | undefined;
  /** The campaign over all its runs, and what an endpoint may get of it. */
  readonly caps?: { readonly campaignKey: string; readonly limits: CapLimits } | undefined;
  readonly quietTime?: QuietTime | undefined;
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

/** What the recipients of one slice have in common. */
export interface Lot {
  /** Name of the channel kind. */
  readonly kind: string;
  readonly treatmentId: string;
  /** Epoch milliseconds before which none of them gets anything (local time); absent: at once. */
  readonly startAt?: number | undefined;
}

/** The S3 object of a slice: at most 1,000 recipients of one lot, and skipped ones of its treatment met on the way. */
export interface SliceObject extends Lot {
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
  readonly treatmentId: string;
  readonly entries: number;
  /** Skipped recipients by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Epoch milliseconds before which nobody should take it up; 0 for at once. */
  readonly notBefore: number;
  /** Its lot's, where it has one: what tells the time zones of a run apart. */
  readonly startAt?: number | undefined;
}

export interface SliceRow extends NewSlice {
  readonly done: boolean;
  /** One letter a position (delivery/outcomes.ts). */
  readonly states: string;
  readonly legend: Legend;
  /** Whether the skipped recipients are in the ledger. */
  readonly skippedWritten: boolean;
  /** Rounds of retries that were begun. */
  readonly round: number;
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
