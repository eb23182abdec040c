import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, bundleFunctions, functionEntries } from '../../lib/shared/bundle.ts';
import { environments, RUNTIME } from './environments.ts';

const MEGABYTE = 1024 * 1024;
const MOST_BYTES = 1.1 * MEGABYTE;
const run = promisify(execFile);
/** Outside the repository: a bundle that still looked for node_modules would find none. */
const outdir = mkdtempSync(join(tmpdir(), 'repoint-boot-'));
let bundles: ReadonlyMap<string, Bundle>;

beforeAll(() => {
  bundles = new Map(bundleFunctions(outdir).map((bundle) => [bundle.name, bundle]));
});
afterAll(() => rmSync(outdir, { recursive: true }));

describe.concurrent('every function', () => {
  it.each(functionEntries())(
    '$name starts with exactly the environment of its template',
    async ({ name }) => {
      const env = environments.get(name);
      expect(env, `no function of the templates is called repoint-test-${name}`).toBeDefined();
      const file = join(outdir, name, 'index.mjs');
      const { stdout } = await run(
        process.execPath,
        [
          '-e',
          `import(${JSON.stringify(file)}).then(({ handler }) => typeof handler, String).then(console.log)`,
        ],
        { cwd: outdir, env: { ...env, ...RUNTIME } },
      );
      expect(stdout.trim()).toBe('function');
    },
  );

  it.each(['segments-api', 'segments-questions'])(
    '%s finds what reads SQL beside it, when a rule has any',
    async (name) => {
      const probe = join(outdir, name, 'probe.mjs');
      writeFileSync(
        probe,
        `const { checkSql } = await import('#check-sql');
        console.log(checkSql('DROP TABLE events', { now: 0, retentionDays: 1 })[0].message);`,
      );
      expect((await run(process.execPath, [probe], { cwd: outdir })).stdout).toMatch(/^begins with DROP/);
    },
  );

  it.each(functionEntries())('$name is small enough to start soon', ({ name }) => {
    expect(bundles.get(name)?.bytes).toBeGreaterThan(0);
    expect(bundles.get(name)?.bytes).toBeLessThanOrEqual(MOST_BYTES);
  });
});
