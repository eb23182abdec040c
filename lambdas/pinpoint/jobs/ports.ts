import type { ImportDefinition } from './job.ts';

/** The objects an import job reads, with the rights of the role it names. Throws ImportFailure when that is refused. */
export interface Source {
  /** Keys under the job's URL in their order, or the one object it names. */
  keys(): Promise<readonly string[]>;
  open(key: string): Promise<AsyncIterable<Uint8Array>>;
}

export type OpenSource = (definition: ImportDefinition) => Promise<Source>;

/** Where lists are written and erased. */
export interface ListFiles {
  /** Writes one part of a list, compressed; its lines end with "\n". */
  put(key: string, lines: string): Promise<void>;
  /** Removes every object under `prefix`. */
  removeAll(prefix: string): Promise<void>;
}

/** Erases what a deleted application has in the endpoints table. */
export interface EndpointEraser {
  /** Looks at the next rows from `from` on and removes those of the application; `next` is absent at the end. */
  eraseSome(appId: string, from: string | undefined): Promise<{ next?: string }>;
}
