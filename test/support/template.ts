import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../../local/build/fingerprint.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { Value: unknown; Export?: { Name: unknown } }>>;
}

const ROOT = join(import.meta.dirname, '..', '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'repoint-templates');
const SYNTHESIZE = join(import.meta.dirname, 'synthesize.ts');
/** What the templates of the stage `test` are made from, functions' code apart. */
const SOURCES = ['lib', 'schemas', 'cdk.json', 'package-lock.json', 'test/support/synthesize.ts'];
const ENVIRONMENTS = readdirSync(join(ROOT, 'lambdas'))
  .map((domain) => `lambdas/${domain}/env.ts`)
  .filter((file) => existsSync(join(ROOT, file)));

let cached: Record<string, Template> | undefined;

/**
 * The templates of the stage `test`, by stack name. They are synthesized once for the whole suite and kept on disk
 * while nothing they are made from changes: loading the CDK costs seconds, and most tests only need a table's keys.
 */
export function templates(): Record<string, Template> {
  cached ??= read();
  return cached;
}

function read(): Record<string, Template> {
  const file = join(CACHE, `${fingerprint(ROOT, [...SOURCES, ...ENVIRONMENTS])}.json`);
  if (!existsSync(file)) {
    mkdirSync(CACHE, { recursive: true });
    execFileSync(process.execPath, ['--import', 'tsx', SYNTHESIZE, file], { cwd: ROOT, stdio: 'pipe' });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Template>;
}

/** Every resource of a CloudFormation type in all stacks of the stage `test`, with its stack and logical id. */
export function resources(type: string): (Resource & { readonly stack: string; readonly id: string })[] {
  return Object.entries(templates()).flatMap(([stack, template]) =>
    Object.entries(template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => ({ ...resource, stack, id })),
  );
}
