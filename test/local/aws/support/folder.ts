import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A fresh folder that goes with the test file. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'repoint-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Keys of no account: the stand-ins never check them, the SDK will not sign without. */
export const client = (endpoint: string) => ({
  endpoint,
  region: 'ap-northeast-2',
  maxAttempts: 1,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
