import type { Legend } from '../delivery/outcomes.ts';
import type { Checkpoint, NewRun, NewSlice, PauseReason, RunRow, RunState, SliceRow } from './run.ts';

/** A worker's hold on a slice: conditional writes take it as proof. */
export interface SliceHold {
  readonly activityId: string;
  readonly number: number;
  readonly owner: string;
}

/** What a claim or a release writes. */
export interface SliceProgress {
  readonly states: string;
  readonly legend: Legend;
  readonly skippedWritten: boolean;
}

/** What a worker asks of the run's row before a provider call. */
export interface GrantAsk {
  /** The controls the worker knows. */
  readonly epoch: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** What the call takes of the pace: messages × intervalMs; 0 when the run has no rate. */
  readonly costMs: number;
  /** Whether the worker takes the pace for booked beyond `now` (it goes on from nextAt) or for idle (it begins at now). */
  readonly ahead: boolean;
  /** A start further away than this is refused. */
  readonly horizonMs: number;
  /** What became of earlier calls, told once with a grant that passes. */
  readonly tried: number;
  readonly failed: number;
}

/** `granted` with the row as it is then and the start instant; else the row that refused, undefined when there is none. */
export type GrantAnswer =
  | { readonly granted: true; readonly startAt: number; readonly run: RunRow }
  | { readonly granted: false; readonly run: RunRow | undefined };

/** A change of a run's controls: null takes the value away, undefined leaves it. */
export interface ControlChange {
  readonly paused?: PauseReason | null | undefined;
  readonly ratePerMinute?: number | null | undefined;
  readonly failuresAccepted?: boolean | undefined;
}

/** Runs and their slices. Every change is one conditional write; `false` or undefined says that its condition failed. */
export interface RunStore {
  get(activityId: string): Promise<RunRow | undefined>;
  /** Takes up resolving: makes the row, or takes over one whose lease is over. Undefined when another worker has it or it is resolved. */
  takeUp(run: NewRun, now: number, leaseUntil: number): Promise<RunRow | undefined>;
  /** Records how far `attempt` has come and renews its lease (0 lets go of it). */
  checkpoint(activityId: string, attempt: number, at: Checkpoint, leaseUntil: number): Promise<boolean>;
  /** Ends resolving: the run is RUNNING. */
  resolved(activityId: string, attempt: number, at: Checkpoint): Promise<boolean>;
  markQueued(activityId: string): Promise<void>;
  /** Moves the run from one of the states to another. */
  move(activityId: string, from: readonly RunState[], to: RunState): Promise<boolean>;
  /** A grant for one provider call: passes only while the run is RUNNING, not paused, and of the asker's epoch. */
  grant(activityId: string, ask: GrantAsk): Promise<GrantAnswer>;
  /**
   * Changes the controls of a run that is not over, in a new epoch, whose pace begins with the last message granted
   * before (delivery/pace.ts). Undefined when there is no such run, or when `unlessPaused` and it is paused already.
   */
  control(activityId: string, change: ControlChange, unlessPaused?: boolean): Promise<RunRow | undefined>;
  /** Hands out the number of the next slice that no lane has begun with; the run as it is then, its nextSlice one past it. Undefined when there is none, or the run is neither RUNNING nor CANCELLED. */
  nextSlice(activityId: string): Promise<RunRow | undefined>;
  /** Counts a slice that ended; returns the run as it is then. */
  countDone(activityId: string): Promise<RunRow | undefined>;

  /** Writes the slice unless a later attempt already did. */
  putSlice(slice: NewSlice, now: number): Promise<void>;
  slice(activityId: string, number: number): Promise<SliceRow | undefined>;
  /** All slices of the run, in order. */
  slices(activityId: string): Promise<readonly SliceRow[]>;
  /** Takes the slice when nobody holds it and it is not done. */
  takeSlice(hold: SliceHold, now: number, leaseUntil: number): Promise<SliceRow | undefined>;
  /** Claims a provider call: writes all states and renews the lease, if the hold still stands. */
  claim(hold: SliceHold, progress: SliceProgress, leaseUntil: number): Promise<boolean>;
  /** Gives the slice back. */
  release(
    hold: SliceHold,
    progress: SliceProgress,
    next: { round: number; notBefore: number },
  ): Promise<boolean>;
  /** Ends the slice. */
  finish(hold: SliceHold, progress: Omit<SliceProgress, 'skippedWritten'>): Promise<boolean>;
}

/** JSON objects of runs in S3. */
export interface RunObjects {
  /** Puts an object that is JSON already. */
  putJson(key: string, json: Uint8Array): Promise<void>;
  /** Puts the object unless there is one; whichever is there then. */
  putOnce<T>(key: string, object: T): Promise<T>;
  /** Undefined when there is none, or none that can be read. */
  get<T>(key: string): Promise<T | undefined>;
}
