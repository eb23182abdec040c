import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedResource } from '../template/template.ts';
import type { ApiKey } from './usage-plans.ts';

const FILE = 'api-keys.json';
/** API Gateway makes keys of 40 characters. */
const KEY_BYTES = 30;

/**
 * The template's API keys with their values. A key without a value in the template is made up once and kept in
 * `<dir>/api-keys.json`, as API Gateway does when it creates the key.
 */
export function apiKeys(
  resources: readonly (ResolvedResource & { readonly ref: string })[],
  dir: string,
): ApiKey[] {
  const file = join(dir, FILE);
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  const keys = resources.map(({ ref, logicalId, properties }): ApiKey => {
    const name = String(properties['Name'] ?? logicalId);
    const given = properties['Value'];
    const value =
      given === undefined ? (kept[name] ?? randomBytes(KEY_BYTES).toString('base64url')) : String(given);
    return { id: ref, name, value, enabled: properties['Enabled'] === true };
  });
  mkdirSync(dir, { recursive: true });
  const values = Object.fromEntries(keys.map(({ name, value }) => [name, value]));
  writeFileSync(file, `${JSON.stringify({ ...kept, ...values }, null, 2)}\n`, { mode: 0o600 });
  return keys;
}
