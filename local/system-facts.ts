import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a tool needs to use a running system; `<dir>/system.json` holds it while the system runs. */
export interface SystemFacts {
  readonly pid: number;
  readonly dir: string;
  readonly startedAt: string;
  /** `http://127.0.0.1:7300` */
  readonly baseUrl: string;
  /** Base URL of each API; paths of the spec follow. */
  readonly endpoints: Readonly<Record<'private' | 'public' | 'engine', string>>;
  /** `x-api-key` of the private API. */
  readonly apiKey: string;
  /** `x-api-key` of the public collector: it may only write. */
  readonly collectorKey: string;
  /** What a Pinpoint client is configured with. */
  readonly engine: {
    readonly endpoint: string;
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  /** URL of each stand-in, by the name of the SDK's package (`dynamodb`, `secrets-manager`, …). */
  readonly aws: Readonly<Record<string, string>>;
  /** Physical names: `workgroup`, `database`, `table:members`, `queue:slices`, `bucket:lake`, `function:events-api`, … */
  readonly names: Readonly<Record<string, string>>;
}

/** Writes `system.json` and the keys beside it; the file appears whole. */
export function writeFacts(dir: string, facts: SystemFacts): void {
  writeFileSync(join(dir, 'api-key'), `${facts.apiKey}\n`, { mode: 0o600 });
  writeFileSync(join(dir, 'collector-key'), `${facts.collectorKey}\n`, { mode: 0o600 });
  const file = join(dir, 'system.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
