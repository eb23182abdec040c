import type { Checkpoint, NewSlice, RunRow, RunState, SliceRow } from './run.ts';

/** A worker's hold on a slice: conditional writes take it as proof. */
export interface SliceHold {
  readonly activityId: string;
  readonly number: number;
  readonly owner: string;
}

/** What a claim or a release writes. */
export interface SliceProgress {
  readonly states: string;
  readonly skippedWritten: boolean;
}

/** Runs and their slices. Every change is one conditional write; `false` or undefined says that its condition failed. */
export interface RunStore {
  get(activityId: string): Promise<RunRow | undefined>;
  /** Takes up resolving: makes the row, or takes over one whose lease is over. Undefined when another worker has it or it is resolved. */
  takeUp(
    run: Pick<RunRow, 'activityId' | 'appId' | 'campaignId'>,
    now: number,
    leaseUntil: number,
  ): Promise<RunRow | undefined>;
  /** Records how far `attempt` has come and renews its lease (0 lets go of it). */
  checkpoint(activityId: string, attempt: number, at: Checkpoint, leaseUntil: number): Promise<boolean>;
  /** Ends resolving: the run is RUNNING. */
  resolved(activityId: string, attempt: number, at: Checkpoint): Promise<boolean>;
  markQueued(activityId: string): Promise<void>;
  /** Moves the run from one of the states to another. */
  move(activityId: string, from: readonly RunState[], to: RunState): Promise<boolean>;
  /** A grant: passes only while the run is RUNNING (design.md, "Fan-out"). */
  grant(activityId: string, now: number): Promise<boolean>;
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
  finish(hold: SliceHold, states: string): Promise<boolean>;
}

/** JSON objects of runs in S3. */
export interface RunObjects {
  put(key: string, object: unknown): Promise<void>;
  /** Undefined when there is none. */
  get<T>(key: string): Promise<T | undefined>;
}
