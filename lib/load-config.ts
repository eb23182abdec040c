import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkConfig } from './check-config.ts';
import type { CheckedConfig, RepointConfig } from './config.ts';

const ROOT = join(import.meta.dirname, '..');

/**
 * The configuration of a stage: `local/repoint.config.ts` for `local`, else `repoint.config.ts` at the root; while
 * that is missing the documented example is used, and said so on stderr (stdout belongs to the CDK).
 */
export async function loadConfig(stage: string): Promise<CheckedConfig> {
  const file = configFile(stage);
  const module = (await import(pathToFileURL(file).href)) as { default?: RepointConfig };
  if (!module.default) throw new Error(`${file} has no default export: export the configuration as default`);
  return checkConfig(module.default);
}

function configFile(stage: string): string {
  if (stage === 'local') return join(ROOT, 'local', 'repoint.config.ts');
  const own = join(ROOT, 'repoint.config.ts');
  if (existsSync(own)) return own;
  console.error(
    `No repoint.config.ts: using repoint.config.example.ts for the stage "${stage}". Copy it and fill it in before you deploy.`,
  );
  return join(ROOT, 'repoint.config.example.ts');
}
