import type { QuarantinedEvent } from './quarantined-event.ts';

/** Keeps what was not accepted. */
export interface QuarantineKeeper {
  /** Resolves once the events are kept. Writing an object again replaces it. */
  keep(object: string, events: readonly QuarantinedEvent[]): Promise<void>;
}

/** An object as it was read: `version` changes with every writing. */
export interface KeptEvents {
  readonly object: string;
  readonly version: string;
  readonly events: readonly QuarantinedEvent[];
}

export interface ObjectPage {
  /** The newest first. */
  readonly objects: readonly string[];
  readonly more: boolean;
}

export interface QuarantineStore {
  /** Objects of one UTC day (`YYYY-MM-DD`), the newest first, those whose name comes after `after`. */
  list(day: string, after: string): Promise<ObjectPage>;
  /** Undefined when it is not, or no longer, there. */
  read(object: string): Promise<KeptEvents | undefined>;
  /** Leaves only `events` of an object, for `days` more; false when somebody changed it since it was read. */
  replace(kept: KeptEvents, days: number): Promise<boolean>;
  remove(object: string): Promise<void>;
}

/** A piece of an error file of Firehose, ending with a line. */
export interface ErrorPiece {
  readonly lines: readonly string[];
  /** Where the next piece begins, in bytes; undefined at the end. */
  readonly next: number | undefined;
}

/** What Firehose could not file. */
export interface ErrorFiles {
  /** Keys in their order, those after `after`. */
  list(after: string): Promise<{ readonly keys: readonly string[]; readonly more: boolean }>;
  read(key: string, from: number): Promise<ErrorPiece | undefined>;
  remove(key: string): Promise<void>;
}
